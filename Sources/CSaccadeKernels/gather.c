#include "clones.h"
#include "kernels.h"
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
