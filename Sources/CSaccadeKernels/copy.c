#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <string.h>

struct fill {
    float value;
    float *y;
};

SK_CLONES static void fill_row(long count, float value, float *y) {
    for (long i = 0; i < count; i++) y[i] = value;
}

static void fill_part(void *context, long begin, long end) {
    const struct fill *f = context;
    fill_row(end - begin, f->value, f->y + begin);
}

void sk_fill(long count, float value, float *y) {
    struct fill fill = {value, y};
    saccade_threads_for(count, SK_GRAIN, &fill, fill_part);
}

struct copy {
    int outer;  // axes but the last
    const long *dims, *from_strides, *to_strides;
    const float *from;
    float *to;
};

static void offsets(const struct copy *c, long index, long *from, long *to) {
    *from = *to = 0;
    for (int axis = c->outer - 1; axis >= 0; axis--) {
        long place = index % c->dims[axis];
        index /= c->dims[axis];
        *from += place * c->from_strides[axis];
        *to += place * c->to_strides[axis];
    }
}

SK_CLONES static void copy_row(long count, const float *from, long sf, float *to, long st) {
    if (st == 1 && sf == 1) {
        memcpy(to, from, sizeof(float) * (size_t)count);
    } else if (st == 1 && sf == 0) {
        for (long i = 0; i < count; i++) to[i] = from[0];
    } else if (st == 1 && sf == -1) {
        for (long i = 0; i < count; i++) to[i] = from[-i];
    } else if (st == 1) {
        for (long i = 0; i < count; i++) to[i] = from[i * sf];
    } else {
        for (long i = 0; i < count; i++) to[i * st] = from[i * sf];
    }
}

static void copy_part(void *context, long begin, long end) {
    const struct copy *c = context;
    for (long index = begin; index < end; index++) {
        long from, to;
        offsets(c, index, &from, &to);
        copy_row(c->dims[c->outer], c->from + from, c->from_strides[c->outer], c->to + to, c->to_strides[c->outer]);
    }
}

void sk_copy(
    int rank, const long *dims, const float *from, const long *from_strides, float *to, const long *to_strides) {
    struct copy copy = {rank - 1, dims, from_strides, to_strides, from, to};
    saccade_threads_for(sk_product(rank - 1, dims), sk_row_grain(dims[rank - 1]), &copy, copy_part);
}

SK_CLONES static void add_row(long count, const float *from, long sf, float *to, long st) {
    if (st == 1 && sf == 1) {
        for (long i = 0; i < count; i++) to[i] += from[i];
    } else if (st == 1 && sf == 0) {
        for (long i = 0; i < count; i++) to[i] += from[0];
    } else {
        for (long i = 0; i < count; i++) to[i * st] += from[i * sf];
    }
}

// On one thread: rows may meet in the same element, and their order is part of the answer.
void sk_accumulate(
    int rank, const long *dims, const float *from, const long *from_strides, float *to, const long *to_strides) {
    struct copy c = {rank - 1, dims, from_strides, to_strides, from, to};
    long rows = sk_product(rank - 1, dims);
    for (long index = 0; index < rows; index++) {
        long f, t;
        offsets(&c, index, &f, &t);
        add_row(dims[rank - 1], from + f, from_strides[rank - 1], to + t, to_strides[rank - 1]);
    }
}
