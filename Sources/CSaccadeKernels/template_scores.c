#include "clones.h"
#include "hog.h"
#include "threads.h"

#include <string.h>

// A template's row lies on one stretch of a row of the grid, so that a score is a sum of a few long products. Four
// neighbouring places are done together and share the weights that are read.

enum { PLACES = 4, LANES = 16 };
typedef float lanes __attribute__((vector_size(64)));

struct scoring {
    long rows, columns, length, height, width;
    const float *grid, *weights;
    float bias;
    float *scores;
};

// `places` is a constant where this is used, so that all sums are in registers.
static inline __attribute__((always_inline)) void score(const struct scoring *p, long row, long column, int places) {
    lanes sums[PLACES] = {{0}};
    float rests[PLACES] = {0};
    long count = p->width * p->length, step = p->columns * p->length;
    for (long i = 0; i < p->height; i++) {
        const float *weights = p->weights + i * count, *grid = p->grid + (row + i) * step + column * p->length;
        long k = 0;
        for (; k + LANES <= count; k += LANES) {
            lanes w;
            memcpy(&w, weights + k, sizeof w);
            for (int place = 0; place < places; place++) {
                lanes x;
                memcpy(&x, grid + place * p->length + k, sizeof x);
                sums[place] += w * x;
            }
        }
        for (; k < count; k++)
            for (int place = 0; place < places; place++) rests[place] += weights[k] * grid[place * p->length + k];
    }
    long across = p->columns - p->width + 1;
    for (int place = 0; place < places; place++) {
        float sum = rests[place];
        for (int lane = 0; lane < LANES; lane++) sum += sums[place][lane];
        p->scores[row * across + column + place] = sum + p->bias;
    }
}

SK_CLONES static void score_row(const struct scoring *p, long row) {
    long across = p->columns - p->width + 1, column = 0;
    for (; column + PLACES <= across; column += PLACES) score(p, row, column, PLACES);
    for (; column < across; column++) score(p, row, column, 1);
}

static void score_rows(void *context, long begin, long end) {
    for (long row = begin; row < end; row++) score_row(context, row);
}

void sk_template_scores(
    long rows, long columns, long length, const float *grid, long height, long width, const float *weights, float bias,
    float *scores) {
    struct scoring p = {rows, columns, length, height, width, grid, weights, bias, scores};
    if (rows < height || columns < width) return;
    long work = (columns - width + 1) * height * width * length;
    saccade_threads_for(rows - height + 1, sk_row_grain(work), &p, score_rows);
}
