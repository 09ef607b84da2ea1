// Walks every implementation that oneDNN has of a convolution's three passes, through the bridge, and lets each compute.
//
// Built by check-onednn-v3.sh. Exit status 0: they all agree. The first version of the bridge freed the forward pass's
// descriptor while oneDNN still looked there for the next implementation of a gradient, and jumped to freed memory.
#include "onednn_bridge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                                \
    do {                                                                           \
        int status = (call);                                                       \
        if (status != 0) {                                                         \
            fprintf(stderr, "%s: status %d (line %d)\n", #call, status, __LINE__); \
            exit(1);                                                               \
        }                                                                          \
    } while (0)

static void *zeroed(size_t bytes) {
    void *memory = calloc(1, bytes + 64);
    if (!memory) exit(1);
    return memory;
}

static sdnn_layout row_major(const int64_t *dims) {
    int64_t strides[4] = {dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1};
    sdnn_layout layout;
    CHECK(sdnn_layout_strided(&layout, 4, dims, SDNN_F32, strides));
    return layout;
}

static void reorder(sdnn_layout from, void *source, sdnn_layout to, void *destination) {
    sdnn_descriptor descriptor;
    sdnn_primitive primitive;
    CHECK(sdnn_reorder(&descriptor, from, to));
    CHECK(sdnn_primitive_make(&primitive, descriptor));
    int roles[2] = {SDNN_SOURCE, SDNN_DESTINATION};
    sdnn_layout layouts[2] = {from, to};
    void *addresses[2] = {source, destination};
    CHECK(sdnn_run_at(primitive, 2, roles, layouts, addresses));
    sdnn_primitive_free(primitive);
    sdnn_descriptor_free(descriptor);
}

// Runs one implementation on row-major operands; the last of the three is the result.
static void compute(sdnn_descriptor descriptor, const int roles[3], const sdnn_layout plain[3], float *const values[3]) {
    sdnn_layout layouts[4];
    void *addresses[4];
    int all[4] = {roles[0], roles[1], roles[2], SDNN_SCRATCHPAD}, count = 3;
    for (int i = 0; i < 3; i++) {
        CHECK(sdnn_descriptor_layout(descriptor, roles[i], &layouts[i]));
        if (!layouts[i]) exit(1);
        addresses[i] = zeroed(sdnn_layout_size(layouts[i]));
        if (i < 2) reorder(plain[i], values[i], layouts[i], addresses[i]);
    }
    CHECK(sdnn_descriptor_layout(descriptor, SDNN_SCRATCHPAD, &layouts[3]));
    if (layouts[3]) addresses[count++] = zeroed(sdnn_layout_size(layouts[3]));
    sdnn_primitive primitive;
    CHECK(sdnn_primitive_make(&primitive, descriptor));
    CHECK(sdnn_run_at(primitive, count, all, layouts, addresses));
    reorder(layouts[2], addresses[2], plain[2], values[2]);
    sdnn_primitive_free(primitive);
    for (int i = 0; i < count; i++) {
        free(addresses[i]);
        sdnn_layout_free(layouts[i]);
    }
}

static int walk(const char *name, sdnn_pass pass, const int roles[3], int64_t dims[3][4], const int order[3]) {
    sdnn_layout any[3], plain[3];
    float *values[3], *first = NULL;
    size_t counts[3];
    for (int i = 0; i < 3; i++) {
        const int64_t *d = dims[order[i]];
        counts[i] = (size_t)(d[0] * d[1] * d[2] * d[3]);
        plain[i] = row_major(d);
        values[i] = zeroed(counts[i] * sizeof(float));
        for (size_t n = 0; n < counts[i]; n++) values[i][n] = (float)((n * 7 + (size_t)i) % 11) / 11 - 0.4f;
        CHECK(sdnn_layout_any(&any[i], 4, dims[i], SDNN_F32));
    }
    sdnn_window window = {{1, 1}, {1, 1}, {1, 1}, {1, 1}};
    sdnn_descriptor descriptor;
    CHECK(sdnn_convolution(&descriptor, pass, SDNN_DIRECT, 0, any[0], any[1], NULL, any[2], NULL, &window, NULL));
    int found = 0;
    do {
        compute(descriptor, roles, plain, values);
        if (!first) {
            first = zeroed(counts[2] * sizeof(float));
            memcpy(first, values[2], counts[2] * sizeof(float));
        }
        for (size_t n = 0; n < counts[2]; n++) {
            if (fabsf(values[2][n] - first[n]) <= 1e-3f * (1 + fabsf(first[n]))) continue;
            fprintf(stderr, "%s: %s differs from the first implementation\n", name, sdnn_descriptor_name(descriptor));
            exit(1);
        }
        found++;
    } while (sdnn_descriptor_next(descriptor) == 0);
    sdnn_descriptor_free(descriptor);
    free(first);
    for (int i = 0; i < 3; i++) {
        free(values[i]);
        sdnn_layout_free(plain[i]);
        sdnn_layout_free(any[i]);
    }
    return found;
}

int main(void) {
    // Source, weights, destination of a 3×3 convolution with padding 1.
    int64_t dims[3][4] = {{2, 16, 13, 13}, {32, 16, 3, 3}, {2, 32, 13, 13}};
    int forward = walk(
        "forward", SDNN_TRAINING, (int[]){SDNN_SOURCE, SDNN_WEIGHTS, SDNN_DESTINATION}, dims, (int[]){0, 1, 2});
    int data = walk(
        "backward data", SDNN_BACKWARD_DATA, (int[]){SDNN_D_DESTINATION, SDNN_WEIGHTS, SDNN_D_SOURCE}, dims,
        (int[]){2, 1, 0});
    int weights = walk(
        "backward weights", SDNN_BACKWARD_WEIGHTS, (int[]){SDNN_SOURCE, SDNN_D_DESTINATION, SDNN_D_WEIGHTS}, dims,
        (int[]){0, 2, 1});
    int major, minor, patch;
    sdnn_version(&major, &minor, &patch);
    printf(
        "%d + %d + %d implementations of a convolution agree in oneDNN %d.%d.%d\n", forward, data, weights, major,
        minor, patch);
    return forward < 2 || data < 2 || weights < 2;
}
