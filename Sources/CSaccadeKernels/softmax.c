#include "kernels.h"
#include "scan.h"
#include "threads.h"

#include <math.h>

struct softmax {
    long classes, inner;
    int logarithm;
    const float *x;       // the logits; going backwards, the result
    const float *dy;      // null: forwards
    float *y;
};

SK_CLONES static void write_lanes(
    const struct softmax *s, int lanes, const float *x, const float *largest, const float *shares, float *y) {
    for (long c = 0; c < s->classes; c++, x += s->inner, y += s->inner)
        if (s->logarithm)
            for (int lane = 0; lane < lanes; lane++) y[lane] = x[lane] - largest[lane] - shares[lane];
        else
            for (int lane = 0; lane < lanes; lane++) y[lane] = sk_exp(x[lane] - largest[lane]) * shares[lane];
}

SK_CLONES static void write_row(long classes, int logarithm, const float *x, float largest, float share, float *y) {
    if (logarithm)
        for (long c = 0; c < classes; c++) y[c] = x[c] - largest - share;
    else
        for (long c = 0; c < classes; c++) y[c] = sk_exp(x[c] - largest) * share;
}

SK_CLONES static void backward_lanes(
    const struct softmax *s, int lanes, const float *y, const float *dy, float *dx) {
    float sums[LANES] = {0};
    for (long c = 0; c < s->classes; c++) {
        const float *p = y + c * s->inner, *d = dy + c * s->inner;
        for (int lane = 0; lane < lanes; lane++) sums[lane] += s->logarithm ? d[lane] : d[lane] * p[lane];
    }
    for (long c = 0; c < s->classes; c++, y += s->inner, dy += s->inner, dx += s->inner)
        if (s->logarithm)
            for (int lane = 0; lane < lanes; lane++) dx[lane] = dy[lane] - sk_exp(y[lane]) * sums[lane];
        else
            for (int lane = 0; lane < lanes; lane++) dx[lane] = (dy[lane] - sums[lane]) * y[lane];
}

SK_CLONES static void backward_row(long classes, int logarithm, const float *y, const float *dy, float *dx) {
    double sum = 0;
    if (logarithm) {
        for (long c = 0; c < classes; c++) sum += dy[c];
        for (long c = 0; c < classes; c++) dx[c] = dy[c] - sk_exp(y[c]) * (float)sum;
    } else {
        for (long c = 0; c < classes; c++) sum += (double)dy[c] * y[c];
        for (long c = 0; c < classes; c++) dx[c] = (dy[c] - (float)sum) * y[c];
    }
}

static void lanes_at(const struct softmax *s, long offset, int lanes) {
    const float *x = s->x + offset;
    float *y = s->y + offset;
    if (s->dy) {
        if (s->inner == 1)
            backward_row(s->classes, s->logarithm, x, s->dy + offset, y);
        else
            backward_lanes(s, lanes, x, s->dy + offset, y);
        return;
    }
    float largest[LANES], sums[LANES];
    if (s->inner == 1)
        scan_row(s->classes, x, largest, sums);
    else
        scan(s->classes, s->inner, lanes, x, largest, sums);
    for (int lane = 0; lane < lanes; lane++) sums[lane] = s->logarithm ? logf(sums[lane]) : 1 / sums[lane];
    if (s->inner == 1)
        write_row(s->classes, s->logarithm, x, largest[0], sums[0], y);
    else
        write_lanes(s, lanes, x, largest, sums, y);
}

static void part(void *context, long begin, long end) {
    const struct softmax *s = context;
    long groups = (s->inner + LANES - 1) / LANES;
    for (long index = begin; index < end; index++) {
        long column = index % groups * LANES, left = s->inner - column;
        lanes_at(s, index / groups * s->classes * s->inner + column, (int)(left < LANES ? left : LANES));
    }
}

static void run(long outer, struct softmax s) {
    long groups = (s.inner + LANES - 1) / LANES;
    long lanes = s.inner < LANES ? s.inner : LANES;
    saccade_threads_for(outer * groups, sk_row_grain(4 * s.classes * lanes), &s, part);
}

void sk_softmax(long outer, long classes, long inner, int logarithm, const float *x, float *y) {
    run(outer, (struct softmax){classes, inner, logarithm, x, 0, y});
}

void sk_softmax_gradient(
    long outer, long classes, long inner, int logarithm, const float *y, const float *dy, float *dx) {
    run(outer, (struct softmax){classes, inner, logarithm, y, dy, dx});
}
