// Weights that come with the program, as the bytes of their files.
#pragma once

#include <stddef.h>

typedef struct {
    const unsigned char *bytes;
    size_t count;
} saccade_shipped_weights;

saccade_shipped_weights saccade_scenes_segmentation(void);
saccade_shipped_weights saccade_faster_rcnn_scenes(void);
