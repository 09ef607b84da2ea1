#include "loops.h"
#include "threads.h"

// The gradient of the weights: for each output channel its winners are listed, and what they saw is summed.

// The winners of one tile, for each output channel.
typedef struct {
    long *counts;     // [O]
    winner *winners;  // [O][TILE_WINNERS]
} lists;

static size_t lists_bytes(const plan *p) {
    size_t outputs = (size_t)(p->output_blocks * LANES);
    return aligned(outputs * sizeof(long)) + aligned(outputs * TILE_WINNERS * sizeof(winner));
}

static lists lists_at(const plan *p, char *scratch) {
    size_t outputs = (size_t)(p->output_blocks * LANES);
    return (lists){(long *)scratch, (winner *)(scratch + aligned(outputs * sizeof(long)))};
}

// Lists the winners of all output channels. `db`, where it is not null, collects their gradients.
SK_WIDE static void list_winners(
    const plan *p, const pooled *from, long image, tile t, lists to, float *db) {
    const sk_pooled_convolution *c = &p->c;
    // Steps in the tile from a row of the pool's window, and from a column, to the next. A place is
    // row · width + column, and below 256 multiplying and shifting divides it exactly.
    int width = (int)c->pool[1], reciprocal = (65536 + width - 1) / width;
    int column_step = (int)(c->stride[1] * p->depth);
    int line_step = (int)(c->stride[0] * p->planes * p->line);
    int row_step = line_step - width * column_step;
    winner found[TILE_WINNERS * LANES];
    for (long block = 0; block < p->output_blocks; block++) {
        wide total = {0};
        long n = 0;
        for (long row = 0; row < t.count[0]; row++) {
            long at = ((image * p->output_blocks + block) * c->pooled[0] + t.first[0] + row) * c->pooled[1];
            at = (at + t.first[1]) * LANES;
            for (long column = 0; column < t.count[1]; column++, n++, at += LANES) {
                // Rows of a tile are too short for the processor to see what comes next.
                long next = at + c->pooled[0] * c->pooled[1] * LANES;
                __builtin_prefetch(from->dy + next);
                __builtin_prefetch(from->winners + next);
                wide_bytes bytes;
                memcpy(&bytes, from->winners + at, sizeof bytes);
                wide_int place = __builtin_convertvector(bytes, wide_int);
                wide value = wide_select(place == SK_NO_WINNER, (wide){0}, wide_load(from->dy + at));
                total += value;
                int corner =
                    (int)(row * c->pool_stride[0] * line_step + column * c->pool_stride[1] * column_step);
                wide_int offset = corner + place * column_step + (place * reciprocal >> 16) * row_step;
                if (p->second) offset += ((offset & (LANES - 1)) > LANES / 2) & (int)p->second;
                wide_store_pairs(found + n * LANES, offset, value);
            }
        }
        if (db) wide_store(db + block * LANES, wide_load(db + block * LANES) + total);
        for (int lane = 0; lane < LANES; lane++) {
            long output = block * LANES + lane, count = 0;
            if (output >= c->outputs) break;
            winner *list = to.winners + output * TILE_WINNERS;
            for (long i = 0; i < n; i++) {
                // Zeros are overwritten by the next. Whether it is zero is asked of the bits: no branch.
                uint64_t bits;
                memcpy(&bits, &found[i * LANES + lane], sizeof bits);
                memcpy(&list[count], &bits, sizeof bits);
                count += bits << 1 >> 33 != 0;
            }
            to.counts[output] = count;
        }
    }
}

// The loop that everything is about. For each winner in a list: `rows` rows of `vectors` registers, or of half a one:
// sums += value · pixels at the winner.
SK_WIDE SK_INLINE void collect(
    const int vectors, const int rows, float *restrict sums, const float *restrict pixels, long stride, long count,
    const winner *restrict list) {
    wide sum[28];
    half part[28];
    SK_UNROLL for (int u = 0; u < rows; u++) {
        SK_UNROLL for (int v = 0; v < vectors; v++) sum[u * vectors + v] = wide_load(sums + (u * vectors + v) * 16);
        if (!vectors) part[u] = half_load(sums + u * 8);
    }
    for (long i = 0; i < count; i++) {
        const float *from = pixels + list[i].offset;
        float value = list[i].value;
        SK_UNROLL for (int u = 0; u < rows; u++) {
            SK_UNROLL for (int v = 0; v < vectors; v++)
                sum[u * vectors + v] += value * wide_load(from + u * stride + v * 16);
            if (!vectors) part[u] += value * half_load(from + u * stride);
        }
    }
    SK_UNROLL for (int u = 0; u < rows; u++) {
        SK_UNROLL for (int v = 0; v < vectors; v++) wide_store(sums + (u * vectors + v) * 16, sum[u * vectors + v]);
        if (!vectors) half_store(sums + u * 8, part[u]);
    }
}

SK_WIDE static void collect_rows(
    int vectors, long rows, float *a, float *b, long stride, long count, const winner *list) {
    switch (vectors * 32 + rows) { EVERY(collect) }
}

// Threads share out the blocks of input channels, each all images: then nobody adds to the sums of another. Where
// the blocks cannot be shared out evenly, groups of images have sums of their own.
static void share_out(const plan *p, long tasks, long *groups, long *shares) {
    *shares = 1;
    for (long s = 1; s <= tasks; s++)
        if (tasks % s == 0 && p->blocks % s == 0) *shares = s;
    *groups = tasks / *shares;
    if (*groups > p->c.images) *groups = p->c.images;
}

// Runs over one tile and all output channels: for each, its list and the sums of its kernel.
static void collect_tile(const plan *p, float *sums, float *pixels, lists l) {
    for (long output = 0; output < p->c.outputs; output++) {
        if (l.counts[output] == 0) continue;
        float *kernel = sums + output * p->rows * p->row;
        for (long first = 0; first < p->rows; first += p->pass) {
            long rows = p->rows - first < p->pass ? p->rows - first : p->pass;
            collect_rows(
                p->vectors, rows, kernel + first * p->row, pixels + first * p->line, p->line, l.counts[output],
                l.winners + output * TILE_WINNERS);
        }
    }
}

struct weight_gradient {
    plan p;
    long groups, shares;
    const float *x;
    pooled from;
    float *dw, *db;
    float *sums;         // [groups][blocks] kernels
    float *bias_sums;    // [groups][O padded]
    char *scratch;       // of each task
    size_t task_bytes;
};

static size_t task_bytes(const plan *p) { return lists_bytes(p) + tile_bytes(p); }
static size_t bias_bytes(const plan *p) { return aligned(sizeof(float) * (size_t)(p->output_blocks * LANES)); }

SK_WIDE static void weight_gradient_part(void *context, long first_task, long last_task) {
    const struct weight_gradient *w = context;
    const plan *p = &w->p;
    for (long task = first_task; task < last_task; task++) {
        long group = task / w->shares, share = task % w->shares;
        long first_block = begin_of(share, w->shares, p->blocks);
        long last_block = begin_of(share + 1, w->shares, p->blocks);
        char *scratch = w->scratch + (size_t)task * w->task_bytes;
        lists l = lists_at(p, scratch);
        float *pixels = (float *)(scratch + lists_bytes(p));
        memset(pixels, 0, tile_bytes(p));
        float *sums = w->sums + (size_t)group * (sums_bytes(p) / sizeof(float));
        memset(
            sums + first_block * kernels_length(p), 0,
            sizeof(float) * (size_t)((last_block - first_block) * kernels_length(p)));
        float *db = w->db && share == 0 ? w->bias_sums + (size_t)group * (bias_bytes(p) / sizeof(float)) : NULL;
        if (db) memset(db, 0, bias_bytes(p));
        long last_image = begin_of(group + 1, w->groups, p->c.images);
        for (long image = begin_of(group, w->groups, p->c.images); image < last_image; image++)
            for (long index = 0; index < tile_count(p); index++) {
                tile t = tile_number(p, index);
                list_winners(p, &w->from, image, t, l, db);
                for (long block = first_block; block < last_block; block++) {
                    move_tile(p, t, image, block, (float *)w->x, pixels, 0);
                    collect_tile(p, sums + block * kernels_length(p), pixels, l);
                }
            }
    }
}

// Adds the groups' sums, always in the same order, and puts them row-major.
static void weight_gradient_sum_part(void *context, long begin, long end) {
    const struct weight_gradient *w = context;
    const plan *p = &w->p;
    const sk_pooled_convolution *c = &p->c;
    long height = c->kernel[0], width = c->kernel[1];
    for (long output = begin; output < end; output++) {
        float *dw = w->dw + output * c->channels * height * width;
        for (long group = 0; group < w->groups; group++) {
            const float *sums = w->sums + (size_t)group * (sums_bytes(p) / sizeof(float));
            for (long channel = 0; channel < c->channels; channel++) {
                long block = channel / p->depth / p->planes;
                const float *kernel = sums + block * kernels_length(p) + output * p->rows * p->row;
                float *to = dw + channel * height * width;
                for (long u = 0; u < height; u++)
                    for (long v = 0; v < width; v++) {
                        float sum = kernel[weight_index(p, channel, u, v)];
                        to[u * width + v] = group == 0 ? sum : to[u * width + v] + sum;
                    }
            }
        }
        if (!w->db) continue;
        float total = 0;
        for (long group = 0; group < w->groups; group++)
            total += w->bias_sums[(size_t)group * (bias_bytes(p) / sizeof(float)) + (size_t)output];
        w->db[output] = total;
    }
}

size_t sk_pooled_weight_gradient_scratch(const sk_pooled_convolution *c, long tasks) {
    plan p;
    long groups, shares;
    if (!sk_pooled_plan(&p, c)) return 0;
    share_out(&p, tasks, &groups, &shares);
    return (size_t)groups * (sums_bytes(&p) + bias_bytes(&p)) + (size_t)(groups * shares) * task_bytes(&p);
}

void sk_pooled_weight_gradient(
    const sk_pooled_convolution *c, long tasks, const float *x, const uint8_t *winners, const float *dy, float *dw,
    float *db, void *scratch) {
    struct weight_gradient w = {.x = x, .from = {dy, winners}, .dw = dw, .db = db};
    if (!sk_pooled_plan(&w.p, c)) return;
    share_out(&w.p, tasks, &w.groups, &w.shares);
    w.sums = scratch;
    w.bias_sums = (float *)((char *)scratch + (size_t)w.groups * sums_bytes(&w.p));
    w.scratch = (char *)w.bias_sums + (size_t)w.groups * bias_bytes(&w.p);
    w.task_bytes = task_bytes(&w.p);
    saccade_threads_for(w.groups * w.shares, 1, &w, weight_gradient_part);
    saccade_threads_for(c->outputs, 1, &w, weight_gradient_sum_part);
}
