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

typedef enum { SK_ADD, SK_SUBTRACT, SK_MULTIPLY, SK_DIVIDE, SK_MINIMUM, SK_MAXIMUM } sk_binary;

// y[i] = a[i] ∘ b[i] for i in 0..<count. `y` may be `a` or `b`.
void sk_binary_flat(sk_binary, long count, const float *a, const float *b, float *y);

// The same over `rank` axes of lengths `dims`; `y` is row-major. Rank 1 to SK_MAX_RANK.
void sk_binary_strided(
    sk_binary, int rank, const long *dims, const float *a, const long *a_strides, const float *b,
    const long *b_strides, float *y);

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

#ifdef __cplusplus
}
#endif
