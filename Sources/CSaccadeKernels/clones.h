#pragma once

// Compiles a function for several instruction sets; the loader picks the best that the processor has.
#if defined(__x86_64__) && defined(__linux__)
#define SK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SK_CLONES
#endif

// Parts of a parallel loop smaller than this many elements cost more to hand out than to compute.
enum { SK_GRAIN = 16384 };

static inline long sk_product(int rank, const long *dims) {
    long count = 1;
    for (int axis = 0; axis < rank; axis++) count *= dims[axis];
    return count;
}

// The grain, in rows, of a loop over rows of `length` elements.
static inline long sk_row_grain(long length) { return length > 0 ? (SK_GRAIN + length - 1) / length : SK_GRAIN; }
