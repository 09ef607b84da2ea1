#include "onednn_bridge.h"
#include "handles.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// The parts that are the same in both versions: descriptors asked about, primitives, memories, runs.

// Memories made for one call live on the stack; a concatenation has the most arguments.
enum { MAX_ARGUMENTS = 64 };

void sdnn_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}

int sdnn_has_bf16(void) {
    unsigned isa = dnnl_get_effective_cpu_isa();
    return (isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
}

dnnl_data_type_t sdnn_dnnl_type(sdnn_type type) {
    switch (type) {
    case SDNN_F32: return dnnl_f32;
    case SDNN_BF16: return dnnl_bf16;
    case SDNN_S32: return dnnl_s32;
    case SDNN_U8: return dnnl_u8;
    case SDNN_S8: return dnnl_s8;
    }
    return dnnl_data_type_undef;
}

int sdnn_type_of(dnnl_data_type_t type) {
    switch (type) {
    case dnnl_f32: return SDNN_F32;
    case dnnl_bf16: return SDNN_BF16;
    case dnnl_s32: return SDNN_S32;
    case dnnl_u8: return SDNN_U8;
    case dnnl_s8: return SDNN_S8;
    default: return -1;
    }
}

dnnl_alg_kind_t sdnn_dnnl_unary(sdnn_unary unary) {
    switch (unary) {
    case SDNN_RELU: return dnnl_eltwise_relu;
    case SDNN_SIGMOID: return dnnl_eltwise_logistic;
    case SDNN_TANH: return dnnl_eltwise_tanh;
    case SDNN_GELU: return dnnl_eltwise_gelu_erf;
    case SDNN_EXP: return dnnl_eltwise_exp;
    case SDNN_LOG: return dnnl_eltwise_log;
    case SDNN_SQRT: return dnnl_eltwise_sqrt;
    case SDNN_ABS: return dnnl_eltwise_abs;
    case SDNN_CLAMP: return dnnl_eltwise_clip;
    }
    return dnnl_alg_kind_undef;
}

dnnl_alg_kind_t sdnn_dnnl_algorithm(sdnn_algorithm algorithm, int transposed) {
    if (transposed) return algorithm == SDNN_WINOGRAD ? dnnl_deconvolution_winograd : dnnl_deconvolution_direct;
    switch (algorithm) {
    case SDNN_DIRECT: return dnnl_convolution_direct;
    case SDNN_WINOGRAD: return dnnl_convolution_winograd;
    case SDNN_AUTO: return dnnl_convolution_auto;
    }
    return dnnl_alg_kind_undef;
}

static int argument(int role) {
    if (role >= 1000) return DNNL_ARG_MULTIPLE_SRC + (role - 1000);
    switch ((sdnn_role)role) {
    case SDNN_SOURCE: return DNNL_ARG_SRC;
    case SDNN_SOURCE_1: return DNNL_ARG_SRC_1;
    case SDNN_WEIGHTS: return DNNL_ARG_WEIGHTS;
    case SDNN_BIAS: return DNNL_ARG_BIAS;
    case SDNN_DESTINATION: return DNNL_ARG_DST;
    case SDNN_MEAN: return DNNL_ARG_MEAN;
    case SDNN_VARIANCE: return DNNL_ARG_VARIANCE;
    case SDNN_SCALE: return DNNL_ARG_SCALE;
    case SDNN_SHIFT: return DNNL_ARG_SHIFT;
    case SDNN_WORKSPACE: return DNNL_ARG_WORKSPACE;
    case SDNN_SCRATCHPAD: return DNNL_ARG_SCRATCHPAD;
    case SDNN_D_SOURCE: return DNNL_ARG_DIFF_SRC;
    case SDNN_D_WEIGHTS: return DNNL_ARG_DIFF_WEIGHTS;
    case SDNN_D_BIAS: return DNNL_ARG_DIFF_BIAS;
    case SDNN_D_DESTINATION: return DNNL_ARG_DIFF_DST;
    case SDNN_D_SCALE: return DNNL_ARG_DIFF_SCALE;
    case SDNN_D_SHIFT: return DNNL_ARG_DIFF_SHIFT;
    }
    return 0;
}

// One engine for the process, made on first use and never freed; one stream for each thread.
static dnnl_engine_t the_engine;
static pthread_key_t stream_key;

static void free_stream(void *stream) { dnnl_stream_destroy(stream); }

static void make_engine(void) {
    if (dnnl_engine_create(&the_engine, dnnl_cpu, 0) != dnnl_success) the_engine = NULL;
    // With oneDNN's cache of primitives the list of implementations depends on what was made before: an entry of the
    // cache takes the next place in it without moving on, so that the one behind comes twice.
    dnnl_set_primitive_cache_capacity(0);
    pthread_key_create(&stream_key, free_stream);
}

dnnl_engine_t sdnn_engine(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_engine);
    saccade_threads_enter();
    return the_engine;
}

static dnnl_stream_t stream(void) {
    dnnl_engine_t engine = sdnn_engine();
    dnnl_stream_t stream = pthread_getspecific(stream_key);
    if (!stream && dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success)
        pthread_setspecific(stream_key, stream);
    return stream;
}

dnnl_primitive_attr_t sdnn_attributes(const sdnn_fused *fused) {
    dnnl_primitive_attr_t attributes;
    if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
    // Without this a primitive owns its scratchpad and must run on the thread that made it.
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    if (fused && (fused->sum != 0 || fused->activation >= 0)) {
        dnnl_post_ops_t operations;
        dnnl_post_ops_create(&operations);
        if (fused->sum != 0) sdnn_append_sum(operations, fused->sum);
        if (fused->activation >= 0)
            sdnn_append_unary(
                operations, sdnn_dnnl_unary((sdnn_unary)fused->activation), fused->alpha, fused->beta);
        dnnl_primitive_attr_set_post_ops(attributes, operations);
        dnnl_post_ops_destroy(operations);
    }
    return attributes;
}

const char *sdnn_descriptor_name(sdnn_descriptor descriptor) {
    const char *name = "";
    dnnl_primitive_desc_query(descriptor->pd, dnnl_query_impl_info_str, 0, &name);
    return name;
}

int sdnn_descriptor_layout(sdnn_descriptor descriptor, int role, sdnn_layout *layout) {
    *layout = NULL;
    sdnn_const_md md = dnnl_primitive_desc_query_md(descriptor->pd, dnnl_query_exec_arg_md, argument(role));
    if (!md || sdnn_md_is_empty(md)) return 0;
    return sdnn_layout_wrap(layout, md);
}

// Of several candidates one is run: code is generated when a primitive is prepared, not when it is made.
struct sdnn_primitive_s {
    dnnl_primitive_desc_t pd;
    pthread_mutex_t preparing;
    _Atomic(dnnl_primitive_t) code;
};

int sdnn_primitive_make(sdnn_primitive *primitive, sdnn_descriptor descriptor) {
    sdnn_engine();
    sdnn_primitive made = calloc(1, sizeof *made);
    if (!made) return dnnl_out_of_memory;
    pthread_mutex_init(&made->preparing, NULL);
    int status = dnnl_primitive_desc_clone(&made->pd, descriptor->pd);
    // The copy of a gradient's descriptor points to that of the forward pass, which lives only as long as `descriptor`.
    if (status == dnnl_success && descriptor->hint) status = sdnn_primitive_prepare(made);
    if (status == dnnl_success) {
        *primitive = made;
    } else {
        sdnn_primitive_free(made);
    }
    return status;
}

int sdnn_primitive_prepare(sdnn_primitive primitive) {
    if (atomic_load_explicit(&primitive->code, memory_order_acquire)) return dnnl_success;
    sdnn_engine();
    pthread_mutex_lock(&primitive->preparing);
    int status = dnnl_success;
    if (!atomic_load_explicit(&primitive->code, memory_order_relaxed)) {
        dnnl_primitive_t code = NULL;
        status = dnnl_primitive_create(&code, primitive->pd);
        if (status == dnnl_success) atomic_store_explicit(&primitive->code, code, memory_order_release);
    }
    pthread_mutex_unlock(&primitive->preparing);
    return status;
}

void sdnn_primitive_free(sdnn_primitive primitive) {
    dnnl_primitive_t code = atomic_load_explicit(&primitive->code, memory_order_acquire);
    if (code) dnnl_primitive_destroy(code);
    if (primitive->pd) dnnl_primitive_desc_destroy(primitive->pd);
    pthread_mutex_destroy(&primitive->preparing);
    free(primitive);
}

int sdnn_memory_make(sdnn_memory *memory, sdnn_layout layout, void *address) {
    return dnnl_memory_create((dnnl_memory_t *)memory, sdnn_md(layout), sdnn_engine(), address);
}

void sdnn_memory_move(sdnn_memory memory, void *address) {
    dnnl_memory_set_data_handle((dnnl_memory_t)memory, address);
}

void sdnn_memory_free(sdnn_memory memory) { dnnl_memory_destroy((dnnl_memory_t)memory); }

int sdnn_run(sdnn_primitive primitive, int count, const int *roles, const sdnn_memory *memories) {
    if (count > MAX_ARGUMENTS) return dnnl_invalid_arguments;
    dnnl_exec_arg_t arguments[MAX_ARGUMENTS];
    for (int i = 0; i < count; i++) {
        arguments[i].arg = argument(roles[i]);
        arguments[i].memory = (dnnl_memory_t)memories[i];
    }
    int unprepared = sdnn_primitive_prepare(primitive);
    if (unprepared) return unprepared;
    dnnl_stream_t in = stream();
    dnnl_primitive_t code = atomic_load_explicit(&primitive->code, memory_order_acquire);
    dnnl_status_t status = dnnl_primitive_execute(code, in, count, arguments);
    return status == dnnl_success ? dnnl_stream_wait(in) : status;
}

int sdnn_run_at(
    sdnn_primitive primitive, int count, const int *roles, const sdnn_layout *layouts, void *const *addresses) {
    if (count > MAX_ARGUMENTS) return dnnl_invalid_arguments;
    sdnn_memory memories[MAX_ARGUMENTS];
    int made = 0, status = dnnl_success;
    while (made < count && status == dnnl_success) {
        status = sdnn_memory_make(&memories[made], layouts[made], addresses[made]);
        if (status == dnnl_success) made++;
    }
    if (status == dnnl_success) status = sdnn_run(primitive, count, roles, memories);
    while (made > 0) sdnn_memory_free(memories[--made]);
    return status;
}
