#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <string.h>

SK_CLONES long sk_first_outside(long count, const float *indices, long length) {
    int wrong = 0;
    float end = (float)length;
    for (long i = 0; i < count; i++) wrong |= !(indices[i] >= 0 && indices[i] < end);
    if (!wrong) return -1;
    for (long i = 0; i < count; i++)
        if (!(indices[i] >= 0 && indices[i] < end)) return i;
    return -1;
}

struct move {
    long length, count, inner;
    const float *indices, *x;
    float *y;
    int adds;
};

static void gather_part(void *context, long begin, long end) {
    const struct move *m = context;
    for (long outer = begin; outer < end; outer++) {
        const float *x = m->x + outer * m->length * m->inner;
        long start = outer * m->count * m->inner;
        const float *indices = m->indices + start;
        float *y = m->y + start;
        for (long j = 0; j < m->count; j++)
            for (long i = 0; i < m->inner; i++, indices++, y++) *y = x[(long)*indices * m->inner + i];
    }
}

void sk_gather(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y) {
    struct move move = {length, count, inner, indices, x, y, 0};
    saccade_threads_for(outer, sk_row_grain(count * inner), &move, gather_part);
}

static void scatter_part(void *context, long begin, long end) {
    const struct move *m = context;
    for (long outer = begin; outer < end; outer++) {
        float *y = m->y + outer * m->length * m->inner;
        long start = outer * m->count * m->inner;
        const float *indices = m->indices + start, *x = m->x + start;
        for (long j = 0; j < m->count; j++)
            for (long i = 0; i < m->inner; i++, indices++, x++) {
                float *to = y + (long)*indices * m->inner + i;
                *to = m->adds ? *to + *x : *x;
            }
    }
}

void sk_scatter(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y, int adds) {
    struct move move = {length, count, inner, indices, x, y, adds};
    saccade_threads_for(outer, sk_row_grain(count * inner), &move, scatter_part);
}

static void gather_rows_part(void *context, long begin, long end) {
    const struct move *m = context;
    for (long index = begin; index < end; index++) {
        long outer = index / m->count, row = (long)m->indices[index % m->count];
        memcpy(
            m->y + index * m->inner, m->x + (outer * m->length + row) * m->inner,
            sizeof(float) * (size_t)m->inner);
    }
}

void sk_gather_rows(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y) {
    struct move move = {length, count, inner, indices, x, y, 0};
    saccade_threads_for(outer * count, sk_row_grain(inner), &move, gather_rows_part);
}

SK_CLONES static void add(long count, const float *x, float *y) {
    for (long i = 0; i < count; i++) y[i] += x[i];
}

static void scatter_rows_part(void *context, long begin, long end) {
    const struct move *m = context;
    for (long outer = begin; outer < end; outer++)
        for (long j = 0; j < m->count; j++)
            add(m->inner, m->x + (outer * m->count + j) * m->inner,
                m->y + (outer * m->length + (long)m->indices[j]) * m->inner);
}

void sk_scatter_rows(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y) {
    struct move move = {length, count, inner, indices, x, y, 1};
    saccade_threads_for(outer, sk_row_grain(count * inner), &move, scatter_rows_part);
}
