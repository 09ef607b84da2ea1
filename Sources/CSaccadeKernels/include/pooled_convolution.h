// Convolution and max pooling as one step of training.
//
// Behind a max pooling one element of each window, the winner, receives a gradient; the others get zero. A
// convolution that knows its winners therefore has three quarters less to do backwards behind a 2 × 2 pooling,
// and neither its own result nor that result's gradient has to exist in memory.
//
// Images lie in blocks of sixteen channels (oneDNN's nChw16c, `[N, ⌈C/16⌉, H, W, 16]`), those of at most four
// channels row-major. Everything here is written for AVX-512 and correct everywhere.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Pairs are {height, width}. The convolution reads `channels` planes of `size` with `padding` zeros before
// them and writes `outputs` planes of `unpooled`, of which the pooling keeps `pooled`. No window hangs over.
typedef struct {
    long images, channels, outputs;
    long size[2], unpooled[2], pooled[2];
    long kernel[2], stride[2], padding[2];
    long pool[2], pool_stride[2];
    int rectifies;  // whether a ReLU follows
} sk_pooled_convolution;

// Whether the processor has the instructions that make this worthwhile.
int sk_pooled_convolution_is_fast(void);

// Whether there are loops for such a convolution: channels, kernel and pool are of a supported size.
int sk_pooled_convolution_fits(const sk_pooled_convolution *);

// Stands for a winner that the ReLU cut off: nobody receives the gradient.
enum { SK_NO_WINNER = 255 };

// y[N, O, P, Q] = the largest element of each window of x[N, O, H, W], at least 0 if the step rectifies;
// winners[N, O, P, Q] = its place in the window, row · width + column; the first of equals. A NaN wins, and
// comes through. All in blocks of 16 channels; `images` of them.
void sk_pool_with_winners(
    const sk_pooled_convolution *, long images, const float *x, float *y, uint8_t *winners);

// The gradients of weights, dw[O, C, KH, KW], and bias, db[O] (or null), from the images x, the winners and
// the gradient dy of what was pooled. `tasks` is how many threads to use; `scratch` holds as many bytes as asked for.
size_t sk_pooled_weight_gradient_scratch(const sk_pooled_convolution *, long tasks);
void sk_pooled_weight_gradient(
    const sk_pooled_convolution *, long tasks, const float *x, const uint8_t *winners, const float *dy, float *dw,
    float *db, void *scratch);

// The gradient of the images, lying as they do, from w[O, C, KH, KW], the winners and dy.
size_t sk_pooled_source_gradient_scratch(const sk_pooled_convolution *, long tasks);
void sk_pooled_source_gradient(
    const sk_pooled_convolution *, long tasks, const float *w, const uint8_t *winners, const float *dy, float *dx,
    void *scratch);

#ifdef __cplusplus
}
#endif
