// Which rows and columns of a map each bin of RoI pooling has.
//
// Girshick, "Fast R-CNN" (2015), section 2.1: the corners of a region are rounded to pixels, and its bins are windows
// of these that may have a row or a column in common.
#pragma once

#include "region.h"

typedef struct { int begin, end; } window;

// Of all regions, in scratch memory.
typedef struct {
    const sk_regions *g;
    window *windows[2];  // [regions, bins], along rows and along columns
    int *images;         // of each region, or -1
    float *rest;
} region_windows;

long region_windows_bytes(const sk_regions *);
region_windows region_windows_in(const sk_regions *, const float *regions, void *scratch);
