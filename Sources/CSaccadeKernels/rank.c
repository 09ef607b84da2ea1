#include "clones.h"
#include "kernels.h"
#include "threads.h"

// Which elements of a row are the largest.

struct rank {
    long length, inner, count;
    const float *x;
    float *values, *indices;
};

// NaN counts as larger than every number, as in PyTorch.
static inline int beats(float a, float b) { return a > b || (a != a && b == b); }

static void arg_max_part(void *context, long begin, long end) {
    const struct rank *r = context;
    for (long index = begin; index < end; index++) {
        const float *x = r->x + index / r->inner * r->length * r->inner + index % r->inner;
        long best = 0;
        for (long i = 1; i < r->length; i++)
            if (beats(x[i * r->inner], x[best * r->inner])) best = i;
        r->indices[index] = (float)best;
    }
}

void sk_arg_max(long outer, long length, long inner, const float *x, float *y) {
    struct rank rank = {length, inner, 1, x, 0, y};
    saccade_threads_for(outer * inner, sk_row_grain(length), &rank, arg_max_part);
}

// Whether candidate `a` comes after candidate `b`: it is smaller, or equal and later in the row.
static inline int after(float a, float ia, float b, float ib) {
    if (beats(b, a)) return 1;
    return !beats(a, b) && ia > ib;
}

// The heap's root is the candidate that comes last.
static void sink(float *values, float *indices, long count, long at, float value, float index) {
    for (;;) {
        long child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && after(values[child + 1], indices[child + 1], values[child], indices[child])) child++;
        if (!after(values[child], indices[child], value, index)) break;
        values[at] = values[child];
        indices[at] = indices[child];
        at = child;
    }
    values[at] = value;
    indices[at] = index;
}

static void top_part(void *context, long begin, long end) {
    const struct rank *r = context;
    for (long row = begin; row < end; row++) {
        const float *x = r->x + row * r->length;
        float *values = r->values + row * r->count, *indices = r->indices + row * r->count;
        for (long i = 0; i < r->count; i++) {
            values[i] = x[i];
            indices[i] = (float)i;
        }
        for (long i = r->count / 2 - 1; i >= 0; i--) sink(values, indices, r->count, i, values[i], indices[i]);
        for (long i = r->count; i < r->length; i++)
            if (beats(x[i], values[0])) sink(values, indices, r->count, 0, x[i], (float)i);
        for (long left = r->count - 1; left > 0; left--) {
            float value = values[left], index = indices[left];
            values[left] = values[0];
            indices[left] = indices[0];
            sink(values, indices, left, 0, value, index);
        }
    }
}

void sk_top(long rows, long length, long count, const float *x, float *values, float *indices) {
    if (count <= 0) return;
    struct rank rank = {length, 1, count, x, values, indices};
    saccade_threads_for(rows, sk_row_grain(length), &rank, top_part);
}
