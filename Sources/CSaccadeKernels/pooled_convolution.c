#include "pooled_convolution.h"

#include "threads.h"
#include "wide.h"

#include <string.h>

// How the work is cut: a tile is a rectangle of pooled elements together with the part of the picture that they
// can come from, small enough for the first level of the cache. For a tile the winners of each output channel
// are listed, those without a gradient left out; then the lists are run through once for each block of
// input channels, with what belongs to one output channel in registers: sums of its weights' gradient, or its
// weights themselves.

enum {
    LANES = 16,
    TILE_BYTES = 24 << 10,           // of the first level's 32 KB and more
    LARGEST_TILE_BYTES = 256 << 10,  // of one winner with a large kernel: still in the second level
    TILE_WINNERS = 128,
    SLACK = 48,  // elements behind a tile that the last row's registers reach into
    ALIGNMENT = 64,
};

typedef struct {
    sk_pooled_convolution c;
    long blocks;         // of input channels
    long depth;          // elements of a pixel that lie together in a tile
    long planes;         // rows of a tile that make up a row of the picture: one for each channel, or one for all
    long output_blocks;  // of sixteen
    int vectors;         // registers of sixteen elements that hold one row of a kernel; 0: one of eight
    long row;            // elements in them
    long rows;           // of a kernel, in all planes
    long pass;           // of these, those that are in registers at once
    long tile[2];        // pooled elements
    long span[2];        // pixels
    long line;           // elements of a row of a tile
    long second;         // elements from a tile to a second copy of it; 0: there is none
} plan;

static long ceiling(long a, long b) { return (a + b - 1) / b; }
static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }
static int is_blocked(const sk_pooled_convolution *c) { return c->channels % LANES == 0; }

// Pixels that `count` neighbouring pooled elements come from.
static long reach(const sk_pooled_convolution *c, int axis, long count) {
    return ((count - 1) * c->pool_stride[axis] + c->pool[axis] - 1) * c->stride[axis] + c->kernel[axis];
}

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

static size_t tile_bytes(const plan *p) {
    return aligned(sizeof(float) * (size_t)(p->span[0] * p->planes * p->line + p->second + SLACK));
}

static int make_plan(plan *p, const sk_pooled_convolution *c) {
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
    return make_plan(&p, c);
}

int sk_pooled_convolution_is_fast(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}

// Forward: the winners.

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

// Backward: the lists of winners.

// A winner: where in the tile its window begins, and the gradient that it received.
typedef struct {
    int offset;
    float value;
} winner;

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

typedef struct {
    const float *dy;
    const uint8_t *winners;
} pooled;

typedef struct {
    long first[2], count[2];  // pooled elements
} tile;

static long tile_count(const plan *p) {
    return ceiling(p->c.pooled[0], p->tile[0]) * ceiling(p->c.pooled[1], p->tile[1]);
}

static tile tile_number(const plan *p, long index) {
    long across = ceiling(p->c.pooled[1], p->tile[1]);
    tile t = {{index / across * p->tile[0], index % across * p->tile[1]}, {p->tile[0], p->tile[1]}};
    for (int axis = 0; axis < 2; axis++) {
        long left = p->c.pooled[axis] - t.first[axis];
        if (t.count[axis] > left) t.count[axis] = left;
    }
    return t;
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

// Copies the part of a picture that belongs to a tile, zeros around the picture. `adds` copies the other way
// instead, adding.
SK_WIDE SK_INLINE void move_tile(
    const plan *p, tile t, long image, long block, float *picture, float *pixels, const int adds) {
    const sk_pooled_convolution *c = &p->c;
    long top = t.first[0] * c->pool_stride[0] * c->stride[0] - c->padding[0];
    long left = t.first[1] * c->pool_stride[1] * c->stride[1] - c->padding[1];
    long span[2] = {reach(c, 0, t.count[0]), reach(c, 1, t.count[1])};
    long begin = left < 0 ? -left : 0;
    long end = c->size[1] - left < span[1] ? c->size[1] - left : span[1];
    if (end < begin) end = begin;
    long plane = c->size[0] * c->size[1];
    for (long u = 0; u < span[0]; u++)
        for (long channel = 0; channel < p->planes; channel++) {
            float *row = pixels + (u * p->planes + channel) * p->line;
            long y = top + u;
            int inside = y >= 0 && y < c->size[0];
            if (!adds) {
                long first = inside ? begin * p->depth : p->line, last = inside ? end * p->depth : p->line;
                memset(row, 0, sizeof(float) * (size_t)first);
                memset(row + last, 0, sizeof(float) * (size_t)(p->line - last));
            }
            if (inside) {
                long index = (image * p->blocks + block) * p->planes + channel;
                float *line = picture + (index * plane + y * c->size[1] + left + begin) * p->depth;
                float *to = row + begin * p->depth;
                long i = 0, elements = (end - begin) * p->depth;
                for (; i + LANES <= elements; i += LANES) {
                    if (adds) wide_store(line + i, wide_load(line + i) + wide_load(to + i));
                    else wide_store(to + i, wide_load(line + i));
                }
                for (; i < elements; i++) {
                    if (adds) line[i] += to[i];
                    else to[i] = line[i];
                }
            }
            if (!adds && p->second) memcpy(row + p->second, row, sizeof(float) * (size_t)p->line);
        }
}

// The loops that everything is about. For each winner in a list: `rows` rows of `vectors` registers, or of half
// a one.

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

// pixels at one place += the sum of value · weights at the offset, over those who won there.
SK_WIDE SK_INLINE void spread(
    const int vectors, const int rows, const float *restrict weights, float *restrict pixels, long stride,
    long count, const winner *restrict list) {
    wide sum[28];
    half part[28];
    SK_UNROLL for (int u = 0; u < rows; u++) {
        SK_UNROLL for (int v = 0; v < vectors; v++) sum[u * vectors + v] = (wide){0};
        part[u] = (half){0};
    }
    for (long i = 0; i < count; i++) {
        const float *from = weights + list[i].offset;
        float value = list[i].value;
        SK_UNROLL for (int u = 0; u < rows; u++) {
            SK_UNROLL for (int v = 0; v < vectors; v++)
                sum[u * vectors + v] += value * wide_load(from + (u * vectors + v) * 16);
            if (!vectors) part[u] += value * half_load(from + u * 8);
        }
    }
    SK_UNROLL for (int u = 0; u < rows; u++) {
        SK_UNROLL for (int v = 0; v < vectors; v++) {
            float *to = pixels + u * stride + v * 16;
            wide_store(to, wide_load(to) + sum[u * vectors + v]);
        }
        if (!vectors) half_store(pixels + u * stride, half_load(pixels + u * stride) + part[u]);
    }
}

#define ONE(loop, vectors, rows)                                                                                  \
    case (vectors) * 32 + (rows):                                                                                 \
        loop(vectors, rows, a, b, stride, count, list);                                                           \
        return;
#define UP_TO_2(loop, v) ONE(loop, v, 1) ONE(loop, v, 2)
#define UP_TO_3(loop, v) UP_TO_2(loop, v) ONE(loop, v, 3)
#define UP_TO_4(loop, v) UP_TO_3(loop, v) ONE(loop, v, 4)
#define UP_TO_5(loop, v) UP_TO_4(loop, v) ONE(loop, v, 5)
#define UP_TO_7(loop, v) UP_TO_5(loop, v) ONE(loop, v, 6) ONE(loop, v, 7)
#define UP_TO_9(loop, v) UP_TO_7(loop, v) ONE(loop, v, 8) ONE(loop, v, 9)
#define UP_TO_14(loop, v)                                                                                         \
    UP_TO_9(loop, v) ONE(loop, v, 10) ONE(loop, v, 11) ONE(loop, v, 12) ONE(loop, v, 13) ONE(loop, v, 14)
#define UP_TO_28(loop, v)                                                                                         \
    UP_TO_14(loop, v) ONE(loop, v, 15) ONE(loop, v, 16) ONE(loop, v, 17) ONE(loop, v, 18) ONE(loop, v, 19)        \
    ONE(loop, v, 20) ONE(loop, v, 21) ONE(loop, v, 22) ONE(loop, v, 23) ONE(loop, v, 24) ONE(loop, v, 25)         \
    ONE(loop, v, 26) ONE(loop, v, 27) ONE(loop, v, 28)
// As many rows as fit into 28 registers.
#define EVERY(loop)                                                                                               \
    UP_TO_28(loop, 0) UP_TO_28(loop, 1) UP_TO_14(loop, 2) UP_TO_9(loop, 3) UP_TO_7(loop, 4) UP_TO_5(loop, 5)      \
    UP_TO_4(loop, 6) UP_TO_4(loop, 7) UP_TO_3(loop, 9) UP_TO_2(loop, 11)

typedef void rows_loop(int vectors, long rows, float *a, float *b, long stride, long count, const winner *list);

SK_WIDE static void collect_rows(
    int vectors, long rows, float *a, float *b, long stride, long count, const winner *list) {
    switch (vectors * 32 + rows) { EVERY(collect) }
}

SK_WIDE static void spread_rows(
    int vectors, long rows, float *a, float *b, long stride, long count, const winner *list) {
    switch (vectors * 32 + rows) { EVERY(spread) }
}

// Where in a kernel, as the loops hold it, a weight is.
static long weight_index(const plan *p, long channel, long u, long v) {
    return (u * p->planes + channel % p->planes) * p->row + v * p->depth + channel % p->depth;
}

// Elements of the kernels of one block: [O][KH, planes][row].
static long kernels_length(const plan *p) { return p->c.outputs * p->rows * p->row; }

static long begin_of(long part, long parts, long count) { return part * count / parts; }

// The gradient of the weights.

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
static size_t sums_bytes(const plan *p) {
    return aligned(sizeof(float) * (size_t)(p->blocks * kernels_length(p)));
}
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
    if (!make_plan(&p, c)) return 0;
    share_out(&p, tasks, &groups, &shares);
    return (size_t)groups * (sums_bytes(&p) + bias_bytes(&p)) + (size_t)(groups * shares) * task_bytes(&p);
}

void sk_pooled_weight_gradient(
    const sk_pooled_convolution *c, long tasks, const float *x, const uint8_t *winners, const float *dy, float *dw,
    float *db, void *scratch) {
    struct weight_gradient w = {.x = x, .from = {dy, winners}, .dw = dw, .db = db};
    if (!make_plan(&w.p, c)) return;
    share_out(&w.p, tasks, &w.groups, &w.shares);
    w.sums = scratch;
    w.bias_sums = (float *)((char *)scratch + (size_t)w.groups * sums_bytes(&w.p));
    w.scratch = (char *)w.bias_sums + (size_t)w.groups * bias_bytes(&w.p);
    w.task_bytes = task_bytes(&w.p);
    saccade_threads_for(w.groups * w.shares, 1, &w, weight_gradient_part);
    saccade_threads_for(c->outputs, 1, &w, weight_gradient_sum_part);
}

// The gradient of the pictures.

// Winners by place: for each pooled element of a tile and each place in its window, the output channels that
// won there. What they send back is summed in registers, so that the picture is touched once.
typedef struct {
    int *counts;      // [TILE_WINNERS][pool]
    winner *winners;  // [TILE_WINNERS][O and some]; the offsets are those of kernels
} places;

static long place_capacity(const plan *p) { return (p->output_blocks + 1) * LANES; }

static size_t counts_bytes(const plan *p) {
    return aligned(sizeof(int) * (size_t)(TILE_WINNERS * p->c.pool[0] * p->c.pool[1]));
}

static size_t places_bytes(const plan *p) {
    return counts_bytes(p) + aligned(sizeof(winner) * (size_t)(TILE_WINNERS * place_capacity(p)));
}

static places places_at(const plan *p, char *scratch) {
    return (places){(int *)scratch, (winner *)(scratch + counts_bytes(p))};
}

SK_WIDE static void list_places(const plan *p, const pooled *from, long image, tile t, places to) {
    const sk_pooled_convolution *c = &p->c;
    long window = c->pool[0] * c->pool[1], plane = c->pooled[0] * c->pooled[1];
    int kernel = (int)(p->rows * p->row);
    wide_int lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    lanes *= kernel;
    long n = 0;
    for (long row = 0; row < t.count[0]; row++)
        for (long column = 0; column < t.count[1]; column++, n++) {
            long at = image * p->output_blocks * plane + (t.first[0] + row) * c->pooled[1] + t.first[1] + column;
            winner *list = to.winners + n * place_capacity(p);
            for (long place = 0; place < window; place++) {
                winner *begin = list;
                for (long block = 0; block < p->output_blocks; block++) {
                    long here = (at + block * plane) * LANES;
                    wide_bytes bytes;
                    memcpy(&bytes, from->winners + here, sizeof bytes);
                    wide value = wide_load(from->dy + here);
                    wide_int wins = (__builtin_convertvector(bytes, wide_int) == (int)place) & (value != 0);
                    list += wide_pack_pairs(list, wins, lanes + (int)block * LANES * kernel, value);
                }
                to.counts[n * window + place] = (int)(list - begin);
            }
        }
}

// Rows of all kernels, from `first` on, for one tile.
static void spread_rows_of_tile(
    const plan *p, tile t, long first, long rows, float *kernels, float *pixels, places l) {
    const sk_pooled_convolution *c = &p->c;
    long n = 0;
    for (long row = 0; row < t.count[0]; row++)
        for (long column = 0; column < t.count[1]; column++, n++) {
            const winner *list = l.winners + n * place_capacity(p);
            const int *counts = l.counts + n * c->pool[0] * c->pool[1];
            for (long u = 0; u < c->pool[0]; u++)
                for (long v = 0; v < c->pool[1]; v++) {
                    long count = *counts++;
                    if (count == 0) continue;
                    long place = (row * c->pool_stride[0] + u) * c->stride[0] * p->planes * p->line
                                 + (column * c->pool_stride[1] + v) * c->stride[1] * p->depth;
                    spread_rows(
                        p->vectors, rows, kernels + first * p->row, pixels + place + first * p->line, p->line,
                        count, list);
                    list += count;
                }
        }
}

static void spread_tile(const plan *p, tile t, float *kernels, float *pixels, places l) {
    // A few rows of each kernel at a time, so that those of all kernels stay in the first level of the cache;
    // but not so few that each addition would wait for the last.
    long registers = p->vectors ? p->vectors : 1;
    long fitting = TILE_BYTES / (p->c.outputs * p->row * (long)sizeof(float));
    long pass = fitting * registers < 8 ? ceiling(8, registers) : fitting;
    if (pass > p->pass) pass = p->pass;
    pass = ceiling(p->rows, ceiling(p->rows, pass));
    for (long first = 0; first < p->rows; first += pass)
        spread_rows_of_tile(p, t, first, p->rows - first < pass ? p->rows - first : pass, kernels, pixels, l);
}

struct source_gradient {
    plan p;
    long tasks;
    const float *w;
    pooled from;
    float *dx;
    float *kernels;  // [blocks] kernels
    char *scratch;   // of each task
    size_t task_bytes;
};

static void arrange_kernels_part(void *context, long begin, long end) {
    const struct source_gradient *s = context;
    const plan *p = &s->p;
    const sk_pooled_convolution *c = &p->c;
    long height = c->kernel[0], width = c->kernel[1];
    for (long index = begin; index < end; index++) {
        long block = index / c->outputs, output = index % c->outputs;
        float *to = s->kernels + index * p->rows * p->row;
        memset(to, 0, sizeof(float) * (size_t)(p->rows * p->row));
        long channels = p->depth * p->planes;
        const float *from = s->w + (output * c->channels + block * channels) * height * width;
        for (long channel = 0; channel < channels; channel++)
            for (long u = 0; u < height; u++)
                for (long v = 0; v < width; v++)
                    to[weight_index(p, channel, u, v)] = from[(channel * height + u) * width + v];
    }
}

SK_WIDE static void source_gradient_part(void *context, long first_task, long last_task) {
    const struct source_gradient *s = context;
    const plan *p = &s->p;
    const sk_pooled_convolution *c = &p->c;
    long units = c->images * p->blocks, picture = c->size[0] * c->size[1] * p->depth * p->planes;
    for (long task = first_task; task < last_task; task++) {
        char *scratch = s->scratch + (size_t)task * s->task_bytes;
        places l = places_at(p, scratch);
        float *pixels = (float *)(scratch + places_bytes(p));
        long unit = begin_of(task, s->tasks, units), end = begin_of(task + 1, s->tasks, units);
        while (unit < end) {
            // The blocks of one image share the lists.
            long image = unit / p->blocks, first_block = unit % p->blocks;
            long last_block = first_block + end - unit < p->blocks ? first_block + end - unit : p->blocks;
            memset(
                s->dx + unit * picture, 0, sizeof(float) * (size_t)((last_block - first_block) * picture));
            for (long index = 0; index < tile_count(p); index++) {
                tile t = tile_number(p, index);
                list_places(p, &s->from, image, t, l);
                for (long block = first_block; block < last_block; block++) {
                    memset(pixels, 0, tile_bytes(p));
                    spread_tile(p, t, s->kernels + block * kernels_length(p), pixels, l);
                    move_tile(p, t, image, block, s->dx, pixels, 1);
                }
            }
            unit += last_block - first_block;
        }
    }
}

static long source_tasks(const plan *p, long tasks) {
    long units = p->c.images * p->blocks;
    return tasks < units ? tasks : units;
}

size_t sk_pooled_source_gradient_scratch(const sk_pooled_convolution *c, long tasks) {
    plan p;
    if (!make_plan(&p, c)) return 0;
    return sums_bytes(&p) + (size_t)source_tasks(&p, tasks) * (places_bytes(&p) + tile_bytes(&p));
}

void sk_pooled_source_gradient(
    const sk_pooled_convolution *c, long tasks, const float *w, const uint8_t *winners, const float *dy, float *dx,
    void *scratch) {
    struct source_gradient s = {.w = w, .from = {dy, winners}, .dx = dx, .kernels = scratch};
    if (!make_plan(&s.p, c)) return;
    s.tasks = source_tasks(&s.p, tasks);
    s.scratch = (char *)scratch + sums_bytes(&s.p);
    s.task_bytes = places_bytes(&s.p) + tile_bytes(&s.p);
    saccade_threads_for(s.p.blocks * c->outputs, 16, &s, arrange_kernels_part);
    saccade_threads_for(s.tasks, 1, &s, source_gradient_part);
}
