#include "pool.h"

#include "../clones.h"
#include "threads.h"

#include <float.h>

struct job {
    const region_windows *w;
    const float *x;
    float *y, *places;
};

static inline __attribute__((always_inline)) void pool(
    const struct job *j, long region, const sk_lanes *lanes, const float *x, long at, const long stored,
    const int packs, const int keeps) {
    const sk_regions *g = j->w->g;
    const long step = g->block;
    const size_t bytes = (size_t)stored * sizeof(float);
    const window *rows = j->w->windows[0] + region * g->bins[0];
    const window *columns = j->w->windows[1] + region * g->bins[1];
    wide_int kept;
    KEPT(lanes, kept);
    for (long i = 0; i < g->bins[0]; i++)
        for (long k = 0; k < g->bins[1]; k++, at += step) {
            int is_empty = rows[i].end <= rows[i].begin || columns[k].end <= columns[k].begin;
            wide best[REGION_PACKS];
            wide_int place[REGION_PACKS];
            SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                // Nothing smaller wins, nor what is no number: as in torchvision.
                best[pack] = (wide){0} - (is_empty ? 0 : FLT_MAX);
                place[pack] = (wide_int){0} - 1;
            }
            for (int r = rows[i].begin; r < rows[i].end; r++) {
                long from = r * g->width;
                for (int c = columns[k].begin; c < columns[k].end; c++)
                    SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                        wide value = {0};
                        memcpy(&value, x + (from + c) * step + pack * SK_LANES, bytes);
                        wide_int wins = value > best[pack];
                        best[pack] = (wide)((wins & (wide_int)value) | (~wins & (wide_int)best[pack]));
                        if (keeps) place[pack] = (wins & (int)(from + c)) | (~wins & place[pack]);
                    }
            }
            SK_UNROLL for (int pack = 0; pack < packs; pack++) {
                wide most = (wide)(kept & (wide_int)best[pack]);
                memcpy(j->y + at + pack * SK_LANES, &most, bytes);
                if (!keeps) continue;
                wide where = __builtin_convertvector(kept & place[pack], wide);
                memcpy(j->places + at + pack * SK_LANES, &where, bytes);
            }
        }
}

static inline __attribute__((always_inline)) void pool_of(
    const struct job *j, long region, const sk_lanes *lanes, const float *x, long at, const long stored,
    const int packs) {
    if (j->places)
        pool(j, region, lanes, x, at, stored, packs, 1);
    else
        pool(j, region, lanes, x, at, stored, packs, 0);
}

SK_CLONES static void pool_any(
    const struct job *j, long region, const sk_lanes *lanes, int packs, const float *x, long at) {
    if (packs == REGION_PACKS)
        pool_of(j, region, lanes, x, at, SK_LANES, REGION_PACKS);
    else if (lanes->stored == SK_LANES)
        pool_of(j, region, lanes, x, at, SK_LANES, 1);
    else if (lanes->stored == SK_LANES / 2)
        pool_of(j, region, lanes, x, at, SK_LANES / 2, 1);
    else
        pool_of(j, region, lanes, x, at, lanes->stored, 1);
}

// No bin of a region whose image is not there has anything.
static void leave_empty(const struct job *j, const sk_lanes *lanes, long at) {
    const sk_regions *g = j->w->g;
    for (long bin = 0; bin < g->bins[0] * g->bins[1]; bin++, at += g->block) {
        memset(j->y + at, 0, sizeof(float) * (size_t)lanes->stored);
        if (!j->places) continue;
        for (long lane = 0; lane < lanes->stored; lane++) j->places[at + lane] = lane < lanes->valid ? -1 : 0;
    }
}

static void pool_units(void *context, long begin, long end) {
    const struct job *j = context;
    const sk_regions *g = j->w->g;
    const long lanes = region_lanes(g);
    sk_blocks maps = region_maps(g), results = region_results(g);
    for (long i = begin; i < end; i++) {
        region_unit unit = region_unit_at(g, i, g->regions);
        int image = j->w->images[unit.region], packs = image < 0 ? 1 : region_packs(g, unit.begin, unit.end);
        for (long part = unit.begin; part < unit.end; part += packs) {
            sk_lanes to = sk_lanes_at(&results, unit.region * lanes + part);
            long at = region_offset(g, &to, g->bins[0] * g->bins[1]);
            if (image < 0) {
                leave_empty(j, &to, at);
                continue;
            }
            sk_lanes from = sk_lanes_at(&maps, image * lanes + part);
            pool_any(j, unit.region, &to, packs, j->x + region_offset(g, &from, g->height * g->width), at);
        }
    }
}

void pool_lanes_forward(const region_windows *w, const float *x, float *y, float *places) {
    const sk_regions *g = w->g;
    struct job job = {w, x, y, places};
    long parts = region_unit_parts(g), work = g->bins[0] * g->bins[1] * SK_LANES * 8 * parts;
    saccade_threads_for(g->regions * region_units(g, parts), sk_row_grain(work), &job, pool_units);
}
