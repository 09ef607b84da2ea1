// How a convolution and pooling trained as one step are cut into tiles, for all that go through them.
#pragma once

#include "pooled_convolution.h"
#include "../wide.h"

#include <stddef.h>
#include <string.h>

// How the work is cut: a tile is a rectangle of pooled elements together with the part of the image that they
// can come from, small enough for the first level of the cache. For a tile the winners of each output channel
// are listed, those without a gradient left out; then the lists are run through once for each block of
// input channels, with what belongs to one output channel in registers: sums of its weights' gradient, or its
// weights themselves.

enum {
    LANES = 16,
    TILE_BYTES = 24 << 10,           // of the first level's 32 KB and more
    LARGEST_TILE_BYTES = 256 << 10,  // of one winner with a large kernel: still in the second level
    TILE_WINNERS = 128,
    SLACK = 48,  // elements behind a tile that the last row's registers reach into
    ALIGNMENT = 64,
};

typedef struct {
    sk_pooled_convolution c;
    long blocks;         // of input channels
    long depth;          // elements of a pixel that lie together in a tile
    long planes;         // rows of a tile that make up a row of the image: one for each channel, or one for all
    long output_blocks;  // of sixteen
    int vectors;         // registers of sixteen elements that hold one row of a kernel; 0: one of eight
    long row;            // elements in them
    long rows;           // of a kernel, in all planes
    long pass;           // of these, those that are in registers at once
    long tile[2];        // pooled elements
    long span[2];        // pixels
    long line;           // elements of a row of a tile
    long second;         // elements from a tile to a second copy of it; 0: there is none
} plan;

// Whether there are loops for such a step, and how they cut it.
int sk_pooled_plan(plan *, const sk_pooled_convolution *);

static inline long ceiling(long a, long b) { return (a + b - 1) / b; }
static inline size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }
static inline int is_blocked(const sk_pooled_convolution *c) { return c->channels % LANES == 0; }

// Pixels that `count` neighbouring pooled elements come from.
static inline long reach(const sk_pooled_convolution *c, int axis, long count) {
    return ((count - 1) * c->pool_stride[axis] + c->pool[axis] - 1) * c->stride[axis] + c->kernel[axis];
}

static inline size_t tile_bytes(const plan *p) {
    return aligned(sizeof(float) * (size_t)(p->span[0] * p->planes * p->line + p->second + SLACK));
}

// Where in a kernel, as the loops hold it, a weight is.
static inline long weight_index(const plan *p, long channel, long u, long v) {
    return (u * p->planes + channel % p->planes) * p->row + v * p->depth + channel % p->depth;
}

// Elements of the kernels of one block: [O][KH, planes][row].
static inline long kernels_length(const plan *p) { return p->c.outputs * p->rows * p->row; }

static inline long begin_of(long part, long parts, long count) { return part * count / parts; }

// Bytes of the kernels of all blocks.
static inline size_t sums_bytes(const plan *p) {
    return aligned(sizeof(float) * (size_t)(p->blocks * kernels_length(p)));
}

// A winner: where in the tile its window begins, and the gradient that it received.
typedef struct {
    int offset;
    float value;
} winner;

typedef struct {
    const float *dy;
    const uint8_t *winners;
} pooled;

typedef struct {
    long first[2], count[2];  // pooled elements
} tile;

static inline long tile_count(const plan *p) {
    return ceiling(p->c.pooled[0], p->tile[0]) * ceiling(p->c.pooled[1], p->tile[1]);
}

static inline tile tile_number(const plan *p, long index) {
    long across = ceiling(p->c.pooled[1], p->tile[1]);
    tile t = {{index / across * p->tile[0], index % across * p->tile[1]}, {p->tile[0], p->tile[1]}};
    for (int axis = 0; axis < 2; axis++) {
        long left = p->c.pooled[axis] - t.first[axis];
        if (t.count[axis] > left) t.count[axis] = left;
    }
    return t;
}

// Copies the part of an image that belongs to a tile, zeros around the image. `adds` copies the other way
// instead, adding.
SK_WIDE SK_INLINE void move_tile(
    const plan *p, tile t, long image, long block, float *values, float *pixels, const int adds) {
    const sk_pooled_convolution *c = &p->c;
    long top = t.first[0] * c->pool_stride[0] * c->stride[0] - c->padding[0];
    long left = t.first[1] * c->pool_stride[1] * c->stride[1] - c->padding[1];
    long span[2] = {reach(c, 0, t.count[0]), reach(c, 1, t.count[1])};
    long begin = left < 0 ? -left : 0;
    long end = c->size[1] - left < span[1] ? c->size[1] - left : span[1];
    if (end < begin) end = begin;
    long plane = c->size[0] * c->size[1];
    for (long u = 0; u < span[0]; u++)
        for (long channel = 0; channel < p->planes; channel++) {
            float *row = pixels + (u * p->planes + channel) * p->line;
            long y = top + u;
            int inside = y >= 0 && y < c->size[0];
            if (!adds) {
                long first = inside ? begin * p->depth : p->line, last = inside ? end * p->depth : p->line;
                memset(row, 0, sizeof(float) * (size_t)first);
                memset(row + last, 0, sizeof(float) * (size_t)(p->line - last));
            }
            if (inside) {
                long index = (image * p->blocks + block) * p->planes + channel;
                float *line = values + (index * plane + y * c->size[1] + left + begin) * p->depth;
                float *to = row + begin * p->depth;
                long i = 0, elements = (end - begin) * p->depth;
                for (; i + LANES <= elements; i += LANES) {
                    if (adds) wide_store(line + i, wide_load(line + i) + wide_load(to + i));
                    else wide_store(to + i, wide_load(line + i));
                }
                for (; i < elements; i++) {
                    if (adds) line[i] += to[i];
                    else to[i] = line[i];
                }
            }
            if (!adds && p->second) memcpy(row + p->second, row, sizeof(float) * (size_t)p->line);
        }
}
