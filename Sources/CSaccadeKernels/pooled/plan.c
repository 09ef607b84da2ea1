#include "plan.h"

// Registers for rows of `length` elements; 0 where there is no loop for them.
static int choose_registers(plan *p, long length) {
    if (length > 11 * LANES) return 0;
    p->vectors = length <= LANES / 2 ? 0 : (int)ceiling(length, LANES);
    p->row = p->vectors ? p->vectors * LANES : LANES / 2;
    long most = p->vectors <= 1 ? 28 : p->vectors == 6 ? 4 : 28 / p->vectors;
    // A full pass and a short one would leave registers idle: rows are shared out evenly.
    p->pass = ceiling(p->rows, ceiling(p->rows, most));
    return p->vectors <= 7 || p->vectors == 9 || p->vectors == 11;
}

static void choose_tile(plan *p, const long pooled[2]) {
    for (int axis = 0; axis < 2; axis++) {
        p->tile[axis] = pooled[axis];
        p->span[axis] = reach(&p->c, axis, pooled[axis]);
    }
    p->line = ceiling(p->span[1] * p->depth, LANES) * LANES;
    // Eight floats that begin anywhere often lie in two lines of the cache, which halves the speed of
    // reading them. They never do so both here and in a copy that lies half a line further.
    p->second = p->vectors ? 0 : p->span[0] * p->planes * p->line + LANES / 2;
}

int sk_pooled_plan(plan *p, const sk_pooled_convolution *c) {
    p->c = *c;
    if (!is_blocked(c) && c->channels > 4) return 0;
    p->blocks = is_blocked(c) ? c->channels / LANES : 1;
    p->depth = is_blocked(c) ? LANES : 1;
    p->planes = is_blocked(c) ? 1 : c->channels;
    p->rows = c->kernel[0] * p->planes;
    p->output_blocks = ceiling(c->outputs, LANES);
    if (c->pool[0] * c->pool[1] > SK_NO_WINNER || !choose_registers(p, c->kernel[1] * p->depth)) return 0;
    long most = 0;
    for (long height = 1; height <= c->pooled[0] && height <= TILE_WINNERS; height++)
        for (long width = 1; width <= c->pooled[1] && height * width <= TILE_WINNERS; width++) {
            // Tiles of equal size: the same number of them, each as small as that allows.
            long even[2] = {
                ceiling(c->pooled[0], ceiling(c->pooled[0], height)),
                ceiling(c->pooled[1], ceiling(c->pooled[1], width))};
            if (even[0] * even[1] <= most) continue;
            plan trial = *p;
            choose_tile(&trial, even);
            if (tile_bytes(&trial) > TILE_BYTES && even[0] * even[1] > 1) continue;
            most = even[0] * even[1];
            *p = trial;
        }
    return most > 0 && tile_bytes(p) <= LARGEST_TILE_BYTES;
}

int sk_pooled_convolution_fits(const sk_pooled_convolution *c) {
    plan p;
    return sk_pooled_plan(&p, c);
}

int sk_pooled_convolution_is_fast(void) { return sk_has_wide(); }
