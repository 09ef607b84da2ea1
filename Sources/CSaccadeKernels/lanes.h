// Up to sixteen channels of a block of images, which one vector register holds.
#pragma once

#include "kernels.h"

enum { SK_LANES = 16 };

typedef struct {
    long block;   // among those of all images
    long first;   // channel in the block
    long stored;  // channels that lie together from there on
    long valid;   // those of them that do not only fill up the block
} sk_lanes;

static inline long sk_lane_parts(const sk_blocks *b) { return (b->width + SK_LANES - 1) / SK_LANES; }

static inline long sk_lane_blocks(const sk_blocks *b) { return (b->channels + b->width - 1) / b->width; }

// How many such parts all images have.
static inline long sk_lanes_count(const sk_blocks *b) {
    return b->images * sk_lane_blocks(b) * sk_lane_parts(b);
}

static inline sk_lanes sk_lanes_at(const sk_blocks *b, long index) {
    long parts = sk_lane_parts(b);
    sk_lanes lanes = {index / parts, index % parts * SK_LANES, 0, 0};
    long rest = b->width - lanes.first;
    lanes.stored = rest < SK_LANES ? rest : SK_LANES;
    long left = b->channels - lanes.block % sk_lane_blocks(b) * b->width - lanes.first;
    lanes.valid = left < 0 ? 0 : left < lanes.stored ? left : lanes.stored;
    return lanes;
}
