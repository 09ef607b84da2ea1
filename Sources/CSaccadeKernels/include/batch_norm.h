// Batch normalisation while training, with a sum and a ReLU in the same passes over memory.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// How images lie: `images` × `blocks` planes of `area` pixels of `lanes` channels, one behind the other. With one
// lane a block is a channel: row-major images. With more the last block may have lanes that are no channel, whose
// elements are zero and stay so.
typedef struct {
    long images, channels, blocks, area, lanes;  // lanes: 1, 2, 4, 8 or 16
    float epsilon;
    int rectifies;                                // whether ReLU comes last
    long splits;                                  // what sk_batch_norm_splits says
} sk_batch_norm;

// Into how many parts the images of a block are shared out, so that every thread has work.
long sk_batch_norm_splits(const sk_batch_norm *);
// Bytes of scratch memory that either pass needs.
long sk_batch_norm_scratch(const sk_batch_norm *);

// y = [relu]((x − mean) / √(variance + ε) · scale + shift [+ addend]), with the mean and the biased variance of each
// channel. `addend` may be null; `y` may be the addend.
void sk_batch_norm_forward(
    const sk_batch_norm *, const float *x, const float *scale, const float *shift, const float *addend, float *y,
    float *mean, float *variance, void *scratch);

// The gradients for `dy`. `y` is the forward result, read where it rectifies. `d_addend` receives the addend's
// gradient; null where there is none. `dx` and `d_addend` may not overlap the inputs.
void sk_batch_norm_backward(
    const sk_batch_norm *, const float *x, const float *scale, const float *mean, const float *variance, const float *y,
    const float *dy, float *dx, float *d_scale, float *d_shift, float *d_addend,
    void *scratch);

#ifdef __cplusplus
}
#endif
