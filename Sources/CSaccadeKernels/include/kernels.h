// Loops over row-major tensors that oneDNN has no primitive for, or none that is faster.
//
// Lengths and strides count elements. A stride of 0 repeats an element along its axis, a negative one walks
// it backwards. Every loop is compiled for several instruction sets, one of which is picked when the program
// starts, and runs on OpenMP's team where it is long enough.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

enum { SK_MAX_RANK = 8 };

typedef enum { SK_ADD, SK_SUBTRACT, SK_MULTIPLY, SK_DIVIDE, SK_MINIMUM, SK_MAXIMUM, SK_EQUAL, SK_LESS } sk_binary;

// y[i] = a[i] ∘ b[i] for i in 0..<count. `y` may be `a` or `b`.
void sk_binary_flat(sk_binary, long count, const float *a, const float *b, float *y);

// The same over `rank` axes of lengths `dims`; `y` is row-major. Rank 1 to SK_MAX_RANK.
void sk_binary_strided(
    sk_binary, int rank, const long *dims, const float *a, const long *a_strides, const float *b,
    const long *b_strides, float *y);

// y[i] = value.
void sk_fill(long count, float value, float *y);

// to[…] = from[…], element by element.
void sk_copy(
    int rank, const long *dims, const float *from, const long *from_strides, float *to, const long *to_strides);

// to[…] += from[…]. Where `to` repeats elements they collect the sum, always in the same order.
void sk_accumulate(
    int rank, const long *dims, const float *from, const long *from_strides, float *to, const long *to_strides);

typedef enum { SK_SUM, SK_LARGEST, SK_SMALLEST } sk_reduction;

// y[k] = the sum, or extreme, of x over the reduced axes; `y` is row-major over the kept axes. Sums are
// collected in double precision. An empty sum is 0; an empty extreme is an infinity.
void sk_reduce(
    sk_reduction, int kept_rank, const long *kept_dims, const long *kept_strides, int reduced_rank,
    const long *reduced_dims, const long *reduced_strides, const float *x, float *y);

// Planes of images and the windows over them. Pairs are {height, width}; dilation 1 is dense.
typedef struct {
    long planes, height, width, output_height, output_width;
    long kernel[2], stride[2], dilation[2], padding[2];
} sk_planes;

// The largest element of each window and, unless `indices` is null, its place in the plane. NaN wins, and of
// equals the first. `scratch` has 2 · `parts` rows of the planes' width.
void sk_max_pool(sk_planes, long parts, const float *x, float *scratch, float *y, float *indices);

// Images whose channels lie together in blocks: [images, ⌈channels / width⌉, height, width of the image, width]. What
// fills up the last block is never read, and written as zeros.
typedef struct { long images, channels, width; } sk_blocks;

// As sk_max_pool, for images in blocks; `planes` of the geometry says nothing.
void sk_max_pool_blocks(sk_planes, sk_blocks, const float *x, float *y, float *indices);

// A linear map along the rows and one along the columns of each plane. Output `o` of an axis is the sum of
// weights[offsets[o]…offsets[o + 1]] times the inputs from starts[o] on. `scratch` has `parts` rows of `width`.
void sk_map_planes(
    long planes, long parts, long height, long width, long output_height, long output_width,
    const long *row_starts, const long *row_offsets, const float *row_weights, const long *column_starts,
    const long *column_offsets, const float *column_weights, const float *x, float *scratch, float *y);

// The six below return the place of an index that is not in 0..<length, or -1; its element is left out.

// y[o][j][i] = x[o][indices[o][j][i]][i]; x is [outer, length, inner], y and indices are [outer, count, inner].
long sk_gather(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y);

// Zeros, with y[o][indices[o][j][i]][i] = x[o][j][i], or += where `adds`, in order of j. y is
// [outer, length, inner].
long sk_scatter(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y, int adds);

// The same for planes of images in blocks: x has `length` pixels, y and indices have `count`.
long sk_gather_blocks(sk_blocks, long length, long count, const float *x, const float *indices, float *y);

// Here y has `length` pixels, x and indices have `count`.
long sk_scatter_blocks(
    sk_blocks, long length, long count, const float *indices, const float *x, float *y, int adds);

// y[o][j][…] = x[o][indices[j]][…]: whole rows of `inner` elements.
long sk_gather_rows(
    long outer, long length, long count, long inner, const float *x, const float *indices, float *y);

// Zeros, with y[o][indices[j]][…] += x[o][j][…], in order of j; y is [outer, length, inner].
long sk_scatter_rows(
    long outer, long length, long count, long inner, const float *indices, const float *x, float *y);

// y[o][i] = the first place of the largest of x[o][…][i].
void sk_arg_max(long outer, long length, long inner, const float *x, float *y);

// The `count` largest of each row, largest first, and their places; of equals the first.
void sk_top(long rows, long length, long count, const float *x, float *values, float *indices);

// Softmax, or its logarithm, over the middle axis of [outer, classes, inner]. `y` may be `x`.
void sk_softmax(long outer, long classes, long inner, int logarithm, const float *x, float *y);

// `dx` may be `dy`.
void sk_softmax_gradient(
    long outer, long classes, long inner, int logarithm, const float *y, const float *dy, float *dx);

// Cross entropy of logits [outer, classes, inner] with labels [outer, inner]. Null weights are ones; an
// `ignored` that is not a number ignores none.
typedef struct {
    long outer, classes, inner;
    float ignored, smoothing;
    const float *labels, *class_weights, *element_weights;
} sk_cross_entropy;

// The first label that is neither a class nor ignored, or -1.
long sk_cross_entropy_first_wrong(sk_cross_entropy);

// The loss at each label, and the class's weight that the mean divides by (0 where ignored).
void sk_cross_entropy_losses(sk_cross_entropy, const float *logits, float *losses, float *weights);

void sk_cross_entropy_gradient(sk_cross_entropy, const float *logits, const float *d_losses, float *d_logits);

// Values `[outer, classes, inner]` with a label for each place, `[outer, inner]`.
typedef struct {
    long outer, classes, inner;
    float ignored;
    const float *labels;
} sk_class_sums;

// For each class the sum of its values where it is the label, and where any is that is not ignored.
void sk_class_sums_forward(sk_class_sums, const float *x, float *right, float *all);

void sk_class_sums_gradient(sk_class_sums, const float *d_right, const float *d_all, float *dx);

// x / (k + alpha · Σ x²)^beta, the sum over the channels from `before` before its own to `after` after it.
typedef struct {
    long outer, channels, inner, before, after;
    float alpha, beta, k;
} sk_response_norm;

// `scratch` has room for one tensor.
void sk_response_norm_forward(sk_response_norm, const float *x, float *scratch, float *y);

// `scratch` has room for two.
void sk_response_norm_gradient(sk_response_norm, const float *x, const float *dy, float *scratch, float *dx);

// Rows to mean 0 and variance 1, times `scale`, plus `shift`. Keeps their means and reciprocal deviations.
void sk_layer_norm(
    long rows, long length, float epsilon, const float *x, const float *scale, const float *shift, float *y,
    float *means, float *deviations);

void sk_layer_norm_gradient(
    long rows, long length, const float *x, const float *scale, const float *means, const float *deviations,
    const float *dy, float *dx, float *d_scale, float *d_shift);

// Losses of elements and their targets. `beta` is where a smooth loss becomes a line.
typedef enum {
    SK_BINARY_CROSS_ENTROPY, SK_BINARY_CROSS_ENTROPY_OF_LOGITS, SK_SQUARED, SK_ABSOLUTE, SK_SMOOTH, SK_HINGE,
    SK_SQUARED_HINGE
} sk_loss;

void sk_losses(sk_loss, float beta, long count, const float *x, const float *target, float *y);

// `dx` may be `dy`.
void sk_loss_gradients(
    sk_loss, float beta, long count, const float *x, const float *target, const float *dy, float *dx);

// Rows of `x` [vectors, inputs] times rows of `weights` [outputs, inputs], plus `bias` [outputs] or null, and where it
// `rectifies`, 0 where that is below 0: into `y` [vectors, outputs]. For few vectors.
void sk_row_products(
    long vectors, long inputs, long outputs, const float *x, const float *weights, const float *bias, int rectifies,
    float *y);

// Multiplies and adds in registers, as fast as one thread of this processor can. Returns how many operations that was,
// two for each multiplication that is followed by an addition; the result is of no interest, but must be computed.
double sk_multiply_adds(long rounds, float *result);

#ifdef __cplusplus
}
#endif
