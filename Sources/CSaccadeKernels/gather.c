#include "clones.h"
#include "kernels.h"
#include "lanes.h"
#include "threads.h"

#include <stdatomic.h>
#include <string.h>

struct move {
    long length, count, inner;
    const float *indices, *x;
    float *y;
    int adds;
    atomic_long wrong;  // the place of an index that names nothing, or -1
};

// The place that `index` names, or -1. Indices are not believed: they may come from a file.
static inline long place(struct move *m, const float *index) {
    if (*index >= 0 && *index < (float)m->length) return (long)*index;
    atomic_store_explicit(&m->wrong, index - m->indices, memory_order_relaxed);
    return -1;
}

static void gather_part(void *context, long begin, long end) {
    struct move *m = context;
    for (long outer = begin; outer < end; outer++) {
        const float *x = m->x + outer * m->length * m->inner;
        long start = outer * m->count * m->inner;
        const float *index = m->indices + start;
        float *y = m->y + start;
        for (long j = 0; j < m->count; j++)
            for (long i = 0; i < m->inner; i++, index++, y++) {
                long from = place(m, index);
                *y = from < 0 ? 0 : x[from * m->inner + i];
            }
    }
}

static void scatter_part(void *context, long begin, long end) {
    struct move *m = context;
    for (long outer = begin; outer < end; outer++) {
        float *y = m->y + outer * m->length * m->inner;
        long start = outer * m->count * m->inner;
        const float *index = m->indices + start, *x = m->x + start;
        memset(y, 0, sizeof(float) * (size_t)(m->length * m->inner));
        for (long j = 0; j < m->count; j++)
            for (long i = 0; i < m->inner; i++, index++, x++) {
                long at = place(m, index);
                if (at < 0) continue;
                float *to = y + at * m->inner + i;
                *to = m->adds ? *to + *x : *x;
            }
    }
}

static void gather_rows_part(void *context, long begin, long end) {
    struct move *m = context;
    for (long index = begin; index < end; index++) {
        long outer = index / m->count, row = place(m, m->indices + index % m->count);
        if (row < 0) continue;
        memcpy(
            m->y + index * m->inner, m->x + (outer * m->length + row) * m->inner,
            sizeof(float) * (size_t)m->inner);
    }
}

SK_CLONES static void add(long count, const float *x, float *y) {
    for (long i = 0; i < count; i++) y[i] += x[i];
}

static void scatter_rows_part(void *context, long begin, long end) {
    struct move *m = context;
    for (long outer = begin; outer < end; outer++) {
        float *y = m->y + outer * m->length * m->inner;
        memset(y, 0, sizeof(float) * (size_t)(m->length * m->inner));
        for (long j = 0; j < m->count; j++) {
            long row = place(m, m->indices + j);
            if (row >= 0) add(m->inner, m->x + (outer * m->count + j) * m->inner, y + row * m->inner);
        }
    }
}

static long run(long count, long grain, struct move *m, void (*part)(void *, long, long)) {
    atomic_init(&m->wrong, -1);
    saccade_threads_for(count, grain, m, part);
    return atomic_load_explicit(&m->wrong, memory_order_relaxed);
}

long sk_gather(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y) {
    struct move move = {length, count, inner, indices, x, y, 0};
    return run(outer, sk_row_grain(count * inner), &move, gather_part);
}

long sk_scatter(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y, int adds) {
    struct move move = {length, count, inner, indices, x, y, adds};
    return run(outer, sk_row_grain((count + length) * inner), &move, scatter_part);
}

long sk_gather_rows(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y) {
    struct move move = {length, count, inner, indices, x, y, 0};
    return run(outer * count, sk_row_grain(inner), &move, gather_rows_part);
}

long sk_scatter_rows(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y) {
    struct move move = {length, count, inner, indices, x, y, 1};
    return run(outer, sk_row_grain((count + length) * inner), &move, scatter_rows_part);
}

// Planes of images in blocks, up to sixteen channels of a block at a time.
struct block_move {
    struct move move;
    sk_blocks blocks;
};

static void gather_blocks_part(void *context, long begin, long end) {
    struct block_move *m = context;
    long width = m->blocks.width, length = m->move.length, count = m->move.count;
    for (long unit = begin; unit < end; unit++) {
        sk_lanes lanes = sk_lanes_at(&m->blocks, unit);
        const float *x = m->move.x + lanes.block * length * width + lanes.first;
        long start = lanes.block * count * width + lanes.first;
        for (long j = 0; j < count; j++) {
            const float *index = m->move.indices + start + j * width;
            float *y = m->move.y + start + j * width;
            for (long lane = 0; lane < lanes.valid; lane++) {
                long from = place(&m->move, index + lane);
                y[lane] = from < 0 ? 0 : x[from * width + lane];
            }
            for (long lane = lanes.valid; lane < lanes.stored; lane++) y[lane] = 0;
        }
    }
}

static void scatter_blocks_part(void *context, long begin, long end) {
    struct block_move *m = context;
    long width = m->blocks.width, length = m->move.length, count = m->move.count;
    for (long unit = begin; unit < end; unit++) {
        sk_lanes lanes = sk_lanes_at(&m->blocks, unit);
        float *y = m->move.y + lanes.block * length * width + lanes.first;
        for (long j = 0; j < length; j++) memset(y + j * width, 0, sizeof(float) * (size_t)lanes.stored);
        long start = lanes.block * count * width + lanes.first;
        for (long j = 0; j < count; j++) {
            const float *index = m->move.indices + start + j * width, *x = m->move.x + start + j * width;
            for (long lane = 0; lane < lanes.valid; lane++) {
                long at = place(&m->move, index + lane);
                if (at < 0) continue;
                float *to = y + at * width + lane;
                *to = m->move.adds ? *to + x[lane] : x[lane];
            }
        }
    }
}

static long run_blocks(struct block_move *m, void (*part)(void *, long, long)) {
    const sk_blocks *b = &m->blocks;
    atomic_init(&m->move.wrong, -1);
    long work = (m->move.count + m->move.length) * (b->width < SK_LANES ? b->width : SK_LANES);
    saccade_threads_for(sk_lanes_count(b), sk_row_grain(work), m, part);
    return atomic_load_explicit(&m->move.wrong, memory_order_relaxed);
}

long sk_gather_blocks(
    sk_blocks blocks, long length, long count, const float *x, const float *indices, float *y) {
    struct block_move move = {{length, count, 1, indices, x, y, 0}, blocks};
    return run_blocks(&move, gather_blocks_part);
}

long sk_scatter_blocks(
    sk_blocks blocks, long length, long count, const float *indices, const float *x, float *y, int adds) {
    struct block_move move = {{length, count, 1, indices, x, y, adds}, blocks};
    return run_blocks(&move, scatter_blocks_part);
}
