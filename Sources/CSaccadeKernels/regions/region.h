// What RoIAlign and RoI pooling share.
#pragma once

#include "../lanes.h"
#include "../wide.h"
#include "regions.h"

#include <math.h>

// Sixteen elements at any address. Macros, because a function would hand them over otherwise on each instruction set.
typedef float pack __attribute__((vector_size(64), aligned(4)));
#define LOAD(from) (*(const pack *)(from))
#define STORE(to, value) (*(pack *)(to) = (value))

// Row-major maps are worked on in so many parts at most, each with scratch memory of its own.
enum { REGION_PARTS = 64 };

static inline long region_parts(long units) { return units < REGION_PARTS ? units : REGION_PARTS; }

// Floats of a row of a map and of what a last pack of it may have besides.
static inline long region_row(const sk_regions *g) { return (g->width + 2 * SK_LANES - 1) / SK_LANES * SK_LANES; }

// The image of a region, or -1. A fraction is cut off, as in torchvision.
static inline int region_image(const sk_regions *g, const float *region) {
    return region[0] >= 0 && region[0] < (float)g->images ? (int)region[0] : -1;
}

static inline sk_blocks region_maps(const sk_regions *g) { return (sk_blocks){g->images, g->channels, g->block}; }

static inline sk_blocks region_results(const sk_regions *g) { return (sk_blocks){g->regions, g->channels, g->block}; }

// How many parts of up to sixteen channels an image has.
static inline long region_lanes(const sk_regions *g) {
    sk_blocks one = {1, g->channels, g->block};
    return sk_lanes_count(&one);
}

// All ones for channels, zero for what only fills up a block.
#define KEPT(lanes, mask) \
    for (int lane = 0; lane < SK_LANES; lane++) (mask)[lane] = lane < (lanes)->valid ? -1 : 0

// Where some channels of an image, or of a region, begin that has `area` pixels, or bins.
static inline long region_offset(const sk_regions *g, const sk_lanes *lanes, long area) {
    return lanes->block * area * g->block + lanes->first;
}

// Which region, and which parts of an image's channels, are worked on as a unit: the next one is to find in the caches
// what this one has read. Blocks of channels fit; maps with all channels of a pixel together do not, and are read pixel
// by pixel.
typedef struct { long region, begin, end; } region_unit;

enum { REGION_PACKS = 4 };

static inline long region_unit_parts(const sk_regions *g) { return g->block < g->channels ? 1 : REGION_PACKS; }

// How many units have all parts, where one has so many.
static inline long region_units(const sk_regions *g, long parts) { return (region_lanes(g) + parts - 1) / parts; }

static inline region_unit region_unit_at(const sk_regions *g, long unit, long regions) {
    if (g->block < g->channels) return (region_unit){unit % regions, unit / regions, unit / regions + 1};
    long units = region_units(g, REGION_PACKS), begin = unit % units * REGION_PACKS, all = region_lanes(g);
    return (region_unit){unit / units, begin, begin + REGION_PACKS < all ? begin + REGION_PACKS : all};
}

// How many of the parts from `begin` on are read at once: all of a whole unit, or one.
static inline int region_packs(const sk_regions *g, long begin, long end) {
    return end - begin == REGION_PACKS && end * SK_LANES <= g->block ? REGION_PACKS : 1;
}

// Columns of a row-major map that are read together: those from `first` on that are asked for, rounded up to whole
// packs, or else the whole row.
typedef struct { long first, length; } region_span;

static inline region_span region_columns(const sk_regions *g, long begin, long end) {
    long length = end > begin ? (end - begin + SK_LANES - 1) / SK_LANES * SK_LANES : 0;
    if (length > g->width) length = g->width;
    long last = g->width - length;
    return (region_span){begin < last ? begin : last, length};
}

// Zeros for so many channels of an image, which lie together.
static inline void region_clear(const sk_regions *g, long channels, float *x) {
    long area = g->height * g->width, count = channels == g->block ? 1 : area;
    size_t bytes = sizeof(float) * (size_t)(channels * (area / count));
    for (long i = 0; i < count; i++) memset(x + i * g->block, 0, bytes);
}
