#include "optimizers.h"

#include "clones.h"
#include "threads.h"

// sqrtf may set errno, which keeps compilers from vectorising it; this one may not.
static inline float root_of(float x) { return __builtin_elementwise_sqrt(x); }

static inline float prepared(sk_gradient how, float g, float w) {
    g *= how.scale;
    // Written so that what is not a number stays so.
    g = g > how.limit ? how.limit : g;
    g = g < -how.limit ? -how.limit : g;
    return g + how.decay * w;
}

struct sgd {
    sk_gradient how;
    float rate, momentum;
    int nesterov, is_first;
    const float *restrict gradient;
    float *restrict velocity, *restrict weight;
};

SK_CLONES static void sgd_part(void *context, long begin, long end) {
    const struct sgd s = *(const struct sgd *)context;
    const float *restrict gradient = s.gradient;
    float *restrict velocity = s.velocity, *restrict weight = s.weight;
    if (s.momentum == 0)
        for (long i = begin; i < end; i++) weight[i] -= s.rate * prepared(s.how, gradient[i], weight[i]);
    else if (s.is_first)
        for (long i = begin; i < end; i++) {
            float g = prepared(s.how, gradient[i], weight[i]);
            velocity[i] = g;
            weight[i] -= s.rate * (s.nesterov ? g + s.momentum * g : g);
        }
    else
        for (long i = begin; i < end; i++) {
            float g = prepared(s.how, gradient[i], weight[i]);
            float v = s.momentum * velocity[i] + g;
            velocity[i] = v;
            weight[i] -= s.rate * (s.nesterov ? g + s.momentum * v : v);
        }
}

void sk_sgd(
    long count, sk_gradient how, float rate, float momentum, int nesterov, int is_first, const float *gradient,
    float *velocity, float *weight) {
    struct sgd sgd = {how, rate, momentum, nesterov, is_first, gradient, velocity, weight};
    saccade_threads_for(count, SK_GRAIN, &sgd, sgd_part);
}

struct adam {
    sk_gradient how;
    float keep, rate, beta1, beta2, root, epsilon;
    const float *restrict gradient;
    float *restrict mean, *restrict square, *restrict weight;
};

SK_CLONES static void adam_part(void *context, long begin, long end) {
    const struct adam a = *(const struct adam *)context;
    const float *restrict gradient = a.gradient;
    float *restrict mean = a.mean, *restrict square = a.square, *restrict weight = a.weight;
    float part1 = 1 - a.beta1, part2 = 1 - a.beta2;
    for (long i = begin; i < end; i++) {
        float w = weight[i], g = prepared(a.how, gradient[i], w);
        float m = mean[i] + part1 * (g - mean[i]);
        float v = a.beta2 * square[i] + part2 * g * g;
        mean[i] = m;
        square[i] = v;
        weight[i] = a.keep * w - a.rate * m / (root_of(v) / a.root + a.epsilon);
    }
}

void sk_adam(
    long count, sk_gradient how, float keep, float rate, float beta1, float beta2, float root, float epsilon,
    const float *gradient, float *mean, float *square, float *weight) {
    struct adam adam = {how, keep, rate, beta1, beta2, root, epsilon, gradient, mean, square, weight};
    saccade_threads_for(count, SK_GRAIN, &adam, adam_part);
}

struct rmsprop {
    sk_gradient how;
    float rate, alpha, epsilon, momentum;
    const float *restrict gradient;
    float *restrict square, *restrict mean, *restrict velocity, *restrict weight;
};

SK_CLONES static void rmsprop_part(void *context, long begin, long end) {
    const struct rmsprop r = *(const struct rmsprop *)context;
    const float *restrict gradient = r.gradient;
    float *restrict square = r.square, *restrict mean = r.mean, *restrict velocity = r.velocity,
                    *restrict weight = r.weight;
    float part = 1 - r.alpha;
// One loop for each pair of extras, so that each is vectorised.
#define LOOP(average, applied)                                      \
    for (long i = begin; i < end; i++) {                            \
        float g = prepared(r.how, gradient[i], weight[i]);          \
        float s = r.alpha * square[i] + part * g * g;               \
        square[i] = s;                                              \
        float step = g / (average);                                 \
        applied;                                                    \
        weight[i] -= r.rate * step;                                 \
    }
#define PLAIN (root_of(s) + r.epsilon)
#define CENTERED (mean[i] += part * (g - mean[i]), root_of(s - mean[i] * mean[i]) + r.epsilon)
#define MOMENTUM velocity[i] = step = r.momentum * velocity[i] + step
    if (mean && velocity) LOOP(CENTERED, MOMENTUM)
    else if (mean) LOOP(CENTERED, )
    else if (velocity) LOOP(PLAIN, MOMENTUM)
    else LOOP(PLAIN, )
}

void sk_rmsprop(
    long count, sk_gradient how, float rate, float alpha, float epsilon, float momentum, const float *gradient,
    float *square, float *mean, float *velocity, float *weight) {
    struct rmsprop rmsprop = {how, rate, alpha, epsilon, momentum, gradient, square, mean, velocity, weight};
    saccade_threads_for(count, SK_GRAIN, &rmsprop, rmsprop_part);
}

struct blend {
    float a, b;
    const float *restrict source;
    float *restrict target;
};

SK_CLONES static void blend_part(void *context, long begin, long end) {
    const struct blend s = *(const struct blend *)context;
    const float *restrict source = s.source;
    float *restrict target = s.target;
    for (long i = begin; i < end; i++) target[i] = s.a * source[i] + s.b * target[i];
}

void sk_blend(long count, float a, const float *source, float b, float *target) {
    struct blend blend = {a, b, source, target};
    saccade_threads_for(count, SK_GRAIN, &blend, blend_part);
}

enum { MOST_PARTS = 256 };

struct squares {
    const float *x;
    long count, size;
    double sums[MOST_PARTS];
};

SK_CLONES static double squares_of(long count, const float *x) {
    // Many sums side by side keep the vector units busy; the order is fixed by this alone.
    enum { LANES = 32 };
    double sums[LANES] = {0};
    long i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int lane = 0; lane < LANES; lane++) sums[lane] += (double)x[i + lane] * x[i + lane];
    for (; i < count; i++) sums[0] += (double)x[i] * x[i];
    double sum = 0;
    for (int lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

static void squares_part(void *context, long begin, long end) {
    struct squares *s = context;
    for (long part = begin; part < end; part++) {
        long first = part * s->size;
        long count = s->count - first < s->size ? s->count - first : s->size;
        s->sums[part] = squares_of(count, s->x + first);
    }
}

double sk_sum_of_squares(long count, const float *x) {
    // Parts of a size that depends on the count alone, not on the threads.
    struct squares squares = {.x = x, .count = count};
    squares.size = (count + MOST_PARTS - 1) / MOST_PARTS;
    if (squares.size < SK_GRAIN) squares.size = SK_GRAIN;
    long parts = (count + squares.size - 1) / squares.size;
    saccade_threads_for(parts, 1, &squares, squares_part);
    double sum = 0;
    for (long part = 0; part < parts; part++) sum += squares.sums[part];
    return sum;
}
