#include "clones.h"
#include "kernels.h"
#include "threads.h"
#include "window.h"

#include <math.h>
#include <stddef.h>

struct pool {
    sk_planes g;
    long parts, units;
    const float *x;
    float *scratch, *y, *indices;
};

static inline float larger(float a, float b) { return a > b || a != a ? a : b; }  // NaN wins, as in PyTorch

// The largest of each column, and where it was: `rows` holds the places of rows in the plane.
SK_CLONES static void start_columns(long width, const float *x, float place, float *best, float *rows) {
    for (long i = 0; i < width; i++) best[i] = x[i];
    if (rows)
        for (long i = 0; i < width; i++) rows[i] = place;
}

SK_CLONES static void more_columns(long width, const float *x, float place, float *best, float *rows) {
    if (!rows) {
        for (long i = 0; i < width; i++) best[i] = larger(x[i], best[i]);
        return;
    }
    for (long i = 0; i < width; i++) {
        int wins = x[i] > best[i] || x[i] != x[i];
        best[i] = wins ? x[i] : best[i];
        rows[i] = wins ? place : rows[i];
    }
}

// Takes one more column of each window into account. Of equals the first in row-major order wins, which need
// not be the one in the first column.
SK_CLONES static void more_windows(
    long count, long stride, const float *best, const float *rows, long column, int isFirst, float *y,
    float *indices) {
    if (isFirst)
        for (long i = 0; i < count; i++) y[i] = best[i * stride];
    if (isFirst && indices)
        for (long i = 0; i < count; i++) indices[i] = rows[i * stride] + (float)(column + i * stride);
    if (isFirst) return;
    if (!indices) {
        for (long i = 0; i < count; i++) y[i] = larger(best[i * stride], y[i]);
        return;
    }
    for (long i = 0; i < count; i++) {
        float value = best[i * stride], place = rows[i * stride] + (float)(column + i * stride);
        // Of several that are not numbers the last wins, as in PyTorch.
        int wins = value != value ? y[i] == y[i] || place > indices[i]
                                  : value > y[i] || (value == y[i] && place < indices[i]);
        y[i] = wins ? value : y[i];
        indices[i] = wins ? place : indices[i];
    }
}

static void windows(const sk_planes *g, long first, long last, const float *best, const float *rows, float *y,
    float *indices) {
    if (first >= last) return;
    long left = first * g->stride[1] - g->padding[1], begin, end;
    sk_clip(left, g->kernel[1], g->dilation[1], g->width, &begin, &end);
    if (begin >= end)
        for (long i = first; i < last; i++) {
            y[i] = -INFINITY;
            if (indices) indices[i] = 0;
        }
    for (long v = begin; v < end; v++) {
        long column = left + v * g->dilation[1];
        more_windows(
            last - first, g->stride[1], best + column, rows ? rows + column : NULL, column, v == begin, y + first,
            indices ? indices + first : NULL);
    }
}

static void pool_row(
    const sk_planes *g, const float *x, long row, float *best, float *rows, float *y, float *indices) {
    long top = row * g->stride[0] - g->padding[0], begin, end;
    sk_clip(top, g->kernel[0], g->dilation[0], g->height, &begin, &end);
    for (long u = begin; u < end; u++) {
        long at = (top + u * g->dilation[0]) * g->width;
        (u == begin ? start_columns : more_columns)(g->width, x + at, (float)at, best, rows);
    }
    for (long i = 0; begin >= end && i < g->width; i++) {
        best[i] = -INFINITY;
        if (rows) rows[i] = 0;
    }
    // Windows that meet all of their columns go together, those at the edges one by one.
    long reach = (g->kernel[1] - 1) * g->dilation[1], last = g->width - 1 - reach + g->padding[1];
    long inner = (g->padding[1] + g->stride[1] - 1) / g->stride[1];
    long outer = last < 0 ? 0 : last / g->stride[1] + 1;
    if (inner > g->output_width) inner = g->output_width;
    if (outer > g->output_width) outer = g->output_width;
    if (outer < inner) outer = inner;
    for (long i = 0; i < inner; i++) windows(g, i, i + 1, best, rows, y, indices);
    windows(g, inner, outer, best, rows, y, indices);
    for (long i = outer; i < g->output_width; i++) windows(g, i, i + 1, best, rows, y, indices);
}

static void pool_part(void *context, long begin, long end) {
    const struct pool *p = context;
    for (long part = begin; part < end; part++) {
        float *best = p->scratch + part * 2 * p->g.width, *rows = p->indices ? best + p->g.width : NULL;
        for (long unit = p->units * part / p->parts; unit < p->units * (part + 1) / p->parts; unit++) {
            long plane = unit / p->g.output_height, row = unit % p->g.output_height;
            long at = unit * p->g.output_width;
            pool_row(
                &p->g, p->x + plane * p->g.height * p->g.width, row, best, rows, p->y + at,
                p->indices ? p->indices + at : NULL);
        }
    }
}

void sk_max_pool(sk_planes g, long parts, const float *x, float *scratch, float *y, float *indices) {
    struct pool pool = {g, parts, g.planes * g.output_height, x, scratch, y, indices};
    long work = parts > 0 ? pool.units * (g.width + g.output_width) * g.kernel[0] / parts : 0;
    saccade_threads_for(parts, sk_row_grain(work), &pool, pool_part);
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
