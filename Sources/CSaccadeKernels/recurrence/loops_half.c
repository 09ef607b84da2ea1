// AVX2: eight floats in each of sixteen registers.
#define LANES 8
#define ROWS 2
#define NAME(x) x##_half

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "passes.h"
#pragma clang attribute pop
#else
#include "passes.h"
#endif
