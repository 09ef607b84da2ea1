#include "clones.h"
#include "kernels.h"
#include "threads.h"

struct run {
    sk_class_sums p;
    const float *x, *d_right, *d_all;
    float *right, *all, *dx;
};

enum { LANES = 16 };

// Lane by lane, so that the order of the sum is the same on every machine, and with any number of threads.
SK_CLONES static void add_row(
    long length, const float *labels, float label, float ignored, const float *x, float *right, float *all) {
    float r[LANES] = {0}, a[LANES] = {0};
    long whole = length - length % LANES;
    for (long i = 0; i < whole; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            r[lane] += labels[i + lane] == label ? x[i + lane] : 0;
            a[lane] += labels[i + lane] != ignored ? x[i + lane] : 0;
        }
    for (long i = whole; i < length; i++) {
        r[0] += labels[i] == label ? x[i] : 0;
        a[0] += labels[i] != ignored ? x[i] : 0;
    }
    for (int lane = 0; lane < LANES; lane++) *right += r[lane], *all += a[lane];
}

SK_CLONES static void spread_row(
    long length, const float *labels, float label, float ignored, float d_right, float d_all, float *dx) {
    for (long i = 0; i < length; i++)
        dx[i] = (labels[i] == label ? d_right : 0) + (labels[i] != ignored ? d_all : 0);
}

static void part(void *context, long begin, long end) {
    const struct run *r = context;
    const sk_class_sums *p = &r->p;
    for (long c = begin; c < end; c++) {
        if (r->right) r->right[c] = r->all[c] = 0;
        for (long o = 0; o < p->outer; o++) {
            const float *labels = p->labels + o * p->inner;
            long row = (o * p->classes + c) * p->inner;
            if (r->dx)
                spread_row(p->inner, labels, (float)c, p->ignored, r->d_right[c], r->d_all[c], r->dx + row);
            else
                add_row(p->inner, labels, (float)c, p->ignored, r->x + row, &r->right[c], &r->all[c]);
        }
    }
}

void sk_class_sums_forward(sk_class_sums p, const float *x, float *right, float *all) {
    struct run r = {.p = p, .x = x, .right = right, .all = all};
    saccade_threads_for(p.classes, sk_row_grain(p.outer * p.inner), &r, part);
}

void sk_class_sums_gradient(sk_class_sums p, const float *d_right, const float *d_all, float *dx) {
    struct run r = {.p = p, .d_right = d_right, .d_all = d_all, .dx = dx};
    saccade_threads_for(p.classes, sk_row_grain(p.outer * p.inner), &r, part);
}
