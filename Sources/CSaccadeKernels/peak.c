#include "kernels.h"
#include "wide.h"

// Sums side by side: enough to hide how long one multiply-add takes, few enough for the registers. They come to rest
// far from zero: numbers next to it would be slow.
enum { CHAINS = 12 };

#define ROUNDS(vector)                                                                                                 \
    vector sums[CHAINS], factor, addend;                                                                               \
    for (unsigned lane = 0; lane < sizeof(vector) / sizeof(float); lane++) {                                           \
        factor[lane] = 0.999f;                                                                                         \
        addend[lane] = 1e-3f * (float)(lane + 1);                                                                      \
    }                                                                                                                  \
    for (int chain = 0; chain < CHAINS; chain++) sums[chain] = addend + (float)chain;                                  \
    for (long round = 0; round < rounds; round++) {                                                                    \
        SK_UNROLL for (int chain = 0; chain < CHAINS; chain++) sums[chain] = sums[chain] * factor + addend;            \
    }                                                                                                                  \
    for (int chain = 1; chain < CHAINS; chain++) sums[0] += sums[chain];                                               \
    float total = 0;                                                                                                   \
    for (unsigned lane = 0; lane < sizeof(vector) / sizeof(float); lane++) total += sums[0][lane];                     \
    *result = total;                                                                                                   \
    return 2.0 * (double)rounds * CHAINS * (sizeof(vector) / sizeof(float))

SK_WIDE static double wide_rounds(long rounds, float *result) { ROUNDS(wide); }

SK_HALF static double half_rounds(long rounds, float *result) { ROUNDS(half); }

static double quarter_rounds(long rounds, float *result) { ROUNDS(quarter); }

double sk_multiply_adds(long rounds, float *result) {
    if (sk_has_wide()) return wide_rounds(rounds, result);
    if (sk_has_half()) return half_rounds(rounds, result);
    return quarter_rounds(rounds, result);
}
