#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>

enum { LANES = 256 };  // kept elements reduced side by side where they are neighbours in memory

struct reduce {
    sk_reduction kind;
    int kept_rank, reduced_rank;
    const long *kept_dims, *kept_strides, *reduced_dims, *reduced_strides;
    const float *x;
    float *y;
};

static long offset(int rank, const long *dims, const long *strides, long index) {
    long offset = 0;
    for (int axis = rank - 1; axis >= 0; axis--) {
        offset += index % dims[axis] * strides[axis];
        index /= dims[axis];
    }
    return offset;
}

static double start(sk_reduction kind) {
    return kind == SK_SUM ? 0 : kind == SK_LARGEST ? -INFINITY : INFINITY;
}

static inline double more(double best, double x) { return x > best || x != x ? x : best; }
static inline double less(double best, double x) { return x < best || x != x ? x : best; }

// One row into one number.
SK_CLONES static double fold(sk_reduction kind, double value, long count, const float *x, long stride) {
    if (kind == SK_SUM && stride == 1) {
        double sums[16] = {0};
        long i = 0;
        for (; i + 16 <= count; i += 16)
            for (int lane = 0; lane < 16; lane++) sums[lane] += x[i + lane];
        for (; i < count; i++) value += x[i];
        for (int lane = 0; lane < 16; lane++) value += sums[lane];
    } else if (kind == SK_SUM) {
        for (long i = 0; i < count; i++) value += x[i * stride];
    } else if (kind == SK_LARGEST) {
        for (long i = 0; i < count; i++) value = more(value, x[i * stride]);
    } else {
        for (long i = 0; i < count; i++) value = less(value, x[i * stride]);
    }
    return value;
}

// One element of each of `lanes` neighbours into as many numbers.
SK_CLONES static void add_lanes(double *sums, int lanes, const float *x) {
    for (int lane = 0; lane < lanes; lane++) sums[lane] += x[lane];
}

SK_CLONES static void compare_lanes(sk_reduction kind, float *best, int lanes, const float *x) {
    if (kind == SK_LARGEST)
        for (int lane = 0; lane < lanes; lane++) {
            int wins = x[lane] > best[lane] || x[lane] != x[lane];
            best[lane] = wins ? x[lane] : best[lane];
        }
    else
        for (int lane = 0; lane < lanes; lane++) {
            int wins = x[lane] < best[lane] || x[lane] != x[lane];
            best[lane] = wins ? x[lane] : best[lane];
        }
}

static void each(void *context, long begin, long end) {
    const struct reduce *r = context;
    int last = r->reduced_rank - 1;
    long rows = last < 0 ? 1 : sk_product(last, r->reduced_dims);
    for (long index = begin; index < end; index++) {
        const float *x = r->x + offset(r->kept_rank, r->kept_dims, r->kept_strides, index);
        double value = start(r->kind);
        for (long row = 0; row < rows; row++) {
            if (last < 0)
                value = fold(r->kind, value, 1, x, 1);
            else
                value = fold(
                    r->kind, value, r->reduced_dims[last],
                    x + offset(last, r->reduced_dims, r->reduced_strides, row), r->reduced_strides[last]);
        }
        r->y[index] = (float)value;
    }
}

// Kept elements that are neighbours in memory are reduced side by side: `index` counts groups of LANES.
static void each_group(void *context, long begin, long end) {
    const struct reduce *r = context;
    long width = r->kept_dims[r->kept_rank - 1], groups = (width + LANES - 1) / LANES;
    long rows = sk_product(r->reduced_rank, r->reduced_dims);
    for (long index = begin; index < end; index++) {
        long column = index % groups * LANES;
        int lanes = (int)(width - column < LANES ? width - column : LANES);
        long outer = index / groups;
        const float *x = r->x + column + offset(r->kept_rank - 1, r->kept_dims, r->kept_strides, outer);
        double sums[LANES] = {0};
        float *y = r->y + outer * width + column;
        for (int lane = 0; lane < lanes; lane++) y[lane] = (float)start(r->kind);
        for (long row = 0; row < rows; row++) {
            const float *from = x + offset(r->reduced_rank, r->reduced_dims, r->reduced_strides, row);
            if (r->kind == SK_SUM)
                add_lanes(sums, lanes, from);
            else
                compare_lanes(r->kind, y, lanes, from);
        }
        for (int lane = 0; r->kind == SK_SUM && lane < lanes; lane++) y[lane] = (float)sums[lane];
    }
}

// A single number of a long row: parts of a fixed length, so that the sum does not depend on the thread count.
enum { PART = 1 << 16, PARTS = 64 };

struct split {
    sk_reduction kind;
    long count, size;
    const float *x;
    double partial[PARTS];
};

static void split_part(void *context, long begin, long end) {
    struct split *s = context;
    for (long part = begin; part < end; part++) {
        long first = part * s->size, left = s->count - first;
        s->partial[part] = fold(s->kind, start(s->kind), left < s->size ? left : s->size, s->x + first, 1);
    }
}

static float reduce_row(sk_reduction kind, long count, const float *x) {
    struct split s = {.kind = kind, .count = count, .x = x};
    s.size = (count + PARTS - 1) / PARTS;
    if (s.size < PART) s.size = PART;
    long parts = (count + s.size - 1) / s.size;
    saccade_threads_for(parts, 1, &s, split_part);
    double value = start(kind);
    for (long part = 0; part < parts; part++)
        value = kind == SK_SUM ? value + s.partial[part]
                : kind == SK_LARGEST ? more(value, s.partial[part]) : less(value, s.partial[part]);
    return (float)value;
}

void sk_reduce(
    sk_reduction kind, int kept_rank, const long *kept_dims, const long *kept_strides, int reduced_rank,
    const long *reduced_dims, const long *reduced_strides, const float *x, float *y) {
    struct reduce r = {kind, kept_rank, reduced_rank, kept_dims, kept_strides, reduced_dims, reduced_strides, x, y};
    long reduced = sk_product(reduced_rank, reduced_dims), kept = sk_product(kept_rank, kept_dims);
    if (kept == 1 && reduced_rank == 1 && reduced_strides[0] == 1 && reduced > PART) {
        y[0] = reduce_row(kind, reduced, x);
    } else if (kept_rank > 0 && kept_strides[kept_rank - 1] == 1 && kept_dims[kept_rank - 1] > 1) {
        long width = kept_dims[kept_rank - 1];
        long groups = kept / (width > 0 ? width : 1) * ((width + LANES - 1) / LANES);
        saccade_threads_for(groups, sk_row_grain(reduced * LANES), &r, each_group);
    } else {
        saccade_threads_for(kept, sk_row_grain(reduced), &r, each);
    }
}
