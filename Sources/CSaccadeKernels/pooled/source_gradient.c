#include "loops.h"
#include "threads.h"

// The gradient of the images: each place gets what those who won there send back.

// The loop that everything is about, for `rows` rows of `vectors` registers, or of half a one: pixels at one place
// += the sum of value · weights at the offset, over those who won there.
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

SK_WIDE static void spread_rows(
    int vectors, long rows, float *a, float *b, long stride, long count, const winner *list) {
    switch (vectors * 32 + rows) { EVERY(spread) }
}

// Winners by place: for each pooled element of a tile and each place in its window, the output channels that
// won there. What they send back is summed in registers, so that the image is touched once.
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
    long units = c->images * p->blocks, size = c->size[0] * c->size[1] * p->depth * p->planes;
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
                s->dx + unit * size, 0, sizeof(float) * (size_t)((last_block - first_block) * size));
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
    if (!sk_pooled_plan(&p, c)) return 0;
    return sums_bytes(&p) + (size_t)source_tasks(&p, tasks) * (places_bytes(&p) + tile_bytes(&p));
}

void sk_pooled_source_gradient(
    const sk_pooled_convolution *c, long tasks, const float *w, const uint8_t *winners, const float *dy, float *dx,
    void *scratch) {
    struct source_gradient s = {.w = w, .from = {dy, winners}, .dx = dx, .kernels = scratch};
    if (!sk_pooled_plan(&s.p, c)) return;
    s.tasks = source_tasks(&s.p, tasks);
    s.scratch = (char *)scratch + sums_bytes(&s.p);
    s.task_bytes = places_bytes(&s.p) + tile_bytes(&s.p);
    saccade_threads_for(s.p.blocks * c->outputs, 16, &s, arrange_kernels_part);
    saccade_threads_for(s.tasks, 1, &s, source_gradient_part);
}
