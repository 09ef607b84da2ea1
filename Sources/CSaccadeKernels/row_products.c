#include "kernels.h"
#include "threads.h"
#include "wide.h"

// Products of few vectors with a large matrix: every weight is used so seldom that the time goes into reading them all
// once. Rows lie one behind the other, so each thread reads four streams from beginning to end, which is as fast as
// memory gives them; a kernel made for large products jumps about in them.

enum { ROWS = 4, VECTORS = 4 };

struct products {
    long vectors, inputs, outputs;
    const float *x, *weights, *bias;
    float *y;
    int rectifies;
};

SK_INLINE void store(const struct products *p, long vector, long row, float sum) {
    sum += p->bias ? p->bias[row] : 0;
    p->y[vector * p->outputs + row] = p->rectifies && sum < 0 ? 0 : sum;
}

// `rows` and `vectors` are constants where this is used, so that all sums are in registers.
#define TILE(name, target, vector_type)                                                                                \
    target SK_INLINE void name(const struct products *p, long row, int rows, long first, int vectors) {                \
        enum { LANES = sizeof(vector_type) / sizeof(float) };                                                          \
        vector_type sums[ROWS][VECTORS];                                                                               \
        SK_UNROLL for (int r = 0; r < rows; r++) {                                                                     \
            SK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = (vector_type){0};                                 \
        }                                                                                                              \
        const float *x = p->x + first * p->inputs, *weights = p->weights + row * p->inputs;                            \
        long column = 0;                                                                                               \
        for (; column + LANES <= p->inputs; column += LANES) {                                                         \
            vector_type inputs[VECTORS];                                                                               \
            SK_UNROLL for (int v = 0; v < vectors; v++)                                                                \
                memcpy(&inputs[v], x + v * p->inputs + column, sizeof(vector_type));                                   \
            SK_UNROLL for (int r = 0; r < rows; r++) {                                                                 \
                vector_type weight;                                                                                    \
                memcpy(&weight, weights + r * p->inputs + column, sizeof(vector_type));                                \
                SK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = weight * inputs[v] + sums[r][v];              \
            }                                                                                                          \
        }                                                                                                              \
        SK_UNROLL for (int r = 0; r < rows; r++) {                                                                     \
            SK_UNROLL for (int v = 0; v < vectors; v++) {                                                              \
                float sum = 0;                                                                                         \
                for (int lane = 0; lane < LANES; lane++) sum += sums[r][v][lane];                                      \
                for (long rest = column; rest < p->inputs; rest++)                                                     \
                    sum += x[v * p->inputs + rest] * weights[r * p->inputs + rest];                                    \
                store(p, first + v, row + r, sum);                                                                     \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
                                                                                                                       \
    target static void name##_rows(void *context, long begin, long end) {                                              \
        const struct products *p = context;                                                                            \
        for (long row = begin; row < end; row += ROWS) {                                                               \
            long first = 0;                                                                                            \
            if (end - row >= ROWS) {                                                                                   \
                for (; first + VECTORS <= p->vectors; first += VECTORS) name(p, row, ROWS, first, VECTORS);            \
                for (; first < p->vectors; first++) name(p, row, ROWS, first, 1);                                      \
            } else {                                                                                                   \
                for (long one = row; one < end; one++)                                                                 \
                    for (first = 0; first < p->vectors; first++) name(p, one, 1, first, 1);                            \
            }                                                                                                          \
        }                                                                                                              \
    }

TILE(wide_tile, SK_WIDE, wide)
TILE(half_tile, SK_HALF, half)
TILE(quarter_tile, , quarter)

void sk_row_products(
    long vectors, long inputs, long outputs, const float *x, const float *weights, const float *bias, int rectifies,
    float *y) {
    struct products products = {vectors, inputs, outputs, x, weights, bias, y, rectifies};
    long grain = 1 + (1 << 14) / (inputs + 1);
    void (*rows)(void *, long, long) =
        sk_has_wide() ? wide_tile_rows : sk_has_half() ? half_tile_rows : quarter_tile_rows;
    saccade_threads_for(outputs, grain, &products, rows);
}
