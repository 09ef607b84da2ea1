#include "handles.h"

#if DNNL_VERSION_MAJOR >= 3

#include <stdlib.h>

// Layouts: oneDNN's own handle.

int sdnn_layout_wrap(sdnn_layout *layout, sdnn_const_md md) {
    return dnnl_memory_desc_clone((dnnl_memory_desc_t *)layout, md);
}

static int int_of(sdnn_const_md md, dnnl_query_t query) {
    int value = 0;
    dnnl_memory_desc_query(md, query, &value);
    return value;
}

int sdnn_md_is_empty(sdnn_const_md md) { return int_of(md, dnnl_query_ndims_s32) == 0; }

int sdnn_layout_strided(
    sdnn_layout *layout, int rank, const int64_t *dims, sdnn_type type, const int64_t *strides) {
    return dnnl_memory_desc_create_with_strides(
        (dnnl_memory_desc_t *)layout, rank, dims, sdnn_dnnl_type(type), strides);
}

int sdnn_layout_any(sdnn_layout *layout, int rank, const int64_t *dims, sdnn_type type) {
    return dnnl_memory_desc_create_with_tag(
        (dnnl_memory_desc_t *)layout, rank, dims, sdnn_dnnl_type(type), dnnl_format_tag_any);
}

int sdnn_layout_blocked(sdnn_layout *layout, const int64_t *dims, sdnn_type type, int width) {
    dnnl_format_tag_t tag = width == 8 ? dnnl_nChw8c : dnnl_nChw16c;
    return dnnl_memory_desc_create_with_tag((dnnl_memory_desc_t *)layout, 4, dims, sdnn_dnnl_type(type), tag);
}

int sdnn_layout_copy(sdnn_layout *copy, sdnn_layout layout) { return sdnn_layout_wrap(copy, sdnn_md(layout)); }

int sdnn_layout_part(sdnn_layout *part, sdnn_layout layout, const int64_t *dims, const int64_t *offsets) {
    return dnnl_memory_desc_create_submemory((dnnl_memory_desc_t *)part, sdnn_md(layout), dims, offsets);
}

int sdnn_layout_equal(sdnn_layout a, sdnn_layout b) { return dnnl_memory_desc_equal(sdnn_md(a), sdnn_md(b)); }
size_t sdnn_layout_size(sdnn_layout layout) { return dnnl_memory_desc_get_size(sdnn_md(layout)); }
int sdnn_layout_rank(sdnn_layout layout) { return int_of(sdnn_md(layout), dnnl_query_ndims_s32); }
void sdnn_layout_free(sdnn_layout layout) { dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout); }

int sdnn_layout_type(sdnn_layout layout) {
    dnnl_data_type_t type = dnnl_data_type_undef;
    dnnl_memory_desc_query(sdnn_md(layout), dnnl_query_data_type, &type);
    return sdnn_type_of(type);
}

void sdnn_layout_dims(sdnn_layout layout, int64_t *dims) {
    dnnl_dims_t *held = NULL;
    if (dnnl_memory_desc_query(sdnn_md(layout), dnnl_query_dims, &held) != dnnl_success || !held) return;
    for (int i = 0, rank = sdnn_layout_rank(layout); i < rank; i++) dims[i] = (*held)[i];
}

// Descriptors: made in one step.

void sdnn_append_sum(dnnl_post_ops_t operations, float scale) {
    dnnl_post_ops_append_sum(operations, scale, 0, dnnl_data_type_undef);
}

void sdnn_append_unary(dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha, float beta) {
    dnnl_post_ops_append_eltwise(operations, kind, alpha, beta);
}

// Takes ownership of `pd` and `hint`.
static int wrap_hinted(
    sdnn_descriptor *descriptor, dnnl_status_t status, dnnl_primitive_desc_t pd, dnnl_primitive_desc_t hint) {
    sdnn_descriptor made = status == dnnl_success ? calloc(1, sizeof *made) : NULL;
    if (!made) {
        if (pd) dnnl_primitive_desc_destroy(pd);
        if (hint) dnnl_primitive_desc_destroy(hint);
        return status == dnnl_success ? dnnl_out_of_memory : (int)status;
    }
    made->pd = pd;
    made->hint = hint;
    *descriptor = made;
    return dnnl_success;
}

static int wrap(sdnn_descriptor *descriptor, dnnl_status_t status, dnnl_primitive_desc_t pd) {
    return wrap_hinted(descriptor, status, pd, NULL);
}

int sdnn_descriptor_next(sdnn_descriptor descriptor) { return dnnl_primitive_desc_next_impl(descriptor->pd); }

void sdnn_descriptor_free(sdnn_descriptor descriptor) {
    dnnl_primitive_desc_destroy(descriptor->pd);
    if (descriptor->hint) dnnl_primitive_desc_destroy(descriptor->hint);
    free(descriptor);
}

static dnnl_prop_kind_t forward_kind(sdnn_pass pass) {
    return pass == SDNN_INFERENCE ? dnnl_forward_inference : dnnl_forward_training;
}

// Runs `make` for the forward pass, and where `backward` is asked for, for that with the forward as its hint.
#define FORWARD_THEN(pass, forward_call, ...)                                                                     \
    dnnl_primitive_desc_t hint = NULL, pd = NULL;                                                                 \
    dnnl_primitive_attr_t attributes = sdnn_attributes((pass) <= SDNN_TRAINING ? fused : NULL);                   \
    dnnl_status_t status = forward_call;                                                                          \
    if (status == dnnl_success && (pass) <= SDNN_TRAINING) {                                                      \
        pd = hint;                                                                                                \
        hint = NULL;                                                                                              \
    } else if (status == dnnl_success) {                                                                          \
        __VA_ARGS__;                                                                                              \
    }                                                                                                             \
    dnnl_primitive_attr_destroy(attributes);                                                                      \
    return wrap_hinted(descriptor, status, pd, hint)

int sdnn_convolution(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_algorithm algorithm, int transposed, sdnn_layout source,
    sdnn_layout weights, sdnn_layout bias, sdnn_layout destination, sdnn_layout gradient, const sdnn_window *w,
    const sdnn_fused *fused) {
    // oneDNN counts the holes between kernel elements: a dense kernel has dilation 0.
    dnnl_dims_t holes = {w->dilation[0] - 1, w->dilation[1] - 1};
    dnnl_alg_kind_t kind = sdnn_dnnl_algorithm(algorithm, transposed);
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        (transposed ? dnnl_deconvolution_forward_primitive_desc_create
                    : dnnl_convolution_forward_primitive_desc_create)(
            &hint, engine, forward_kind(pass), kind, sdnn_md(source), sdnn_md(weights), sdnn_md(bias),
            sdnn_md(destination), w->stride, holes, w->padding_before, w->padding_after, attributes),
        if (pass == SDNN_BACKWARD_DATA) status =
            (transposed ? dnnl_deconvolution_backward_data_primitive_desc_create
                        : dnnl_convolution_backward_data_primitive_desc_create)(
                &pd, engine, kind, sdnn_md(gradient ? gradient : source), sdnn_md(weights), sdnn_md(destination),
                w->stride, holes, w->padding_before, w->padding_after, hint, attributes);
        else status = (transposed ? dnnl_deconvolution_backward_weights_primitive_desc_create
                                  : dnnl_convolution_backward_weights_primitive_desc_create)(
                 &pd, engine, kind, sdnn_md(source), sdnn_md(gradient ? gradient : weights), sdnn_md(bias),
                 sdnn_md(destination), w->stride, holes, w->padding_before, w->padding_after, hint, attributes));
}

int sdnn_pooling(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_pool pool, sdnn_layout source, sdnn_layout destination,
    const int64_t kernel[2], const sdnn_window *w) {
    const sdnn_fused *fused = NULL;
    dnnl_alg_kind_t kind = pool == SDNN_POOL_MAX                    ? dnnl_pooling_max
                           : pool == SDNN_POOL_AVERAGE_WITH_PADDING ? dnnl_pooling_avg_include_padding
                                                                    : dnnl_pooling_avg_exclude_padding;
    dnnl_dims_t holes = {w->dilation[0] - 1, w->dilation[1] - 1};
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_pooling_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), kind, sdnn_md(source), sdnn_md(destination), w->stride, kernel,
            holes, w->padding_before, w->padding_after, attributes),
        status = dnnl_pooling_backward_primitive_desc_create(
            &pd, engine, kind, sdnn_md(source), sdnn_md(destination), w->stride, kernel, holes, w->padding_before,
            w->padding_after, hint, attributes));
}

int sdnn_batch_normalization(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_layout source, sdnn_layout d_source, float epsilon,
    int given_statistics) {
    const sdnn_fused *fused = NULL;
    unsigned flags = dnnl_use_scale | dnnl_use_shift | (given_statistics ? dnnl_use_global_stats : 0);
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_batch_normalization_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), sdnn_md(source), sdnn_md(source), epsilon, flags, attributes),
        status = dnnl_batch_normalization_backward_primitive_desc_create(
            &pd, engine, dnnl_backward, sdnn_md(d_source), sdnn_md(d_source), sdnn_md(source), epsilon, flags,
            hint, attributes));
}

int sdnn_batch_normalization_gradient_takes_shift(void) { return 0; }

int sdnn_elementwise(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_unary unary, sdnn_layout source, sdnn_layout d_source,
    float alpha, float beta) {
    const sdnn_fused *fused = NULL;
    dnnl_alg_kind_t kind = sdnn_dnnl_unary(unary);
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_eltwise_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), kind, sdnn_md(source), sdnn_md(source), alpha, beta, attributes),
        status = dnnl_eltwise_backward_primitive_desc_create(
            &pd, engine, kind, sdnn_md(d_source), sdnn_md(d_source), sdnn_md(source), alpha, beta, hint,
            attributes));
}

int sdnn_inner_product(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_layout source, sdnn_layout weights, sdnn_layout bias,
    sdnn_layout destination, const sdnn_fused *fused) {
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_inner_product_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), sdnn_md(source), sdnn_md(weights), sdnn_md(bias),
            sdnn_md(destination), attributes),
        if (pass == SDNN_BACKWARD_DATA) status = dnnl_inner_product_backward_data_primitive_desc_create(
            &pd, engine, sdnn_md(source), sdnn_md(weights), sdnn_md(destination), hint, attributes);
        else status = dnnl_inner_product_backward_weights_primitive_desc_create(
                 &pd, engine, sdnn_md(source), sdnn_md(weights), sdnn_md(bias), sdnn_md(destination), hint,
                 attributes));
}

int sdnn_matmul(
    sdnn_descriptor *descriptor, sdnn_layout a, sdnn_layout b, sdnn_layout bias, sdnn_layout destination,
    const sdnn_fused *fused) {
    dnnl_primitive_attr_t attributes = sdnn_attributes(fused);
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = dnnl_matmul_primitive_desc_create(
        &pd, sdnn_engine(), sdnn_md(a), sdnn_md(b), sdnn_md(bias), sdnn_md(destination), attributes);
    dnnl_primitive_attr_destroy(attributes);
    return wrap(descriptor, status, pd);
}

int sdnn_softmax(
    sdnn_descriptor *descriptor, sdnn_pass pass, int logarithm, sdnn_layout source, sdnn_layout destination,
    int axis) {
    const sdnn_fused *fused = NULL;
    dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_softmax_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), kind, sdnn_md(source), sdnn_md(destination), axis, attributes),
        status = dnnl_softmax_backward_primitive_desc_create(
            &pd, engine, kind, sdnn_md(source), sdnn_md(destination), sdnn_md(destination), axis, hint,
            attributes));
}

int sdnn_resampling(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_resample resample, sdnn_layout source,
    sdnn_layout destination) {
    const sdnn_fused *fused = NULL;
    dnnl_alg_kind_t kind = resample == SDNN_NEAREST ? dnnl_resampling_nearest : dnnl_resampling_linear;
    dnnl_engine_t engine = sdnn_engine();
    FORWARD_THEN(
        pass,
        dnnl_resampling_forward_primitive_desc_create(
            &hint, engine, forward_kind(pass), kind, NULL, sdnn_md(source), sdnn_md(destination), attributes),
        status = dnnl_resampling_backward_primitive_desc_create(
            &pd, engine, kind, NULL, sdnn_md(source), sdnn_md(destination), hint, attributes));
}

int sdnn_reorder(sdnn_descriptor *descriptor, sdnn_layout from, sdnn_layout to) {
    dnnl_primitive_attr_t attributes = sdnn_attributes(NULL);
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(
        &pd, sdnn_md(from), sdnn_engine(), sdnn_md(to), sdnn_engine(), attributes);
    dnnl_primitive_attr_destroy(attributes);
    return wrap(descriptor, status, pd);
}

int sdnn_concat(
    sdnn_descriptor *descriptor, int count, const sdnn_layout *sources, sdnn_layout destination, int axis) {
    dnnl_primitive_attr_t attributes = sdnn_attributes(NULL);
    dnnl_primitive_desc_t pd = NULL;
    dnnl_status_t status = dnnl_concat_primitive_desc_create(
        &pd, sdnn_engine(), sdnn_md(destination), count, axis, (const_dnnl_memory_desc_t const *)sources,
        attributes);
    dnnl_primitive_attr_destroy(attributes);
    return wrap(descriptor, status, pd);
}

#endif
