#include "align.h"

#include "../clones.h"
#include "threads.h"

// Channels lie apart here, and what lies together are columns. So rows are added up first, sixteen columns at a time,
// and the columns of what comes out one by one. A thread stays with a plane: the next region finds it in the cache.

struct job {
    const region_taps *t;
    const float *from;
    float *to;
    long parts;
};

// One row out of several.
static inline __attribute__((always_inline)) void combine(
    const tap *taps, int count, const float *x, long width, long length, float *sums) {
    long i = 0;
    for (; i + SK_LANES <= length; i += SK_LANES) {
        pack sum = {0};
        for (int r = 0; r < count; r++) sum += taps[r].weight * LOAD(x + taps[r].place * width + i);
        STORE(sums + i, sum);
    }
    for (; i < length; i++) {
        float sum = 0;
        for (int r = 0; r < count; r++) sum += taps[r].weight * x[taps[r].place * width + i];
        sums[i] = sum;
    }
}

// Adds one row to several.
static inline __attribute__((always_inline)) void spread(
    const tap *taps, int count, const float *row, long width, long length, float *dx) {
    for (int r = 0; r < count; r++) {
        float *to = dx + taps[r].place * width;
        long i = 0;
        for (; i + SK_LANES <= length; i += SK_LANES)
            STORE(to + i, LOAD(to + i) + taps[r].weight * LOAD(row + i));
        for (; i < length; i++) to[i] += taps[r].weight * row[i];
    }
}

// `rows` has ALIGN_ROWS rows, `stride` apart.
SK_CLONES static void forward(
    const region_taps *t, long region, const float *x, float *rows, long stride, float *y) {
    const sk_regions *g = t->g;
    const tap *row_taps = taps_of(&t->axes[0], region), *column_taps = taps_of(&t->axes[1], region);
    const int *tops = offsets_of(&t->axes[0], region), *lefts = offsets_of(&t->axes[1], region);
    const int *reach = t->axes[1].reach + 2 * region;
    region_span span = region_columns(g, reach[0], reach[1]);
    for (long top = 0; top < g->bins[0]; top += ALIGN_ROWS) {
        long count = g->bins[0] - top < ALIGN_ROWS ? g->bins[0] - top : ALIGN_ROWS;
        for (long i = 0; i < count; i++) {
            int first = tops[top + i];
            combine(
                row_taps + first, tops[top + i + 1] - first, x + span.first, g->width, span.length, rows + i * stride);
        }
        for (long k = 0; k < g->bins[1]; k++) {
            float sums[ALIGN_ROWS] = {0};
            for (int c = lefts[k]; c < lefts[k + 1]; c++) {
                const float *column = rows + (column_taps[c].place - span.first);
                float weight = column_taps[c].weight;
                SK_UNROLL for (int i = 0; i < ALIGN_ROWS; i++) sums[i] += weight * column[i * stride];
            }
            for (long i = 0; i < count; i++) y[(top + i) * g->bins[1] + k] = sums[i];
        }
    }
}

SK_CLONES static void gradient(const region_taps *t, long region, const float *dy, float *row, float *dx) {
    const sk_regions *g = t->g;
    const tap *row_taps = taps_of(&t->axes[0], region), *column_taps = taps_of(&t->axes[1], region);
    const int *tops = offsets_of(&t->axes[0], region), *lefts = offsets_of(&t->axes[1], region);
    const int *reach = t->axes[1].reach + 2 * region;
    region_span span = region_columns(g, reach[0], reach[1]);
    for (long i = 0; i < g->bins[0]; i++, dy += g->bins[1]) {
        memset(row, 0, sizeof(float) * (size_t)span.length);
        for (long k = 0; k < g->bins[1]; k++)
            for (int c = lefts[k]; c < lefts[k + 1]; c++)
                row[column_taps[c].place - span.first] += column_taps[c].weight * dy[k];
        spread(row_taps + tops[i], tops[i + 1] - tops[i], row, g->width, span.length, dx + span.first);
    }
}

static void forward_parts(void *context, long begin, long end) {
    const struct job *j = context;
    const region_taps *t = j->t;
    const sk_regions *g = t->g;
    const long area = g->height * g->width, bins = g->bins[0] * g->bins[1], stride = region_row(g);
    for (long part = begin; part < end; part++) {
        float *rows = t->rest + part * ALIGN_ROWS * stride;
        memset(rows, 0, sizeof(float) * (size_t)(ALIGN_ROWS * stride));  // all of them are read, whatever is made of it
        for (long c = g->channels * part / j->parts; c < g->channels * (part + 1) / j->parts; c++)
            for (long region = 0; region < t->count; region++) {
                float *y = j->to + ((t->first + region) * g->channels + c) * bins;
                if (t->images[region] < 0)
                    memset(y, 0, sizeof(float) * (size_t)bins);
                else
                    forward(t, region, j->from + (t->images[region] * g->channels + c) * area, rows, stride, y);
            }
    }
}

static void gradient_parts(void *context, long begin, long end) {
    const struct job *j = context;
    const region_taps *t = j->t;
    const sk_regions *g = t->g;
    const long area = g->height * g->width, bins = g->bins[0] * g->bins[1], planes = g->images * g->channels;
    for (long part = begin; part < end; part++) {
        float *row = t->rest + part * ALIGN_ROWS * region_row(g);
        for (long plane = planes * part / j->parts; plane < planes * (part + 1) / j->parts; plane++) {
            float *dx = j->to + plane * area;
            if (t->first == 0) memset(dx, 0, sizeof(float) * (size_t)area);
            for (long region = 0; region < t->count; region++) {
                if (t->images[region] != plane / g->channels) continue;
                long from = (t->first + region) * g->channels + plane % g->channels;
                gradient(t, region, j->from + from * bins, row, dx);
            }
        }
    }
}

static void run(const region_taps *t, long planes, const float *from, float *to, void (*body)(void *, long, long)) {
    struct job job = {t, from, to, region_parts(planes)};
    const sk_regions *g = t->g;
    long elements = (t->count * g->bins[0] * g->bins[1] * 8 + SK_LANES) * (planes / job.parts);
    saccade_threads_for(job.parts, sk_row_grain(elements), &job, body);
}

void align_rows_forward(const region_taps *t, const float *x, float *y) {
    run(t, t->g->channels, x, y, forward_parts);
}

void align_rows_gradient(const region_taps *t, const float *dy, float *dx) {
    run(t, t->g->images * t->g->channels, dy, dx, gradient_parts);
}
