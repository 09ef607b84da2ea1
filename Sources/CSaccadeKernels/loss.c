#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>
#include <stddef.h>

struct losses {
    sk_loss kind;
    float beta;
    const float *x, *target, *dy;
    float *y;
};

static inline float bounded_log(float logarithm) { return logarithm < -100 ? -100 : logarithm; }

static float cross_entropy(float p, float t) {
    return -t * bounded_log(logf(p)) - (1 - t) * bounded_log(log1pf(-p));
}

// log(1 + exp(x)) − t · x, without overflow.
static float cross_entropy_of_logit(float x, float t) {
    return (x > 0 ? x : 0) - t * x + log1pf(expf(-fabsf(x)));
}

static float cross_entropy_slope(float p, float t) {
    float product = (1 - p) * p;
    return (p - t) / (product > 1e-12f ? product : 1e-12f);
}

static float sigmoid(float x) {
    float e = expf(-fabsf(x));
    return (x < 0 ? e : 1) / (1 + e);
}

static inline float sign(float x) { return (float)((x > 0) - (x < 0)); }

SK_CLONES static void forward(sk_loss kind, float beta, long count, const float *x, const float *t, float *y) {
    switch (kind) {
    case SK_BINARY_CROSS_ENTROPY:
        for (long i = 0; i < count; i++) y[i] = cross_entropy(x[i], t[i]);
        break;
    case SK_BINARY_CROSS_ENTROPY_OF_LOGITS:
        for (long i = 0; i < count; i++) y[i] = cross_entropy_of_logit(x[i], t[i]);
        break;
    case SK_SQUARED:
        for (long i = 0; i < count; i++) y[i] = (x[i] - t[i]) * (x[i] - t[i]);
        break;
    case SK_ABSOLUTE:
        for (long i = 0; i < count; i++) y[i] = fabsf(x[i] - t[i]);
        break;
    case SK_SMOOTH:
        for (long i = 0; i < count; i++) {
            float d = fabsf(x[i] - t[i]);
            y[i] = d < beta ? 0.5f * d * d / beta : d - 0.5f * beta;
        }
        break;
    case SK_HINGE:
        for (long i = 0; i < count; i++) {
            float short_of = 1 - t[i] * x[i];
            y[i] = short_of < 0 ? 0 : short_of;
        }
        break;
    case SK_SQUARED_HINGE:
        for (long i = 0; i < count; i++) {
            float short_of = 1 - t[i] * x[i];
            y[i] = short_of < 0 ? 0 : short_of * short_of;
        }
        break;
    }
}

SK_CLONES static void backward(
    sk_loss kind, float beta, long count, const float *x, const float *t, const float *dy, float *dx) {
    switch (kind) {
    case SK_BINARY_CROSS_ENTROPY:
        for (long i = 0; i < count; i++) dx[i] = dy[i] * cross_entropy_slope(x[i], t[i]);
        break;
    case SK_BINARY_CROSS_ENTROPY_OF_LOGITS:
        for (long i = 0; i < count; i++) dx[i] = dy[i] * (sigmoid(x[i]) - t[i]);
        break;
    case SK_SQUARED:
        for (long i = 0; i < count; i++) dx[i] = dy[i] * 2 * (x[i] - t[i]);
        break;
    case SK_ABSOLUTE:
        for (long i = 0; i < count; i++) dx[i] = dy[i] * sign(x[i] - t[i]);
        break;
    case SK_SMOOTH:
        for (long i = 0; i < count; i++) {
            float d = x[i] - t[i];
            dx[i] = dy[i] * (fabsf(d) < beta ? d / beta : sign(d));
        }
        break;
    case SK_HINGE:
        for (long i = 0; i < count; i++) dx[i] = t[i] * x[i] < 1 ? -dy[i] * t[i] : 0;
        break;
    case SK_SQUARED_HINGE:
        for (long i = 0; i < count; i++) {
            float short_of = 1 - t[i] * x[i];
            dx[i] = short_of > 0 ? -2 * dy[i] * t[i] * short_of : 0;
        }
        break;
    }
}

static void part(void *context, long begin, long end) {
    const struct losses *l = context;
    const float *x = l->x + begin, *t = l->target + begin;
    if (l->dy)
        backward(l->kind, l->beta, end - begin, x, t, l->dy + begin, l->y + begin);
    else
        forward(l->kind, l->beta, end - begin, x, t, l->y + begin);
}

void sk_losses(sk_loss kind, float beta, long count, const float *x, const float *target, float *y) {
    struct losses l = {kind, beta, x, target, NULL, y};
    saccade_threads_for(count, SK_GRAIN, &l, part);
}

void sk_loss_gradients(
    sk_loss kind, float beta, long count, const float *x, const float *target, const float *dy, float *dx) {
    struct losses l = {kind, beta, x, target, dy, dx};
    saccade_threads_for(count, SK_GRAIN, &l, part);
}
