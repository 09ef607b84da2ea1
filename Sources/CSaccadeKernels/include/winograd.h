// Convolutions with 3×3 kernels and stride 1 by Winograd's algorithm, on images with the channels last.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    long images, height, width, channels_in;
    long height_out, width_out, channels_out;
    long pixel_step;  // floats from one pixel of the result to the next: more than channels_out in a part of an image
    long padding_top, padding_left;
    long tile;  // 2 or 4: how many rows and columns of the result come from one tile
    int adds, rectifies;  // whether the result is added to what is there, and negative numbers become 0
} sk_winograd;

// Whether this processor has the registers, and the channels fill them.
int sk_winograd_is_available(const sk_winograd *p);

// How many floats a convolution needs for itself.
long sk_winograd_scratch_count(const sk_winograd *p);

// Transforms kernels [channels_out, channels_in, 3, 3] to as many floats as (tile + 2)² × channels_in × channels_out.
void sk_winograd_weights(const sk_winograd *p, const float *kernels, float *weights);

// `x` [images, height, width, channels_in] to `y` [images, height_out, width_out, channels_out], whose pixels may lie
// further apart; `weights` are transformed, `bias` may be null.
void sk_winograd_convolve(
    const sk_winograd *p, const float *x, const float *weights, const float *bias, float *y, float *scratch);

#ifdef __cplusplus
}
#endif
