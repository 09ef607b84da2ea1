// What every processor has: four floats in a register, on ARM thirty-two of them.
#define LANES 4
#if defined(__aarch64__)
#define ROWS 6
#else
#define ROWS 2
#endif
#define NAME(x) x##_quarter

#include "passes.h"
