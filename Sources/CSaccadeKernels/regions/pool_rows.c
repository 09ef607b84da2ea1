#include "pool.h"

#include "../clones.h"
#include "threads.h"

#include <float.h>

// Channels lie apart here, and what lies together are columns. So the largest element of each column is found first,
// sixteen columns at a time, and then the largest of these. A thread stays with a plane: the next region finds it in
// the cache.

typedef int pack_int __attribute__((vector_size(64), aligned(4)));

struct job {
    const region_windows *w;
    const float *x;
    float *y;
    long parts;
};

// The largest element of each column.
static inline __attribute__((always_inline)) void largest_of_columns(
    window rows, const float *x, long width, long length, float *best) {
    long i = 0;
    for (; i + SK_LANES <= length; i += SK_LANES) {
        pack most = (pack){0} - FLT_MAX;
        for (int r = rows.begin; r < rows.end; r++) {
            pack value = LOAD(x + r * width + i);
            pack_int wins = value > most;
            most = (pack)((wins & (pack_int)value) | (~wins & (pack_int)most));
        }
        STORE(best + i, most);
    }
    for (; i < length; i++) {
        float most = -FLT_MAX;
        for (int r = rows.begin; r < rows.end; r++) most = x[r * width + i] > most ? x[r * width + i] : most;
        best[i] = most;
    }
}

SK_CLONES static void pool(const struct job *j, long region, const float *x, float *best, float *y) {
    const sk_regions *g = j->w->g;
    const window *rows = j->w->windows[0] + region * g->bins[0];
    const window *columns = j->w->windows[1] + region * g->bins[1];
    // Windows go from left to right.
    region_span span = region_columns(g, columns[0].begin, columns[g->bins[1] - 1].end);
    for (long i = 0; i < g->bins[0]; i++) {
        int has_rows = rows[i].end > rows[i].begin;
        if (has_rows) largest_of_columns(rows[i], x + span.first, g->width, span.length, best);
        for (long k = 0; k < g->bins[1]; k++) {
            int is_empty = !has_rows || columns[k].end <= columns[k].begin;
            // Nothing smaller wins, nor what is no number: as in torchvision.
            float most = is_empty ? 0 : -FLT_MAX;
            for (long c = columns[k].begin; !is_empty && c < columns[k].end; c++)
                most = best[c - span.first] > most ? best[c - span.first] : most;
            *y++ = most;
        }
    }
}

static void pool_parts(void *context, long begin, long end) {
    const struct job *j = context;
    const region_windows *w = j->w;
    const sk_regions *g = w->g;
    const long area = g->height * g->width, bins = g->bins[0] * g->bins[1];
    for (long part = begin; part < end; part++) {
        float *best = w->rest + part * region_row(g);
        for (long c = g->channels * part / j->parts; c < g->channels * (part + 1) / j->parts; c++)
            for (long region = 0; region < g->regions; region++) {
                float *y = j->y + (region * g->channels + c) * bins;
                if (w->images[region] < 0)
                    memset(y, 0, sizeof(float) * (size_t)bins);
                else
                    pool(j, region, j->x + (w->images[region] * g->channels + c) * area, best, y);
            }
    }
}

void pool_rows_forward(const region_windows *w, const float *x, float *y) {
    const sk_regions *g = w->g;
    struct job job = {w, x, y, region_parts(g->channels)};
    long elements = (g->regions * g->bins[0] * g->bins[1] * 8 + SK_LANES) * (g->channels / job.parts);
    saccade_threads_for(job.parts, sk_row_grain(elements), &job, pool_parts);
}
