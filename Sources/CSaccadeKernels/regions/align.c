#include "align.h"

// Bytes for the parts of row-major maps: eight rows each.
static long row_bytes(const sk_regions *g) {
    return g->block == 1 ? REGION_PARTS * ALIGN_ROWS * region_row(g) * (long)sizeof(float) : 0;
}

long sk_roi_align_scratch(const sk_regions *g) { return region_taps_bytes(g) + row_bytes(g); }

void sk_roi_align_forward(const sk_regions *g, const float *x, const float *regions, float *y, void *scratch) {
    region_taps taps = region_taps_in(g, regions, scratch);
    while (region_taps_next(&taps)) {
        if (g->block == 1)
            align_rows_forward(&taps, x, y);
        else
            align_lanes_forward(&taps, x, y);
    }
}

void sk_roi_align_gradient(const sk_regions *g, const float *regions, const float *dy, float *dx, void *scratch) {
    region_taps taps = region_taps_in(g, regions, scratch);
    while (region_taps_next(&taps)) {
        if (g->block == 1)
            align_rows_gradient(&taps, dy, dx);
        else
            align_lanes_gradient(&taps, dy, dx);
    }
}
