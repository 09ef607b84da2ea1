// What a softmax has to know of each row of logits before it can compute any element.
#pragma once

#include "clones.h"
#include "exponential.h"

enum { LANES = 64 };  // neighbouring rows computed side by side

// For `lanes` neighbouring rows: the largest logit, and the sum of the exponentials of the others less it.
// A lane's classes lie `stride` apart.
SK_CLONES static void scan(
    long classes, long stride, int lanes, const float *x, float *largest, float *sums) {
    for (int lane = 0; lane < lanes; lane++) {
        largest[lane] = x[lane];
        sums[lane] = 0;
    }
    for (long c = 1; c < classes; c++)
        for (int lane = 0; lane < lanes; lane++) {
            float value = x[c * stride + lane];
            largest[lane] = value > largest[lane] ? value : largest[lane];
        }
    for (long c = 0; c < classes; c++)
        for (int lane = 0; lane < lanes; lane++) sums[lane] += sk_exp(x[c * stride + lane] - largest[lane]);
}

// The same for one row whose classes lie next to each other.
SK_CLONES static void scan_row(long classes, const float *x, float *largest, float *sum) {
    float top = x[0], total = 0;
    for (long c = 1; c < classes; c++) top = x[c] > top ? x[c] : top;
    float parts[16] = {0};
    long c = 0;
    for (; c + 16 <= classes; c += 16)
        for (int lane = 0; lane < 16; lane++) parts[lane] += sk_exp(x[c + lane] - top);
    for (; c < classes; c++) total += sk_exp(x[c] - top);
    for (int lane = 0; lane < 16; lane++) total += parts[lane];
    *largest = top;
    *sum = total;
}
