// What the bridge's own files share: how our handles hold oneDNN's, which differs between versions.
#pragma once

#include "onednn_bridge.h"
#include "threads.h"

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>
#include <pthread.h>

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t sdnn_const_md;  // v3: a pointer to an opaque descriptor
#else
typedef const dnnl_memory_desc_t *sdnn_const_md;  // v2: a pointer to a plain struct
#endif

struct sdnn_descriptor_s {
    dnnl_primitive_desc_t pd;
    // Of the forward pass that a gradient is for. Both versions keep a pointer to it and read it whenever they look for
    // the next implementation, so that it has to live as long.
    dnnl_primitive_desc_t hint;
#if DNNL_VERSION_MAJOR < 3
    dnnl_primitive_desc_iterator_t iterator;  // null where oneDNN has one implementation only
    void *operation;                          // the iterator points to it while it lives
#endif
};

// A layout handle is a descriptor under another name.
static inline sdnn_const_md sdnn_md(sdnn_layout layout) { return (sdnn_const_md)layout; }

dnnl_engine_t sdnn_engine(void);
dnnl_data_type_t sdnn_dnnl_type(sdnn_type);
int sdnn_type_of(dnnl_data_type_t);
dnnl_alg_kind_t sdnn_dnnl_unary(sdnn_unary);
dnnl_alg_kind_t sdnn_dnnl_algorithm(sdnn_algorithm, int transposed);
dnnl_primitive_attr_t sdnn_attributes(const sdnn_fused *);

// Written once for each version.
int sdnn_layout_wrap(sdnn_layout *, sdnn_const_md);
int sdnn_md_is_empty(sdnn_const_md);
void sdnn_append_sum(dnnl_post_ops_t, float scale);
void sdnn_append_unary(dnnl_post_ops_t, dnnl_alg_kind_t, float alpha, float beta);
