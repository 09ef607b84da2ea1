#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>

struct norm {
    long rows, length;
    float epsilon;
    const float *x, *scale, *shift, *dy;
    float *means, *deviations;  // the reciprocals of standard deviations
    float *y, *d_scale, *d_shift;
};

// Sixteen sums side by side, in double precision.
#define SUM(total, expression)                                            \
    double total = 0;                                                     \
    {                                                                     \
        double sums[16] = {0};                                            \
        long i = 0;                                                       \
        for (; i + 16 <= length; i += 16)                                 \
            for (int lane = 0; lane < 16; lane++) {                       \
                long at = i + lane;                                       \
                sums[lane] += expression;                                 \
            }                                                             \
        for (; i < length; i++) {                                         \
            long at = i;                                                  \
            total += expression;                                          \
        }                                                                 \
        for (int lane = 0; lane < 16; lane++) total += sums[lane];        \
    }

SK_CLONES static void forward_row(
    long length, float epsilon, const float *x, const float *scale, const float *shift, float *mean_out,
    float *deviation_out, float *y) {
    SUM(sum, (double)x[at])
    double mean = sum / (double)length;
    SUM(squares, (x[at] - mean) * (x[at] - mean))
    float m = (float)mean, r = (float)(1 / sqrt(squares / (double)length + (double)epsilon));
    for (long i = 0; i < length; i++) y[i] = (x[i] - m) * r * scale[i] + shift[i];
    *mean_out = m;
    *deviation_out = r;
}

// With x̂ = (x − mean) · r and g = dy · scale: dx = r · (g − mean(g) − x̂ · mean(g · x̂)).
SK_CLONES static void backward_row(
    long length, const float *x, const float *scale, const float *dy, float mean, float r, float *dx) {
    SUM(sum, (double)dy[at] * scale[at])
    SUM(product, (double)dy[at] * scale[at] * ((x[at] - mean) * r))
    // In double precision: r is large where the variance is small, and so would be the rounding of a difference.
    double a = sum / (double)length, b = product / (double)length * r;
    for (long i = 0; i < length; i++)
        dx[i] = (float)(r * ((double)dy[i] * scale[i] - a - (double)(x[i] - mean) * b));
}

static void forward_part(void *context, long begin, long end) {
    const struct norm *n = context;
    for (long row = begin; row < end; row++)
        forward_row(
            n->length, n->epsilon, n->x + row * n->length, n->scale, n->shift, &n->means[row], &n->deviations[row],
            n->y + row * n->length);
}

static void backward_part(void *context, long begin, long end) {
    const struct norm *n = context;
    for (long row = begin; row < end; row++)
        backward_row(
            n->length, n->x + row * n->length, n->scale, n->dy + row * n->length, n->means[row], n->deviations[row],
            n->y + row * n->length);
}

enum { LANES = 64 };  // columns summed side by side

SK_CLONES static void add_columns(
    long lanes, const float *x, const float *dy, float mean, float r, double *scales, double *shifts) {
    for (long i = 0; i < lanes; i++) {
        scales[i] += (double)dy[i] * ((x[i] - mean) * r);
        shifts[i] += dy[i];
    }
}

static void columns_part(void *context, long begin, long end) {
    const struct norm *n = context;
    for (long group = begin; group < end; group++) {
        long column = group * LANES, left = n->length - column, lanes = left < LANES ? left : LANES;
        double scales[LANES] = {0}, shifts[LANES] = {0};
        for (long row = 0; row < n->rows; row++) {
            long at = row * n->length + column;
            add_columns(lanes, n->x + at, n->dy + at, n->means[row], n->deviations[row], scales, shifts);
        }
        for (long i = 0; i < lanes; i++) {
            n->d_scale[column + i] = (float)scales[i];
            n->d_shift[column + i] = (float)shifts[i];
        }
    }
}

void sk_layer_norm(
    long rows, long length, float epsilon, const float *x, const float *scale, const float *shift, float *y,
    float *means, float *deviations) {
    struct norm n = {rows, length, epsilon, x, scale, shift, 0, means, deviations, y, 0, 0};
    saccade_threads_for(rows, sk_row_grain(4 * length), &n, forward_part);
}

void sk_layer_norm_gradient(
    long rows, long length, const float *x, const float *scale, const float *means, const float *deviations,
    const float *dy, float *dx, float *d_scale, float *d_shift) {
    struct norm n = {rows, length, 0, x, scale, 0, dy, (float *)means, (float *)deviations, dx, d_scale, d_shift};
    saccade_threads_for(rows, sk_row_grain(4 * length), &n, backward_part);
    saccade_threads_for((length + LANES - 1) / LANES, sk_row_grain(rows * LANES), &n, columns_part);
}
