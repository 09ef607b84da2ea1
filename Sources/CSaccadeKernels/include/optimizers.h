// One step of each optimizer: everything that happens to a parameter's elements in one pass over memory.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// What is done to a gradient before an optimizer sees it: g = clamp(g · scale, ±limit) + decay · w.
typedef struct {
    float scale;
    float limit;  // infinite where nothing is clamped
    float decay;  // weight decay as part of the gradient
} sk_gradient;

// w −= rate · g. With momentum ≠ 0: v = momentum · v + g (v = g at the first step), and w −= rate · v, or
// rate · (g + momentum · v) for Nesterov's. `velocity` is not read without momentum.
void sk_sgd(
    long count, sk_gradient, float rate, float momentum, int nesterov, int is_first, const float *gradient,
    float *velocity, float *weight);

// m += (1 − beta1) · (g − m); v = beta2 · v + (1 − beta2) · g²; w = keep · w − rate · m / (√v / root + epsilon).
// `rate` and `root` hold the corrections for starting at zero, `keep` the decay that bypasses the gradient.
void sk_adam(
    long count, sk_gradient, float keep, float rate, float beta1, float beta2, float root, float epsilon,
    const float *gradient, float *mean, float *square, float *weight);

// s = alpha · s + (1 − alpha) · g²; a = √s + epsilon, or with `mean` (not NULL): mean += (1 − alpha) · (g − mean),
// a = √(s − mean²) + epsilon. Then w −= rate · g / a, or with `velocity` (not NULL): v = momentum · v + g / a,
// w −= rate · v.
void sk_rmsprop(
    long count, sk_gradient, float rate, float alpha, float epsilon, float momentum, const float *gradient,
    float *square, float *mean, float *velocity, float *weight);

// target = a · source + b · target.
void sk_blend(long count, float a, const float *source, float b, float *target);

// The sum of x², in double precision and always in the same order. It is finite
// exactly when every element is.
double sk_sum_of_squares(long count, const float *x);

#ifdef __cplusplus
}
#endif
