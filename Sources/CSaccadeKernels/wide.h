// Sixteen, or eight, floats in one register, for loops that manage registers themselves.
#pragma once

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float wide __attribute__((vector_size(64)));
typedef int wide_int __attribute__((vector_size(64)));
typedef unsigned char wide_bytes __attribute__((vector_size(16)));
typedef float half __attribute__((vector_size(32)));
typedef float quarter __attribute__((vector_size(16)));

// Compiles a function for AVX-512. Who calls it must have asked the processor.
#if defined(__x86_64__)
#define SK_WIDE __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma")))
#else
#define SK_WIDE
#endif

// Whether the processor has what SK_WIDE compiles for, and what SK_HALF does.
#if defined(__x86_64__)
#define SK_HALF __attribute__((target("avx2,fma")))
static inline int sk_has_wide(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
static inline int sk_has_half(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
#define SK_HALF
static inline int sk_has_wide(void) { return 0; }
static inline int sk_has_half(void) { return 0; }
#endif

#define SK_INLINE static inline __attribute__((always_inline))
#define SK_UNROLL _Pragma("clang loop unroll(full)")

// Addresses need no alignment.
SK_WIDE SK_INLINE wide wide_load(const float *from) {
    wide value;
    memcpy(&value, from, sizeof value);
    return value;
}

SK_WIDE SK_INLINE void wide_store(float *to, wide value) { memcpy(to, &value, sizeof value); }

// The same number in all lanes. (A vector of zeros plus a number is an addition: −0 must become 0.)
SK_WIDE SK_INLINE wide wide_of(float x) {
    return (wide){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

SK_WIDE SK_INLINE half half_load(const float *from) {
    half value;
    memcpy(&value, from, sizeof value);
    return value;
}

SK_WIDE SK_INLINE void half_store(float *to, half value) { memcpy(to, &value, sizeof value); }

// Where `mask` is all ones `a`, where it is zero `b`.
SK_WIDE SK_INLINE wide wide_select(wide_int mask, wide a, wide b) {
    return (wide)((mask & (wide_int)a) | (~mask & (wide_int)b));
}

// a[0], b[0], a[1], b[1], …
SK_WIDE SK_INLINE void wide_store_pairs(void *to, wide_int a, wide b) {
    wide_int bits = (wide_int)b;
    wide_int first = __builtin_shufflevector(a, bits, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    wide_int last = __builtin_shufflevector(a, bits, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    memcpy(to, &first, sizeof first);
    memcpy((char *)to + sizeof first, &last, sizeof last);
}

// The pairs a[i], b[i] where the mask is all ones, one behind the other; returns how many. Writes sixteen.
SK_WIDE SK_INLINE long wide_pack_pairs(void *to, wide_int mask, wide_int a, wide b) {
#if defined(__x86_64__)
    __mmask16 bits = _mm512_movepi32_mask((__m512i)mask);
    wide_int first = (wide_int)_mm512_maskz_compress_epi32(bits, (__m512i)a);
    wide last = (wide)_mm512_maskz_compress_ps(bits, (__m512)b);
    wide_store_pairs(to, first, last);
    return __builtin_popcount(bits);
#else
    long count = 0;
    for (int lane = 0; lane < 16; lane++) {
        int first = a[lane];
        float last = b[lane];
        memcpy((char *)to + count * 8, &first, sizeof first);
        memcpy((char *)to + count * 8 + 4, &last, sizeof last);
        count += mask[lane] != 0;
    }
    return count;
#endif
}
