#include "clones.h"
#include "kernels.h"
#include "scan.h"
#include "threads.h"

#include <math.h>

long sk_cross_entropy_first_wrong(sk_cross_entropy p) {
    for (long i = 0; i < p.outer * p.inner; i++) {
        float label = p.labels[i];
        if (!(label >= 0 && label < (float)p.classes) && label != p.ignored) return i;
    }
    return -1;
}

struct run {
    sk_cross_entropy p;
    float class_weight_sum;
    const float *logits, *d_losses;
    float *losses, *weights, *d_logits;
};

static float loss_at(const struct run *r, long index, const float *x, long stride, float log_sum, float *weight) {
    const sk_cross_entropy *p = &r->p;
    *weight = 0;
    if (p->labels[index] == p->ignored) return 0;
    long label = (long)p->labels[index];
    *weight = p->class_weights ? p->class_weights[label] : 1;
    float loss = (1 - p->smoothing) * *weight * (log_sum - x[label * stride]);
    if (p->smoothing > 0) {
        float spread = 0;
        for (long c = 0; c < p->classes; c++)
            spread += (p->class_weights ? p->class_weights[c] : 1) * (log_sum - x[c * stride]);
        loss += p->smoothing / (float)p->classes * spread;
    }
    return p->element_weights ? loss * p->element_weights[index] : loss;
}

// What the gradients of one label's logits share: d = probability · `slope` − `pull` at the label − `drift` · weight.
static void slopes_at(const struct run *r, long index, float *slope, float *pull, float *drift) {
    const sk_cross_entropy *p = &r->p;
    *slope = *pull = *drift = 0;
    if (p->labels[index] == p->ignored) return;
    float weight = p->class_weights ? p->class_weights[(long)p->labels[index]] : 1;
    float factor = r->d_losses[index] * (p->element_weights ? p->element_weights[index] : 1);
    *pull = factor * (1 - p->smoothing) * weight;
    *drift = factor * p->smoothing / (float)p->classes;
    *slope = *pull + *drift * r->class_weight_sum;
}

SK_CLONES static void spread_lanes(
    long classes, long stride, int lanes, const float *x, const float *largest, const float *slopes,
    const float *drifts, const float *class_weights, float *d) {
    for (long c = 0; c < classes; c++) {
        float weight = class_weights ? class_weights[c] : 1;
        for (int lane = 0; lane < lanes; lane++)
            d[c * stride + lane] =
                sk_exp(x[c * stride + lane] - largest[lane]) * slopes[lane] - drifts[lane] * weight;
    }
}

SK_CLONES static void spread_row(
    long classes, const float *x, float largest, float slope, float drift, const float *class_weights, float *d) {
    if (class_weights)
        for (long c = 0; c < classes; c++) d[c] = sk_exp(x[c] - largest) * slope - drift * class_weights[c];
    else
        for (long c = 0; c < classes; c++) d[c] = sk_exp(x[c] - largest) * slope - drift;
}

static void lanes_at(const struct run *r, long outer, long column, int lanes) {
    const sk_cross_entropy *p = &r->p;
    long stride = p->inner, first = outer * p->inner + column;
    long offset = outer * p->classes * p->inner + column;
    const float *x = r->logits + offset;
    float largest[LANES], sums[LANES], slopes[LANES], pulls[LANES], drifts[LANES];
    if (p->inner == 1)
        scan_row(p->classes, x, largest, sums);
    else
        scan(p->classes, stride, lanes, x, largest, sums);
    if (r->losses) {
        for (int lane = 0; lane < lanes; lane++)
            r->losses[first + lane] = loss_at(
                r, first + lane, x + lane, stride, largest[lane] + logf(sums[lane]), &r->weights[first + lane]);
        return;
    }
    for (int lane = 0; lane < lanes; lane++) {
        slopes_at(r, first + lane, &slopes[lane], &pulls[lane], &drifts[lane]);
        slopes[lane] /= sums[lane];
    }
    float *d = r->d_logits + offset;
    if (p->inner == 1)
        spread_row(p->classes, x, largest[0], slopes[0], drifts[0], p->class_weights, d);
    else
        spread_lanes(p->classes, stride, lanes, x, largest, slopes, drifts, p->class_weights, d);
    for (int lane = 0; lane < lanes; lane++)
        if (p->labels[first + lane] != p->ignored) d[(long)p->labels[first + lane] * stride + lane] -= pulls[lane];
}

static void part(void *context, long begin, long end) {
    const struct run *r = context;
    long groups = (r->p.inner + LANES - 1) / LANES;
    for (long index = begin; index < end; index++) {
        long column = index % groups * LANES, left = r->p.inner - column;
        lanes_at(r, index / groups, column, (int)(left < LANES ? left : LANES));
    }
}

static void run(const struct run *r) {
    long groups = (r->p.inner + LANES - 1) / LANES;
    long lanes = r->p.inner < LANES ? r->p.inner : LANES;
    saccade_threads_for(r->p.outer * groups, sk_row_grain(4 * r->p.classes * lanes), (void *)r, part);
}

void sk_cross_entropy_losses(sk_cross_entropy p, const float *logits, float *losses, float *weights) {
    struct run r = {.p = p, .logits = logits, .losses = losses, .weights = weights};
    run(&r);
}

void sk_cross_entropy_gradient(sk_cross_entropy p, const float *logits, const float *d_losses, float *d_logits) {
    struct run r = {.p = p, .logits = logits, .d_losses = d_losses, .d_logits = d_logits};
    r.class_weight_sum = (float)p.classes;
    if (p.class_weights) {
        double sum = 0;
        for (long c = 0; c < p.classes; c++) sum += p.class_weights[c];
        r.class_weight_sum = (float)sum;
    }
    run(&r);
}
