#include "clones.h"
#include "lanes.h"
#include "threads.h"
#include "wide.h"
#include "window.h"

#include <math.h>

struct pool {
    sk_planes g;
    sk_blocks blocks;
    const float *x;
    float *y, *indices;
};

// One row of the result for `stored` channels that lie together. Functions that take or return vectors are compiled for one
// instruction set; this is for several, so that loads and stores stand where they are needed.
static inline __attribute__((always_inline)) void pool_row(
    const struct pool *p, const sk_lanes *lanes, long row, const long stored) {
    const sk_planes *g = &p->g;
    const long step = p->blocks.width, bytes = stored * (long)sizeof(float);
    const float *x = p->x + lanes->block * g->height * g->width * step + lanes->first;
    long at = (lanes->block * g->output_height + row) * g->output_width * step + lanes->first;
    wide_int keep;
    for (int lane = 0; lane < SK_LANES; lane++) keep[lane] = lane < lanes->valid ? -1 : 0;

    long top = row * g->stride[0] - g->padding[0], rows[2], columns[2];
    sk_clip(top, g->kernel[0], g->dilation[0], g->height, &rows[0], &rows[1]);
    for (long column = 0; column < g->output_width; column++, at += step) {
        long left = column * g->stride[1] - g->padding[1];
        sk_clip(left, g->kernel[1], g->dilation[1], g->width, &columns[0], &columns[1]);
        wide best = (wide){0} - INFINITY;
        wide_int place = {0};
        int isFirst = 1;
        for (long u = rows[0]; u < rows[1]; u++)
            for (long v = columns[0]; v < columns[1]; v++) {
                long from = (top + u * g->dilation[0]) * g->width + left + v * g->dilation[1];
                wide value = {0};
                memcpy(&value, x + from * step, (size_t)bytes);
                // Also where nothing is larger than −∞ the first wins; of several that are not numbers the last, as in
                // PyTorch.
                wide_int wins = isFirst ? (wide_int){0} - 1 : (value > best) | (value != value);
                best = (wide)((wins & (wide_int)value) | (~wins & (wide_int)best));
                place = (wins & (int)from) | (~wins & place);
                isFirst = 0;
            }
        best = (wide)(keep & (wide_int)best);
        wide where = __builtin_convertvector(keep & place, wide);
        memcpy(p->y + at, &best, (size_t)bytes);
        memcpy(p->indices + at, &where, (size_t)bytes);
    }
}

SK_CLONES static void pool_any_row(const struct pool *p, const sk_lanes *lanes, long row) {
    if (lanes->stored == SK_LANES)
        pool_row(p, lanes, row, SK_LANES);
    else if (lanes->stored == SK_LANES / 2)
        pool_row(p, lanes, row, SK_LANES / 2);
    else
        pool_row(p, lanes, row, lanes->stored);
}

static void pool_part(void *context, long begin, long end) {
    const struct pool *p = context;
    for (long index = begin; index < end; index++) {
        sk_lanes lanes = sk_lanes_at(&p->blocks, index / p->g.output_height);
        pool_any_row(p, &lanes, index % p->g.output_height);
    }
}

void sk_max_pool_blocks(sk_planes g, sk_blocks blocks, const float *x, float *y, float *indices) {
    struct pool pool = {g, blocks, x, y, indices};
    long work = g.output_width * g.kernel[0] * g.kernel[1] * (blocks.width < SK_LANES ? blocks.width : SK_LANES);
    saccade_threads_for(sk_lanes_count(&blocks) * g.output_height, sk_row_grain(work), &pool, pool_part);
}
