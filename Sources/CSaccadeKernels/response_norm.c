#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>

struct norm {
    sk_response_norm p;
    const float *x, *dy;
    float *bases, *ratios, *y;
};

enum { WIDTH = 512 };  // elements of a plane that are carried through all channels together

// bᵝ, where the paper's exponent of ¾ needs no logarithm.
SK_CLONES static void powers(long count, float beta, const float *bases, float *results) {
    if (beta == 0.75f)
        for (long i = 0; i < count; i++) {
            float root = __builtin_elementwise_sqrt(bases[i]);
            results[i] = root * __builtin_elementwise_sqrt(root);
        }
    else
        for (long i = 0; i < count; i++) results[i] = powf(bases[i], beta);
}

SK_CLONES static void add_squares(long count, float factor, const float *x, float *sums) {
    for (long i = 0; i < count; i++) sums[i] += factor * x[i] * x[i];
}

SK_CLONES static void add(long count, const float *x, float *sums) {
    for (long i = 0; i < count; i++) sums[i] += x[i];
}

// Channels from `first` to before `last` of the window around `channel`.
static void window(const sk_response_norm *p, long channel, long before, long after, long *first, long *last) {
    *first = channel < before ? 0 : channel - before;
    *last = channel + after >= p->channels ? p->channels : channel + after + 1;
}

// k + α · Σ x² for every channel of `count` neighbouring elements.
static void find_bases(const struct norm *n, long offset, long count) {
    const sk_response_norm *p = &n->p;
    for (long c = 0; c < p->channels; c++) {
        float *bases = n->bases + offset + c * p->inner;
        long first, last;
        for (long i = 0; i < count; i++) bases[i] = p->k;
        window(p, c, p->before, p->after, &first, &last);
        for (long other = first; other < last; other++)
            add_squares(count, p->alpha, n->x + offset + other * p->inner, bases);
    }
}

SK_CLONES static void divide(long count, const float *x, const float *powers, float *y) {
    for (long i = 0; i < count; i++) y[i] = x[i] / powers[i];
}

SK_CLONES static void find_ratios(long count, const float *x, const float *y, const float *bases, float *ratios) {
    for (long i = 0; i < count; i++) ratios[i] = x[i] * y[i] / bases[i];
}

SK_CLONES static void subtract(long count, float factor, const float *x, const float *sums, float *dx) {
    for (long i = 0; i < count; i++) dx[i] -= factor * x[i] * sums[i];
}

static void forward_block(const struct norm *n, long offset, long count) {
    float power[WIDTH];
    for (long c = 0; c < n->p.channels; c++) {
        long at = offset + c * n->p.inner;
        powers(count, n->p.beta, n->bases + at, power);
        divide(count, n->dy ? n->dy + at : n->x + at, power, n->y + at);
    }
}

// dx = dy / bᵝ − 2αβ · x · Σ dy · x / bᵝ⁺¹ over the channels whose window holds this one.
static void backward_block(const struct norm *n, long offset, long count) {
    const sk_response_norm *p = &n->p;
    forward_block(n, offset, count);
    for (long c = 0; c < p->channels; c++) {
        long at = offset + c * p->inner;
        find_ratios(count, n->x + at, n->y + at, n->bases + at, n->ratios + at);
    }
    for (long c = 0; c < p->channels; c++) {
        float sums[WIDTH] = {0};
        long at = offset + c * p->inner, first, last;
        window(p, c, p->after, p->before, &first, &last);
        for (long other = first; other < last; other++) add(count, n->ratios + offset + other * p->inner, sums);
        subtract(count, 2 * p->alpha * p->beta, n->x + at, sums, n->y + at);
    }
}

static void part(void *context, long begin, long end) {
    const struct norm *n = context;
    long blocks = (n->p.inner + WIDTH - 1) / WIDTH;
    for (long index = begin; index < end; index++) {
        long column = index % blocks * WIDTH, left = n->p.inner - column, count = left < WIDTH ? left : WIDTH;
        long offset = index / blocks * n->p.channels * n->p.inner + column;
        find_bases(n, offset, count);
        if (n->dy)
            backward_block(n, offset, count);
        else
            forward_block(n, offset, count);
    }
}

static void run(struct norm n) {
    long blocks = (n.p.inner + WIDTH - 1) / WIDTH, width = n.p.inner < WIDTH ? n.p.inner : WIDTH;
    saccade_threads_for(
        n.p.outer * blocks, sk_row_grain(n.p.channels * width * (n.p.before + n.p.after + 4)), &n, part);
}

void sk_response_norm_forward(sk_response_norm p, const float *x, float *scratch, float *y) {
    run((struct norm){p, x, 0, scratch, 0, y});
}

void sk_response_norm_gradient(sk_response_norm p, const float *x, const float *dy, float *scratch, float *dx) {
    run((struct norm){p, x, dy, scratch, scratch + p.outer * p.channels * p.inner, dx});
}
