// AVX-512: sixteen floats in each of thirty-two registers.
#define LANES 16
#define ROWS 6
#define NAME(x) x##_wide

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#include "passes.h"
#pragma clang attribute pop
#else
#include "passes.h"
#endif
