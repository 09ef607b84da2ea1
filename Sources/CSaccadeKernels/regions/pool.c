#include "pool.h"

#include "../clones.h"
#include "threads.h"

// Bytes for the parts of row-major maps: a row of largest elements.
static long row_bytes(const sk_regions *g) {
    return g->block == 1 ? REGION_PARTS * region_row(g) * (long)sizeof(float) : 0;
}

long sk_roi_pool_scratch(const sk_regions *g) { return region_windows_bytes(g) + row_bytes(g); }

void sk_roi_pool_forward(
    const sk_regions *g, const float *x, const float *regions, float *y, float *places, void *scratch) {
    region_windows windows = region_windows_in(g, regions, scratch);
    if (g->block == 1 && !places)
        pool_rows_forward(&windows, x, y);
    else
        pool_lanes_forward(&windows, x, y, places);
}

struct job {
    const sk_regions *g;
    const float *regions, *places, *dy;
    float *dx;
    long parts;  // of a unit
};

// Adds what the bins of a region have received, for channels that lie together.
static void scatter(const struct job *j, long start, long channels, float *dx) {
    const sk_regions *g = j->g;
    const float *places = j->places + start, *dy = j->dy + start;
    for (long bin = 0; bin < g->bins[0] * g->bins[1]; bin++, places += g->block, dy += g->block)
        for (long lane = 0; lane < channels; lane++) {
            float place = places[lane];
            if (place >= 0 && place < (float)(g->height * g->width)) dx[(long)place * g->block + lane] += dy[lane];
        }
}

// Each thread owns some channels of an image, so that none waits for another, and every sum has one order.
static void gradient_units(void *context, long begin, long end) {
    const struct job *j = context;
    const sk_regions *g = j->g;
    const long lanes = region_lanes(g), units = region_units(g, j->parts);
    sk_blocks maps = region_maps(g), results = region_results(g);
    for (long unit = begin; unit < end; unit++) {
        long image = unit / units, part = unit % units * j->parts;
        long last = part + j->parts < lanes ? part + j->parts : lanes;
        sk_lanes to = sk_lanes_at(&maps, image * lanes + part);
        // Several parts are whole but for the last one, and lie together.
        sk_lanes end_lanes = sk_lanes_at(&maps, image * lanes + last - 1);
        long others = (last - 1 - part) * SK_LANES;
        float *dx = j->dx + region_offset(g, &to, g->height * g->width);
        region_clear(g, others + end_lanes.stored, dx);
        for (long region = 0; region < g->regions; region++) {
            if (region_image(g, j->regions + region * 5) != image) continue;
            sk_lanes from = sk_lanes_at(&results, region * lanes + part);
            long start = region_offset(g, &from, g->bins[0] * g->bins[1]);
            scatter(j, start, others + end_lanes.valid, dx);
        }
    }
}

void sk_roi_pool_gradient(
    const sk_regions *g, const float *regions, const float *places, const float *dy, float *dx) {
    struct job job = {g, regions, places, dy, dx, region_unit_parts(g)};
    // With fewer units than threads some would have nothing to do.
    if (g->images * region_units(g, job.parts) < saccade_threads_count()) job.parts = 1;
    long lanes = (g->block < SK_LANES ? g->block : SK_LANES) * job.parts;
    long elements = (g->regions * g->bins[0] * g->bins[1] + g->height * g->width) * lanes;
    saccade_threads_for(g->images * region_units(g, job.parts), sk_row_grain(elements), &job, gradient_units);
}
