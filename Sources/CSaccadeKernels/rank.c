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

enum { LANES = 256 };  // neighbouring rows looked through side by side

SK_CLONES static void more_lanes(int lanes, const float *x, float place, float *best, float *places) {
    for (int lane = 0; lane < lanes; lane++) {
        int wins = beats(x[lane], best[lane]);
        best[lane] = wins ? x[lane] : best[lane];
        places[lane] = wins ? place : places[lane];
    }
}

static void arg_max_part(void *context, long begin, long end) {
    const struct rank *r = context;
    long groups = (r->inner + LANES - 1) / LANES;
    for (long index = begin; index < end; index++) {
        long column = index % groups * LANES, left = r->inner - column;
        int lanes = (int)(left < LANES ? left : LANES);
        const float *x = r->x + index / groups * r->length * r->inner + column;
        float best[LANES], *places = r->indices + index / groups * r->inner + column;
        for (int lane = 0; lane < lanes; lane++) {
            best[lane] = x[lane];
            places[lane] = 0;
        }
        for (long i = 1; i < r->length; i++) more_lanes(lanes, x + i * r->inner, (float)i, best, places);
    }
}

void sk_arg_max(long outer, long length, long inner, const float *x, float *y) {
    struct rank rank = {length, inner, 1, x, 0, y};
    long lanes = inner < LANES ? inner : LANES;
    saccade_threads_for(outer * ((inner + LANES - 1) / LANES), sk_row_grain(length * lanes), &rank, arg_max_part);
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
