#include "shipped_weights.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char scenes_segmentation[] = {
#embed "scenes-segmentation.safetensors"
};

static const unsigned char faster_rcnn_scenes[] = {
#embed "faster-rcnn-scenes.safetensors"
};

saccade_shipped_weights saccade_scenes_segmentation(void) {
    return (saccade_shipped_weights){scenes_segmentation, sizeof scenes_segmentation};
}

saccade_shipped_weights saccade_faster_rcnn_scenes(void) {
    return (saccade_shipped_weights){faster_rcnn_scenes, sizeof faster_rcnn_scenes};
}
