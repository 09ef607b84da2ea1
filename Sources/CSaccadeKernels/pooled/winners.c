#include "plan.h"
#include "threads.h"

struct pool {
    const sk_pooled_convolution *c;
    const float *x;
    float *y;
    uint8_t *winners;
};

SK_WIDE SK_INLINE void pool_row(
    const sk_pooled_convolution *c, long height, long width, const float *x, float *y, uint8_t *winners) {
    for (long column = 0; column < c->pooled[1]; column++) {
        const float *corner = x + column * c->pool_stride[1] * LANES;
        wide best = wide_load(corner);
        wide_int place = {0};
        for (long u = 0; u < height; u++)
            for (long v = 0; v < width; v++) {
                wide value = wide_load(corner + (u * c->unpooled[1] + v) * LANES);
                wide_int wins = (value > best) | (value != value);
                best = wide_select(wins, value, best);
                place = (wins & (int)(u * width + v)) | (~wins & place);
            }
        if (c->rectifies) {
            wide_int cut = best <= 0;
            best = wide_select(cut, (wide){0}, best);
            place = (cut & SK_NO_WINNER) | (~cut & place);
        }
        wide_store(y + column * LANES, best);
        wide_bytes bytes = __builtin_convertvector(place, wide_bytes);
        memcpy(winners + column * LANES, &bytes, sizeof bytes);
    }
}

SK_WIDE static void pool_part(void *context, long begin, long end) {
    const struct pool *p = context;
    const sk_pooled_convolution *c = p->c;
    for (long index = begin; index < end; index++) {
        long plane = index / c->pooled[0], row = index % c->pooled[0];
        const float *x = p->x + (plane * c->unpooled[0] + row * c->pool_stride[0]) * c->unpooled[1] * LANES;
        long at = index * c->pooled[1] * LANES;
        if (c->pool[0] == 2 && c->pool[1] == 2)
            pool_row(c, 2, 2, x, p->y + at, p->winners + at);
        else
            pool_row(c, c->pool[0], c->pool[1], x, p->y + at, p->winners + at);
    }
}

void sk_pool_with_winners(
    const sk_pooled_convolution *c, long images, const float *x, float *y, uint8_t *winners) {
    struct pool pool = {c, x, y, winners};
    long rows = images * ceiling(c->outputs, LANES) * c->pooled[0];
    saccade_threads_for(rows, 8, &pool, pool_part);
}
