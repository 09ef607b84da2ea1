// oneDNN as Saccade sees it: one C interface over versions 2.6 and 3.x.
//
// In 2.6 a memory descriptor is a plain struct and an operation is described before its primitive
// descriptor is made; in 3.x descriptors are opaque and operation descriptions are gone. Nothing above
// this header knows which of the two it is running on, and this header shows none of oneDNN's types.
//
// Every function that can fail returns oneDNN's status: 0 is success. Pointers that a function stores
// through its first argument belong to the caller, who frees them with the matching `_free`.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SDNN_MAX_RANK = 6 };

typedef enum { SDNN_F32, SDNN_BF16, SDNN_S32, SDNN_U8, SDNN_S8 } sdnn_type;

typedef enum { SDNN_INFERENCE, SDNN_TRAINING, SDNN_BACKWARD_DATA, SDNN_BACKWARD_WEIGHTS } sdnn_pass;

typedef enum { SDNN_DIRECT, SDNN_WINOGRAD, SDNN_AUTO } sdnn_algorithm;

typedef enum { SDNN_POOL_MAX, SDNN_POOL_AVERAGE_WITH_PADDING, SDNN_POOL_AVERAGE_WITHOUT_PADDING } sdnn_pool;

typedef enum {
    SDNN_RELU, SDNN_SIGMOID, SDNN_TANH, SDNN_GELU, SDNN_EXP, SDNN_LOG, SDNN_SQRT, SDNN_ABS, SDNN_CLAMP
} sdnn_unary;

typedef enum { SDNN_NEAREST, SDNN_BILINEAR } sdnn_resample;

// What a tensor is to a primitive.
typedef enum {
    SDNN_SOURCE, SDNN_SOURCE_1, SDNN_WEIGHTS, SDNN_BIAS, SDNN_DESTINATION, SDNN_MEAN, SDNN_VARIANCE,
    SDNN_SCALE, SDNN_SHIFT, SDNN_WORKSPACE, SDNN_SCRATCHPAD,
    SDNN_D_SOURCE, SDNN_D_WEIGHTS, SDNN_D_BIAS, SDNN_D_DESTINATION, SDNN_D_SCALE, SDNN_D_SHIFT
} sdnn_role;

// The n-th source of a concatenation.
static inline int sdnn_source(int n) { return 1000 + n; }

typedef struct sdnn_layout_s *sdnn_layout;          // shape, element type and order of the elements
typedef struct sdnn_descriptor_s *sdnn_descriptor;  // a primitive that oneDNN is willing to make
typedef struct sdnn_primitive_s *sdnn_primitive;    // code to be compiled; runs on any thread, many at once
typedef struct sdnn_memory_s *sdnn_memory;          // a layout bound to an address

// Done to every element of the result before it is stored.
typedef struct {
    float sum;             // adds this times what the destination held; 0: does not
    int activation;        // an `sdnn_unary`, applied after the sum; -1: none
    float alpha, beta;     // the activation's numbers
} sdnn_fused;

// The library that is loaded, such as 2.6.3.
void sdnn_version(int *major, int *minor, int *patch);
// Whether the processor multiplies bfloat16 in hardware.
int sdnn_has_bf16(void);

// Layouts. `dims` holds `rank` numbers, at most SDNN_MAX_RANK; `strides` counts elements.
int sdnn_layout_strided(sdnn_layout *, int rank, const int64_t *dims, sdnn_type, const int64_t *strides);
int sdnn_layout_any(sdnn_layout *, int rank, const int64_t *dims, sdnn_type);
// Images `[N, C, H, W]` in blocks of `width` channels, 8 or 16, the last filled up: `[N, ⌈C/width⌉, H, W, width]`.
int sdnn_layout_blocked(sdnn_layout *, const int64_t *dims, sdnn_type, int width);
int sdnn_layout_copy(sdnn_layout *, sdnn_layout);
// The part of a layout that starts at `offsets`; fails where the blocks cannot be cut there.
int sdnn_layout_part(sdnn_layout *, sdnn_layout, const int64_t *dims, const int64_t *offsets);
int sdnn_layout_equal(sdnn_layout, sdnn_layout);
size_t sdnn_layout_size(sdnn_layout);  // bytes, with any padding of blocks
int sdnn_layout_rank(sdnn_layout);
void sdnn_layout_dims(sdnn_layout, int64_t *dims);
int sdnn_layout_type(sdnn_layout);     // an `sdnn_type`, or -1
void sdnn_layout_free(sdnn_layout);

// Descriptors. Layouts that may be chosen by oneDNN are passed as `any`; a null layout means "has none".
// Spatial arguments are {height, width}; dilation 1 is a dense kernel. In a backward pass the layouts are
// those of the gradients.
typedef struct {
    int64_t stride[2], dilation[2], padding_before[2], padding_after[2];
} sdnn_window;

// A `gradient` takes the place of the layout that a backward pass writes, which the forward pass beside it reads:
// the two may differ in type.
int sdnn_convolution(
    sdnn_descriptor *, sdnn_pass, sdnn_algorithm, int transposed, sdnn_layout source, sdnn_layout weights,
    sdnn_layout bias, sdnn_layout destination, sdnn_layout gradient, const sdnn_window *, const sdnn_fused *);
int sdnn_pooling(
    sdnn_descriptor *, sdnn_pass, sdnn_pool, sdnn_layout source, sdnn_layout destination, const int64_t kernel[2],
    const sdnn_window *);
int sdnn_batch_normalization(
    sdnn_descriptor *, sdnn_pass, sdnn_layout source, sdnn_layout d_source, float epsilon, int given_statistics);
// Whether the backward pass takes the shift, which it has no use for: 2.6 insists on it, 3.x on its absence.
int sdnn_batch_normalization_gradient_takes_shift(void);
int sdnn_elementwise(
    sdnn_descriptor *, sdnn_pass, sdnn_unary, sdnn_layout source, sdnn_layout d_source, float alpha, float beta);
int sdnn_inner_product(
    sdnn_descriptor *, sdnn_pass, sdnn_layout source, sdnn_layout weights, sdnn_layout bias,
    sdnn_layout destination, const sdnn_fused *);
int sdnn_matmul(
    sdnn_descriptor *, sdnn_layout a, sdnn_layout b, sdnn_layout bias, sdnn_layout destination, const sdnn_fused *);
int sdnn_softmax(
    sdnn_descriptor *, sdnn_pass, int logarithm, sdnn_layout source, sdnn_layout destination, int axis);
int sdnn_reorder(sdnn_descriptor *, sdnn_layout from, sdnn_layout to);
int sdnn_concat(sdnn_descriptor *, int count, const sdnn_layout *sources, sdnn_layout destination, int axis);
int sdnn_resampling(sdnn_descriptor *, sdnn_pass, sdnn_resample, sdnn_layout source, sdnn_layout destination);

// Moves on to oneDNN's next implementation of the same thing; fails after the last.
int sdnn_descriptor_next(sdnn_descriptor);
const char *sdnn_descriptor_name(sdnn_descriptor);
// The layout that the primitive expects of an argument, or null where it takes none.
int sdnn_descriptor_layout(sdnn_descriptor, int role, sdnn_layout *);
void sdnn_descriptor_free(sdnn_descriptor);

int sdnn_primitive_make(sdnn_primitive *, sdnn_descriptor);
// Compiles the code, which takes a fraction of a millisecond; else the first run does.
int sdnn_primitive_prepare(sdnn_primitive);
void sdnn_primitive_free(sdnn_primitive);

int sdnn_memory_make(sdnn_memory *, sdnn_layout, void *address);
// Binds it to another address.
void sdnn_memory_move(sdnn_memory, void *address);
void sdnn_memory_free(sdnn_memory);

// Runs a primitive on the calling thread's team and waits. Roles and memories are paired.
int sdnn_run(sdnn_primitive, int count, const int *roles, const sdnn_memory *memories);
// The same with memories made for this one call.
int sdnn_run_at(sdnn_primitive, int count, const int *roles, const sdnn_layout *layouts, void *const *addresses);

#ifdef __cplusplus
}
#endif
