#include "shipped_weights.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char scenes_segmentation[] = {
#embed "scenes-segmentation.safetensors"
};

saccade_shipped_weights saccade_scenes_segmentation(void) {
    return (saccade_shipped_weights){scenes_segmentation, sizeof scenes_segmentation};
}
