#include "handles.h"

#if DNNL_VERSION_MAJOR < 3

#include <stdlib.h>
#include <string.h>

// Layouts: a copy of the struct on the heap.

int sdnn_layout_wrap(sdnn_layout *layout, sdnn_const_md md) {
    dnnl_memory_desc_t *copy = malloc(sizeof *copy);
    if (!copy) return dnnl_out_of_memory;
    *copy = *md;
    *layout = (sdnn_layout)copy;
    return dnnl_success;
}

int sdnn_md_is_empty(sdnn_const_md md) { return md->ndims == 0; }

int sdnn_layout_strided(
    sdnn_layout *layout, int rank, const int64_t *dims, sdnn_type type, const int64_t *strides) {
    dnnl_memory_desc_t md;
    dnnl_status_t status = dnnl_memory_desc_init_by_strides(&md, rank, dims, sdnn_dnnl_type(type), strides);
    return status == dnnl_success ? sdnn_layout_wrap(layout, &md) : (int)status;
}

int sdnn_layout_any(sdnn_layout *layout, int rank, const int64_t *dims, sdnn_type type) {
    dnnl_memory_desc_t md;
    dnnl_status_t status =
        dnnl_memory_desc_init_by_tag(&md, rank, dims, sdnn_dnnl_type(type), dnnl_format_tag_any);
    return status == dnnl_success ? sdnn_layout_wrap(layout, &md) : (int)status;
}

int sdnn_layout_blocked(sdnn_layout *layout, const int64_t *dims, sdnn_type type, int width) {
    dnnl_memory_desc_t md;
    dnnl_format_tag_t tag = width == 8 ? dnnl_nChw8c : dnnl_nChw16c;
    dnnl_status_t status = dnnl_memory_desc_init_by_tag(&md, 4, dims, sdnn_dnnl_type(type), tag);
    return status == dnnl_success ? sdnn_layout_wrap(layout, &md) : (int)status;
}

int sdnn_layout_copy(sdnn_layout *copy, sdnn_layout layout) { return sdnn_layout_wrap(copy, sdnn_md(layout)); }

int sdnn_layout_part(sdnn_layout *part, sdnn_layout layout, const int64_t *dims, const int64_t *offsets) {
    dnnl_memory_desc_t md;
    dnnl_status_t status = dnnl_memory_desc_init_submemory(&md, sdnn_md(layout), dims, offsets);
    return status == dnnl_success ? sdnn_layout_wrap(part, &md) : (int)status;
}

int sdnn_layout_equal(sdnn_layout a, sdnn_layout b) { return dnnl_memory_desc_equal(sdnn_md(a), sdnn_md(b)); }
size_t sdnn_layout_size(sdnn_layout layout) { return dnnl_memory_desc_get_size(sdnn_md(layout)); }
int sdnn_layout_rank(sdnn_layout layout) { return sdnn_md(layout)->ndims; }
int sdnn_layout_type(sdnn_layout layout) { return sdnn_type_of(sdnn_md(layout)->data_type); }
void sdnn_layout_free(sdnn_layout layout) { free(layout); }

void sdnn_layout_dims(sdnn_layout layout, int64_t *dims) {
    memcpy(dims, sdnn_md(layout)->dims, sizeof *dims * (size_t)sdnn_md(layout)->ndims);
}

// Descriptors: describe the operation, then ask an iterator for implementations.

void sdnn_append_sum(dnnl_post_ops_t operations, float scale) { dnnl_post_ops_append_sum(operations, scale); }

void sdnn_append_unary(dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha, float beta) {
    dnnl_post_ops_append_eltwise(operations, 1.0f, kind, alpha, beta);
}

// Takes ownership of `hint`.
static int find_hinted(
    sdnn_descriptor *descriptor, const void *operation, size_t size, const sdnn_fused *fused,
    dnnl_primitive_desc_t hint) {
    sdnn_descriptor made = calloc(1, sizeof *made);
    void *kept = malloc(size);
    if (!made || !kept) {
        free(made);
        free(kept);
        if (hint) dnnl_primitive_desc_destroy(hint);
        return dnnl_out_of_memory;
    }
    memcpy(kept, operation, size);
    made->operation = kept;
    made->hint = hint;
    dnnl_primitive_attr_t attributes = sdnn_attributes(fused);
    dnnl_status_t status =
        dnnl_primitive_desc_iterator_create(&made->iterator, kept, attributes, sdnn_engine(), hint);
    dnnl_primitive_attr_destroy(attributes);
    if (status == dnnl_success) {
        made->pd = dnnl_primitive_desc_iterator_fetch(made->iterator);
        if (!made->pd) status = dnnl_unimplemented;
    }
    if (status == dnnl_success) {
        *descriptor = made;
    } else {
        sdnn_descriptor_free(made);
    }
    return status;
}

static int find(sdnn_descriptor *descriptor, const void *operation, size_t size, const sdnn_fused *fused) {
    return find_hinted(descriptor, operation, size, fused, NULL);
}

// A backward pass wants the descriptor of the forward pass that it belongs to.
static int find_backward(sdnn_descriptor *descriptor, const void *operation, size_t size, const void *forward) {
    dnnl_primitive_attr_t attributes = sdnn_attributes(NULL);
    dnnl_primitive_desc_t hint = NULL;
    dnnl_status_t status = dnnl_primitive_desc_create(&hint, forward, attributes, sdnn_engine(), NULL);
    dnnl_primitive_attr_destroy(attributes);
    return status == dnnl_success ? find_hinted(descriptor, operation, size, NULL, hint) : (int)status;
}

int sdnn_descriptor_next(sdnn_descriptor descriptor) {
    if (!descriptor->iterator) return dnnl_unimplemented;
    dnnl_status_t status = dnnl_primitive_desc_iterator_next(descriptor->iterator);
    if (status != dnnl_success) return status;
    dnnl_primitive_desc_t next = dnnl_primitive_desc_iterator_fetch(descriptor->iterator);
    if (!next) return dnnl_unimplemented;
    dnnl_primitive_desc_destroy(descriptor->pd);
    descriptor->pd = next;
    return dnnl_success;
}

void sdnn_descriptor_free(sdnn_descriptor descriptor) {
    if (descriptor->pd) dnnl_primitive_desc_destroy(descriptor->pd);
    if (descriptor->iterator) dnnl_primitive_desc_iterator_destroy(descriptor->iterator);
    if (descriptor->hint) dnnl_primitive_desc_destroy(descriptor->hint);
    free(descriptor->operation);
    free(descriptor);
}

static dnnl_prop_kind_t forward_kind(sdnn_pass pass) {
    return pass == SDNN_INFERENCE ? dnnl_forward_inference : dnnl_forward_training;
}

int sdnn_convolution(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_algorithm algorithm, int transposed, sdnn_layout source,
    sdnn_layout weights, sdnn_layout bias, sdnn_layout destination, sdnn_layout gradient, const sdnn_window *w,
    const sdnn_fused *fused) {
    // oneDNN counts the holes between kernel elements: a dense kernel has dilation 0.
    dnnl_dims_t holes = {w->dilation[0] - 1, w->dilation[1] - 1};
    dnnl_alg_kind_t kind = sdnn_dnnl_algorithm(algorithm, transposed);
    dnnl_convolution_desc_t forward, backward;  // deconvolutions have the same type
    dnnl_status_t status =
        (transposed ? dnnl_dilated_deconvolution_forward_desc_init : dnnl_dilated_convolution_forward_desc_init)(
            &forward, forward_kind(pass), kind, sdnn_md(source), sdnn_md(weights), sdnn_md(bias),
            sdnn_md(destination), w->stride, holes, w->padding_before, w->padding_after);
    if (status != dnnl_success) return status;
    switch (pass) {
    case SDNN_INFERENCE:
    case SDNN_TRAINING: return find(descriptor, &forward, sizeof forward, fused);
    case SDNN_BACKWARD_DATA:
        status = (transposed ? dnnl_dilated_deconvolution_backward_data_desc_init
                             : dnnl_dilated_convolution_backward_data_desc_init)(
            &backward, kind, sdnn_md(gradient ? gradient : source), sdnn_md(weights), sdnn_md(destination), w->stride,
            holes, w->padding_before, w->padding_after);
        break;
    case SDNN_BACKWARD_WEIGHTS:
        status = (transposed ? dnnl_dilated_deconvolution_backward_weights_desc_init
                             : dnnl_dilated_convolution_backward_weights_desc_init)(
            &backward, kind, sdnn_md(source), sdnn_md(gradient ? gradient : weights), sdnn_md(bias),
            sdnn_md(destination), w->stride, holes, w->padding_before, w->padding_after);
        break;
    }
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_pooling(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_pool pool, sdnn_layout source, sdnn_layout destination,
    const int64_t kernel[2], const sdnn_window *w) {
    dnnl_alg_kind_t kind = pool == SDNN_POOL_MAX                    ? dnnl_pooling_max
                           : pool == SDNN_POOL_AVERAGE_WITH_PADDING ? dnnl_pooling_avg_include_padding
                                                                    : dnnl_pooling_avg_exclude_padding;
    dnnl_dims_t holes = {w->dilation[0] - 1, w->dilation[1] - 1};
    dnnl_pooling_v2_desc_t forward, backward;
    dnnl_status_t status = dnnl_pooling_v2_forward_desc_init(
        &forward, forward_kind(pass), kind, sdnn_md(source), sdnn_md(destination), w->stride, kernel, holes,
        w->padding_before, w->padding_after);
    if (status != dnnl_success) return status;
    if (pass != SDNN_BACKWARD_DATA) return find(descriptor, &forward, sizeof forward, NULL);
    status = dnnl_pooling_v2_backward_desc_init(
        &backward, kind, sdnn_md(source), sdnn_md(destination), w->stride, kernel, holes, w->padding_before,
        w->padding_after);
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_batch_normalization(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_layout source, sdnn_layout d_source, float epsilon,
    int given_statistics) {
    unsigned flags = dnnl_use_scale | dnnl_use_shift | (given_statistics ? dnnl_use_global_stats : 0);
    dnnl_batch_normalization_desc_t forward, backward;
    dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(
        &forward, forward_kind(pass), sdnn_md(source), epsilon, flags);
    if (status != dnnl_success) return status;
    if (pass != SDNN_BACKWARD_DATA) return find(descriptor, &forward, sizeof forward, NULL);
    status = dnnl_batch_normalization_backward_desc_init(
        &backward, dnnl_backward, sdnn_md(d_source), sdnn_md(source), epsilon, flags);
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_batch_normalization_gradient_takes_shift(void) { return 1; }

int sdnn_elementwise(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_unary unary, sdnn_layout source, sdnn_layout d_source,
    float alpha, float beta) {
    dnnl_alg_kind_t kind = sdnn_dnnl_unary(unary);
    dnnl_eltwise_desc_t forward, backward;
    dnnl_status_t status =
        dnnl_eltwise_forward_desc_init(&forward, forward_kind(pass), kind, sdnn_md(source), alpha, beta);
    if (status != dnnl_success) return status;
    if (pass != SDNN_BACKWARD_DATA) return find(descriptor, &forward, sizeof forward, NULL);
    status = dnnl_eltwise_backward_desc_init(&backward, kind, sdnn_md(d_source), sdnn_md(source), alpha, beta);
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_inner_product(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_layout source, sdnn_layout weights, sdnn_layout bias,
    sdnn_layout destination, const sdnn_fused *fused) {
    dnnl_inner_product_desc_t forward, backward;
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &forward, forward_kind(pass), sdnn_md(source), sdnn_md(weights), sdnn_md(bias), sdnn_md(destination));
    if (status != dnnl_success) return status;
    switch (pass) {
    case SDNN_INFERENCE:
    case SDNN_TRAINING: return find(descriptor, &forward, sizeof forward, fused);
    case SDNN_BACKWARD_DATA:
        status = dnnl_inner_product_backward_data_desc_init(
            &backward, sdnn_md(source), sdnn_md(weights), sdnn_md(destination));
        break;
    case SDNN_BACKWARD_WEIGHTS:
        status = dnnl_inner_product_backward_weights_desc_init(
            &backward, sdnn_md(source), sdnn_md(weights), sdnn_md(bias), sdnn_md(destination));
        break;
    }
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_matmul(
    sdnn_descriptor *descriptor, sdnn_layout a, sdnn_layout b, sdnn_layout bias, sdnn_layout destination,
    const sdnn_fused *fused) {
    dnnl_matmul_desc_t operation;
    dnnl_status_t status =
        dnnl_matmul_desc_init(&operation, sdnn_md(a), sdnn_md(b), sdnn_md(bias), sdnn_md(destination));
    return status == dnnl_success ? find(descriptor, &operation, sizeof operation, fused) : (int)status;
}

int sdnn_softmax(
    sdnn_descriptor *descriptor, sdnn_pass pass, int logarithm, sdnn_layout source, sdnn_layout destination,
    int axis) {
    dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
    dnnl_softmax_v2_desc_t forward, backward;
    dnnl_status_t status = dnnl_softmax_v2_forward_desc_init(
        &forward, forward_kind(pass), kind, sdnn_md(source), sdnn_md(destination), axis);
    if (status != dnnl_success) return status;
    if (pass != SDNN_BACKWARD_DATA) return find(descriptor, &forward, sizeof forward, NULL);
    status = dnnl_softmax_v2_backward_desc_init(
        &backward, kind, sdnn_md(source), sdnn_md(destination), sdnn_md(destination), axis);
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

int sdnn_resampling(
    sdnn_descriptor *descriptor, sdnn_pass pass, sdnn_resample resample, sdnn_layout source,
    sdnn_layout destination) {
    dnnl_alg_kind_t kind = resample == SDNN_NEAREST ? dnnl_resampling_nearest : dnnl_resampling_linear;
    dnnl_resampling_desc_t forward, backward;
    dnnl_status_t status = dnnl_resampling_forward_desc_init(
        &forward, forward_kind(pass), kind, NULL, sdnn_md(source), sdnn_md(destination));
    if (status != dnnl_success) return status;
    if (pass != SDNN_BACKWARD_DATA) return find(descriptor, &forward, sizeof forward, NULL);
    status = dnnl_resampling_backward_desc_init(&backward, kind, NULL, sdnn_md(source), sdnn_md(destination));
    return status == dnnl_success ? find_backward(descriptor, &backward, sizeof backward, &forward) : (int)status;
}

static int single(sdnn_descriptor *descriptor, dnnl_status_t status, dnnl_primitive_desc_t pd) {
    if (status != dnnl_success) return status;
    sdnn_descriptor made = calloc(1, sizeof *made);
    if (!made) {
        dnnl_primitive_desc_destroy(pd);
        return dnnl_out_of_memory;
    }
    made->pd = pd;
    *descriptor = made;
    return dnnl_success;
}

int sdnn_reorder(sdnn_descriptor *descriptor, sdnn_layout from, sdnn_layout to) {
    dnnl_primitive_attr_t attributes = sdnn_attributes(NULL);
    dnnl_primitive_desc_t pd;
    dnnl_status_t status = dnnl_reorder_primitive_desc_create(
        &pd, sdnn_md(from), sdnn_engine(), sdnn_md(to), sdnn_engine(), attributes);
    dnnl_primitive_attr_destroy(attributes);
    return single(descriptor, status, pd);
}

int sdnn_concat(
    sdnn_descriptor *descriptor, int count, const sdnn_layout *sources, sdnn_layout destination, int axis) {
    dnnl_memory_desc_t *mds = malloc(sizeof *mds * (size_t)count);
    if (!mds) return dnnl_out_of_memory;
    for (int i = 0; i < count; i++) mds[i] = *sdnn_md(sources[i]);
    dnnl_primitive_attr_t attributes = sdnn_attributes(NULL);
    dnnl_primitive_desc_t pd;
    dnnl_status_t status =
        dnnl_concat_primitive_desc_create(&pd, sdnn_md(destination), count, axis, mds, attributes, sdnn_engine());
    dnnl_primitive_attr_destroy(attributes);
    free(mds);
    return single(descriptor, status, pd);
}

#endif
