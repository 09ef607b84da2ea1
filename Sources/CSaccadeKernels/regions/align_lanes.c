#include "align.h"

#include "../clones.h"
#include "threads.h"

// Sixteen channels, or as many as there are, in a register: a tap is one address for all of them.

struct job {
    const region_taps *t;
    const float *from;
    float *to;
    long parts;  // of a unit
};

static inline __attribute__((always_inline)) void forward(
    const region_taps *t, long region, const sk_lanes *lanes, const float *x, float *y, const long stored,
    const int packs) {
    const sk_regions *g = t->g;
    const long step = g->block;
    const size_t bytes = (size_t)stored * sizeof(float);
    const tap *row_taps = taps_of(&t->axes[0], region), *column_taps = taps_of(&t->axes[1], region);
    const int *rows = offsets_of(&t->axes[0], region), *columns = offsets_of(&t->axes[1], region);
    wide_int kept;
    KEPT(lanes, kept);
    for (long i = 0; i < g->bins[0]; i++)
        for (long k = 0; k < g->bins[1]; k++, y += step) {
            wide sums[REGION_PACKS] = {{0}};
            for (int r = rows[i]; r < rows[i + 1]; r++) {
                const float *row = x + row_taps[r].place * g->width * step;
                wide parts[REGION_PACKS] = {{0}};
                for (int c = columns[k]; c < columns[k + 1]; c++) {
                    const float *from = row + column_taps[c].place * step;
                    SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                        wide value = {0};
                        memcpy(&value, from + pack * SK_LANES, bytes);
                        parts[pack] += column_taps[c].weight * value;
                    }
                }
                SK_UNROLL for (int pack = 0; pack < packs; pack++) sums[pack] += row_taps[r].weight * parts[pack];
            }
            SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                wide sum = (wide)(kept & (wide_int)sums[pack]);
                memcpy(y + pack * SK_LANES, &sum, bytes);
            }
        }
}

static inline __attribute__((always_inline)) void gradient(
    const region_taps *t, long region, const sk_lanes *lanes, const float *dy, float *dx, const long stored,
    const int packs) {
    const sk_regions *g = t->g;
    const long step = g->block;
    const size_t bytes = (size_t)stored * sizeof(float);
    const tap *row_taps = taps_of(&t->axes[0], region), *column_taps = taps_of(&t->axes[1], region);
    const int *rows = offsets_of(&t->axes[0], region), *columns = offsets_of(&t->axes[1], region);
    wide_int kept;
    KEPT(lanes, kept);
    for (long i = 0; i < g->bins[0]; i++)
        for (long k = 0; k < g->bins[1]; k++, dy += step) {
            wide incoming[REGION_PACKS] = {{0}};
            SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                memcpy(&incoming[pack], dy + pack * SK_LANES, bytes);
                incoming[pack] = (wide)(kept & (wide_int)incoming[pack]);
            }
            for (int r = rows[i]; r < rows[i + 1]; r++) {
                float *row = dx + row_taps[r].place * g->width * step;
                for (int c = columns[k]; c < columns[k + 1]; c++) {
                    float *to = row + column_taps[c].place * step;
                    float weight = row_taps[r].weight * column_taps[c].weight;
                    SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                        wide sum = {0};
                        memcpy(&sum, to + pack * SK_LANES, bytes);
                        sum += weight * incoming[pack];
                        memcpy(to + pack * SK_LANES, &sum, bytes);
                    }
                }
            }
        }
}

SK_CLONES static void forward_any(
    const region_taps *t, long region, const sk_lanes *lanes, int packs, const float *x, float *y) {
    if (packs == REGION_PACKS)
        forward(t, region, lanes, x, y, SK_LANES, REGION_PACKS);
    else if (lanes->stored == SK_LANES)
        forward(t, region, lanes, x, y, SK_LANES, 1);
    else if (lanes->stored == SK_LANES / 2)
        forward(t, region, lanes, x, y, SK_LANES / 2, 1);
    else
        forward(t, region, lanes, x, y, lanes->stored, 1);
}

SK_CLONES static void gradient_any(
    const region_taps *t, long region, const sk_lanes *lanes, int packs, const float *dy, float *dx) {
    if (packs == REGION_PACKS)
        gradient(t, region, lanes, dy, dx, SK_LANES, REGION_PACKS);
    else if (lanes->stored == SK_LANES)
        gradient(t, region, lanes, dy, dx, SK_LANES, 1);
    else if (lanes->stored == SK_LANES / 2)
        gradient(t, region, lanes, dy, dx, SK_LANES / 2, 1);
    else
        gradient(t, region, lanes, dy, dx, lanes->stored, 1);
}

static void forward_units(void *context, long begin, long end) {
    const struct job *j = context;
    const region_taps *t = j->t;
    const sk_regions *g = t->g;
    const long lanes = region_lanes(g), bins = g->bins[0] * g->bins[1];
    sk_blocks maps = region_maps(g), results = region_results(g);
    for (long i = begin; i < end; i++) {
        region_unit unit = region_unit_at(g, i, t->count);
        long image = t->images[unit.region];
        int packs = region_packs(g, unit.begin, unit.end);
        for (long part = unit.begin; part < unit.end; part += packs) {
            sk_lanes to = sk_lanes_at(&results, (t->first + unit.region) * lanes + part);
            float *y = j->to + region_offset(g, &to, bins);
            if (image < 0) {
                size_t bytes = sizeof(float) * (size_t)(to.stored * packs);
                for (long bin = 0; bin < bins; bin++) memset(y + bin * g->block, 0, bytes);
                continue;
            }
            sk_lanes from = sk_lanes_at(&maps, image * lanes + part);
            const float *x = j->from + region_offset(g, &from, g->height * g->width);
            forward_any(t, unit.region, &to, packs, x, y);
        }
    }
}

// Each thread owns some channels of an image, so that none waits for another, and every sum has one order.
static void gradient_units(void *context, long begin, long end) {
    const struct job *j = context;
    const region_taps *t = j->t;
    const sk_regions *g = t->g;
    const long lanes = region_lanes(g), bins = g->bins[0] * g->bins[1], units = region_units(g, j->parts);
    sk_blocks maps = region_maps(g), results = region_results(g);
    for (long unit = begin; unit < end; unit++) {
        long image = unit / units, first = unit % units * j->parts;
        long last = first + j->parts < lanes ? first + j->parts : lanes;
        int packs = region_packs(g, first, last);
        for (long part = first; part < last; part += packs) {
            sk_lanes to = sk_lanes_at(&maps, image * lanes + part);
            float *dx = j->to + region_offset(g, &to, g->height * g->width);
            if (t->first == 0) region_clear(g, to.stored * packs, dx);
            for (long region = 0; region < t->count; region++) {
                if (t->images[region] != image) continue;
                sk_lanes from = sk_lanes_at(&results, (t->first + region) * lanes + part);
                gradient_any(t, region, &from, packs, j->from + region_offset(g, &from, bins), dx);
            }
        }
    }
}

// About how many elements a region's channels of a part are, taps counted.
static long work(const sk_regions *g) { return g->bins[0] * g->bins[1] * SK_LANES * 8; }

void align_lanes_forward(const region_taps *t, const float *x, float *y) {
    struct job job = {t, x, y, region_unit_parts(t->g)};
    long count = t->count * region_units(t->g, job.parts);
    saccade_threads_for(count, sk_row_grain(work(t->g) * job.parts), &job, forward_units);
}

void align_lanes_gradient(const region_taps *t, const float *dy, float *dx) {
    struct job job = {t, dy, dx, region_unit_parts(t->g)};
    // With fewer units than threads some would have nothing to do.
    if (t->g->images * region_units(t->g, job.parts) < saccade_threads_count()) job.parts = 1;
    long elements = (t->count * work(t->g) + t->g->height * t->g->width * SK_LANES) * job.parts;
    saccade_threads_for(t->g->images * region_units(t->g, job.parts), sk_row_grain(elements), &job, gradient_units);
}
