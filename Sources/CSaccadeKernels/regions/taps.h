// What each bin of RoIAlign takes of a map, along rows and along columns.
//
// He et al., "Mask R-CNN" (2017), section 3: a bin is the mean of samples, each interpolated from four pixels. Samples
// stand in a grid, so weights are products of one for the row and one for the column; samples that share a row share a
// tap. All of it is the same for each channel.
#pragma once

#include "region.h"

typedef struct {
    int place;
    float weight;
} tap;

// Along one axis. The taps of bin `b` of a region are those from offsets[b] to offsets[b + 1].
typedef struct {
    long bins, length, capacity;
    tap *taps;     // [regions, capacity]
    int *offsets;  // [regions, bins + 1]
    int *reach;    // [regions, 2]: the first place, and the one behind the last
} tap_axis;

// Of some regions, one behind the other: of all of them taps could take any amount of memory.
typedef struct {
    const sk_regions *g;
    const float *regions;
    long first, count;
    tap_axis axes[2];  // along rows and along columns
    int *images;       // of each region, or -1
    float *rest;       // what is left of the scratch memory
} region_taps;

// How many regions have their taps in memory at a time.
long region_taps_capacity(const sk_regions *);
long region_taps_bytes(const sk_regions *);

// Taps of no regions, in scratch memory.
region_taps region_taps_in(const sk_regions *, const float *regions, void *scratch);

// Makes those of the next regions; returns whether there are any.
int region_taps_next(region_taps *);

static inline const tap *taps_of(const tap_axis *axis, long region) { return axis->taps + region * axis->capacity; }

static inline const int *offsets_of(const tap_axis *axis, long region) {
    return axis->offsets + region * (axis->bins + 1);
}
