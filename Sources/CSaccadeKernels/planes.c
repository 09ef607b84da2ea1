#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>
#include <stddef.h>

struct pool {
    sk_planes g;
    const float *x;
    float *y, *indices;
};

// The places 0..<length that a window of `kernel` elements, `step` apart from `start` on, meets.
static void clip(long start, long kernel, long step, long length, long *begin, long *end) {
    *begin = start < 0 ? (-start + step - 1) / step : 0;
    *end = start >= length ? 0 : (length - start + step - 1) / step;
    if (*end > kernel) *end = kernel;
}

static void pool_row(const struct pool *p, const float *x, long row, float *y, float *indices) {
    const sk_planes *g = &p->g;
    long top = row * g->stride[0] - g->padding[0], first_row, last_row;
    clip(top, g->kernel[0], g->dilation[0], g->height, &first_row, &last_row);
    for (long column = 0; column < g->output_width; column++) {
        long left = column * g->stride[1] - g->padding[1], first_column, last_column;
        clip(left, g->kernel[1], g->dilation[1], g->width, &first_column, &last_column);
        float best = -INFINITY;
        long place = (top + first_row * g->dilation[0]) * g->width + left + first_column * g->dilation[1];
        for (long u = first_row; u < last_row; u++)
            for (long v = first_column; v < last_column; v++) {
                long index = (top + u * g->dilation[0]) * g->width + left + v * g->dilation[1];
                if (x[index] > best || x[index] != x[index]) {
                    best = x[index];
                    place = index;
                }
            }
        y[column] = best;
        if (indices) indices[column] = (float)(first_row < last_row && first_column < last_column ? place : 0);
    }
}

static void pool_part(void *context, long begin, long end) {
    const struct pool *p = context;
    for (long index = begin; index < end; index++) {
        long plane = index / p->g.output_height, row = index % p->g.output_height;
        long at = index * p->g.output_width;
        pool_row(
            p, p->x + plane * p->g.height * p->g.width, row, p->y + at, p->indices ? p->indices + at : NULL);
    }
}

void sk_max_pool(sk_planes g, const float *x, float *y, float *indices) {
    struct pool pool = {g, x, y, indices};
    saccade_threads_for(
        g.planes * g.output_height, sk_row_grain(g.output_width * g.kernel[0] * g.kernel[1]), &pool, pool_part);
}

struct map {
    long parts, units, height, width, output_height, output_width;
    const long *row_starts, *row_offsets;
    const float *row_weights;
    const long *column_starts, *column_offsets;
    const float *column_weights;
    const float *x;
    float *scratch, *y;
};

SK_CLONES static void weighted_rows(
    long count, const float *weights, const float *x, long width, float *sums) {
    for (long i = 0; i < width; i++) sums[i] = 0;
    for (long row = 0; row < count; row++, x += width) {
        float weight = weights[row];
        for (long i = 0; i < width; i++) sums[i] += weight * x[i];
    }
}

SK_CLONES static void weighted_columns(const struct map *m, const float *sums, float *y) {
    for (long column = 0; column < m->output_width; column++) {
        const float *from = sums + m->column_starts[column];
        const float *weights = m->column_weights + m->column_offsets[column];
        long count = m->column_offsets[column + 1] - m->column_offsets[column];
        float value = 0;
        for (long i = 0; i < count; i++) value += weights[i] * from[i];
        y[column] = value;
    }
}

static void map_part(void *context, long begin, long end) {
    const struct map *m = context;
    for (long part = begin; part < end; part++) {
        float *sums = m->scratch + part * m->width;
        for (long unit = m->units * part / m->parts; unit < m->units * (part + 1) / m->parts; unit++) {
            long plane = unit / m->output_height, row = unit % m->output_height;
            long offset = m->row_offsets[row];
            weighted_rows(
                m->row_offsets[row + 1] - offset, m->row_weights + offset,
                m->x + (plane * m->height + m->row_starts[row]) * m->width, m->width, sums);
            weighted_columns(m, sums, m->y + unit * m->output_width);
        }
    }
}

void sk_map_planes(
    long planes, long parts, long height, long width, long output_height, long output_width,
    const long *row_starts, const long *row_offsets, const float *row_weights, const long *column_starts,
    const long *column_offsets, const float *column_weights, const float *x, float *scratch, float *y) {
    long units = planes * output_height;
    struct map map = {
        parts, units, height, width, output_height, output_width, row_starts, row_offsets, row_weights,
        column_starts, column_offsets, column_weights, x, scratch, y};
    long taps = row_offsets[output_height] + column_offsets[output_width];
    long work = parts > 0 ? planes * (taps + output_height) * (width + output_width) / 2 / parts : 0;
    saccade_threads_for(parts, sk_row_grain(work), &map, map_part);
}
