#include "batch_norm.h"

#include "clones.h"
#include "kernels.h"
#include "threads.h"

#include <math.h>
#include <string.h>

// A tensor is read once for its sums and once to be mapped; where a block of channels fits into the cache, the second
// time from there. Normalising, adding and rectifying one after another would pass over memory twice as often.

// Sixteen elements at any address.
typedef float pack __attribute__((vector_size(64), aligned(4)));
typedef int pack_mask __attribute__((vector_size(64), aligned(4)));
enum { LANES = 16, CHUNK = 64 };

#define INLINE static inline __attribute__((always_inline))

// Macros, because a function would hand sixteen floats over otherwise on each instruction set. Comparisons below are
// turned around, so that a NaN is passed on.
#define LOAD(from) (*(const pack *)(from))
#define STORE(to, value) (*(pack *)(to) = (value))
#define UNLESS(condition, value) ((pack)((pack_mask)(value) & ~(condition)))
#define FOLD(sums, value)                                                            \
    do {                                                                             \
        float folded[LANES];                                                         \
        STORE(folded, value);                                                        \
        for (int lane = 0; lane < LANES; lane++) (sums)[lane] += (double)folded[lane]; \
    } while (0)

INLINE float rectified(float value) { return value < 0 ? 0 : value; }

struct job {
    const sk_batch_norm *g;
    const float *x, *scale, *shift, *addend, *y_in, *dy, *mean_in, *variance_in;
    float *y, *mean, *variance, *dx, *d_scale, *d_shift, *d_addend;
    double (*sums)[2][LANES];     // of each part
    int phases;                   // 1: sums, 2: map, 3: both
};

// What the two sums of a part are taken of: the first element of each channel stands in for the mean, so that a mean far
// from zero costs no digits.
INLINE void load_pivot(const struct job *j, long block, float *pivot) {
    const float *first = j->x + block * j->g->area * j->g->lanes;
    for (int lane = 0; lane < LANES; lane++) pivot[lane] = first[lane % j->g->lanes];
}

// The channel that a lane of a pack belongs to: a pack holds several pixels where there are fewer lanes to each.
INLINE long channel_of(const sk_batch_norm *g, long block, int lane) { return block * g->lanes + lane % g->lanes; }

INLINE void channel_values(const sk_batch_norm *g, const float *values, long block, float *out) {
    for (int lane = 0; lane < LANES; lane++) {
        long channel = channel_of(g, block, lane);
        out[lane] = channel < g->channels ? values[channel] : 0;
    }
}

// Σ(x − pivot) and Σ(x − pivot)² of one plane.
SK_CLONES static void forward_sums(const float *x, long count, const float *pivot_values, double sums[2][LANES]) {
    pack pivot = LOAD(pivot_values);
    long packs = count / LANES;
    for (long begin = 0; begin < packs; begin += CHUNK) {
        long end = begin + CHUNK < packs ? begin + CHUNK : packs;
        pack sum[2] = {0}, squares[2] = {0};
        long i = begin;
        for (; i + 2 <= end; i += 2) {
            pack a = LOAD(x + i * LANES) - pivot, b = LOAD(x + (i + 1) * LANES) - pivot;
            sum[0] += a, squares[0] += a * a;
            sum[1] += b, squares[1] += b * b;
        }
        for (; i < end; i++) {
            pack a = LOAD(x + i * LANES) - pivot;
            sum[0] += a, squares[0] += a * a;
        }
        FOLD(sums[0], sum[0] + sum[1]);
        FOLD(sums[1], squares[0] + squares[1]);
    }
    for (long i = packs * LANES, lane = 0; i < count; i++, lane++) {
        double d = (double)(x[i] - pivot_values[lane]);
        sums[0][lane] += d, sums[1][lane] += d * d;
    }
}

SK_CLONES static void forward_map(
    const float *x, const float *addend, long count, int rectifies, const float *means, const float *factors,
    const float *shifts, float *y) {
    pack mean = LOAD(means), factor = LOAD(factors), shift = LOAD(shifts);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
        pack value = (LOAD(x + i) - mean) * factor + shift;
        if (addend) value += LOAD(addend + i);
        if (rectifies) value = UNLESS(value < 0, value);
        STORE(y + i, value);
    }
    for (long lane = 0; i < count; i++, lane++) {
        float value = (x[i] - means[lane]) * factors[lane] + shifts[lane] + (addend ? addend[i] : 0);
        y[i] = rectifies ? rectified(value) : value;
    }
}

// Σg and Σg · (x − mean) of one plane, where g is dy, or zero where the result was rectified; stores g if asked to.
SK_CLONES static void backward_sums(
    const float *x, const float *y, const float *dy, long count, const float *means, float *d_addend,
    double sums[2][LANES]) {
    pack mean = LOAD(means);
    long packs = count / LANES;
    for (long begin = 0; begin < packs; begin += CHUNK) {
        long end = begin + CHUNK < packs ? begin + CHUNK : packs;
        pack sum = {0}, products = {0};
        for (long i = begin * LANES; i < end * LANES; i += LANES) {
            pack g = LOAD(dy + i);
            if (y) g = UNLESS(LOAD(y + i) <= 0, g);
            if (d_addend) STORE(d_addend + i, g);
            sum += g, products += g * (LOAD(x + i) - mean);
        }
        FOLD(sums[0], sum);
        FOLD(sums[1], products);
    }
    for (long i = packs * LANES, lane = 0; i < count; i++, lane++) {
        float g = y && y[i] <= 0 ? 0 : dy[i];
        if (d_addend) d_addend[i] = g;
        sums[0][lane] += (double)g, sums[1][lane] += (double)g * (double)(x[i] - means[lane]);
    }
}

// dx = g · a + (x − mean) · b + c.
SK_CLONES static void backward_map(
    const float *x, const float *y, const float *g_in, long count, const float *means, const float *as,
    const float *bs, const float *cs, float *dx) {
    pack mean = LOAD(means), a = LOAD(as), b = LOAD(bs), c = LOAD(cs);
    long i = 0;
    for (; i + LANES <= count; i += LANES) {
        pack g = LOAD(g_in + i);
        if (y) g = UNLESS(LOAD(y + i) <= 0, g);
        STORE(dx + i, g * a + ((LOAD(x + i) - mean) * b + c));
    }
    for (long lane = 0; i < count; i++, lane++) {
        float g = y && y[i] <= 0 ? 0 : g_in[i];
        dx[i] = g * as[lane] + ((x[i] - means[lane]) * bs[lane] + cs[lane]);
    }
}

// The sums of each channel of a block over all its parts, repeated for each lane of a pack.
static void block_sums(const struct job *j, long block, double out[2][LANES]) {
    memset(out, 0, 2 * LANES * sizeof(double));
    for (int kind = 0; kind < 2; kind++) {
        for (long split = 0; split < j->g->splits; split++)
            for (int lane = 0; lane < LANES; lane++)
                out[kind][lane % j->g->lanes] += j->sums[block * j->g->splits + split][kind][lane];
        for (int lane = 0; lane < LANES; lane++) out[kind][lane] = out[kind][lane % j->g->lanes];
    }
}

// Whether this part is the one that stores what is known of a channel, and this lane its first.
INLINE int stores(const struct job *j, long part, int lane, long channel) {
    return part % j->g->splits == 0 && lane < j->g->lanes && channel < j->g->channels;
}

static void images_of(const struct job *j, long split, long *first, long *last) {
    *first = j->g->images * split / j->g->splits;
    *last = j->g->images * (split + 1) / j->g->splits;
}

static long plane(const sk_batch_norm *g, long image, long block) {
    return (image * g->blocks + block) * g->area * g->lanes;
}

static void forward_part(void *context, long begin, long end) {
    const struct job *j = context;
    const sk_batch_norm *g = j->g;
    long count = g->area * g->lanes, first, last;
    double n = (double)g->images * (double)g->area;
    for (long part = begin; part < end; part++) {
        long block = part / j->g->splits;
        images_of(j, part % j->g->splits, &first, &last);
        float pivot[LANES], scale[LANES], shift[LANES];
        load_pivot(j, block, pivot);
        if (j->phases & 1) {
            memset(j->sums[part], 0, sizeof j->sums[part]);
            for (long image = first; image < last; image++)
                forward_sums(j->x + plane(g, image, block), count, pivot, j->sums[part]);
        }
        if (!(j->phases & 2)) continue;
        double sums[2][LANES];
        block_sums(j, block, sums);
        channel_values(g, j->scale, block, scale);
        channel_values(g, j->shift, block, shift);
        float mean[LANES], factor[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            double away = sums[0][lane] / n, variance = sums[1][lane] / n - away * away;
            if (variance < 0) variance = 0;
            mean[lane] = (float)((double)pivot[lane] + away);
            factor[lane] = (float)((double)scale[lane] / sqrt(variance + (double)g->epsilon));
            long channel = channel_of(g, block, lane);
            if (stores(j, part, lane, channel)) j->mean[channel] = mean[lane], j->variance[channel] = (float)variance;
        }
        for (long image = first; image < last; image++) {
            long at = plane(g, image, block);
            const float *addend = j->addend ? j->addend + at : NULL;
            forward_map(j->x + at, addend, count, g->rectifies, mean, factor, shift, j->y + at);
        }
    }
}

static void backward_part(void *context, long begin, long end) {
    const struct job *j = context;
    const sk_batch_norm *g = j->g;
    long count = g->area * g->lanes, first, last;
    double n = (double)g->images * (double)g->area;
    for (long part = begin; part < end; part++) {
        long block = part / j->g->splits;
        images_of(j, part % j->g->splits, &first, &last);
        float mean[LANES], variance[LANES], scale[LANES];
        channel_values(g, j->mean_in, block, mean);
        if (j->phases & 1) {
            memset(j->sums[part], 0, sizeof j->sums[part]);
            for (long image = first; image < last; image++) {
                long at = plane(g, image, block);
                backward_sums(
                    j->x + at, g->rectifies ? j->y_in + at : NULL, j->dy + at, count, mean,
                    j->d_addend ? j->d_addend + at : NULL, j->sums[part]);
            }
        }
        if (!(j->phases & 2)) continue;
        double sums[2][LANES];
        block_sums(j, block, sums);
        channel_values(g, j->variance_in, block, variance);
        channel_values(g, j->scale, block, scale);
        float a[LANES], b[LANES], c[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            double r = 1 / sqrt((double)variance[lane] + (double)g->epsilon), f = (double)scale[lane] * r;
            a[lane] = (float)f;
            b[lane] = (float)(-f * sums[1][lane] * r * r / n);
            c[lane] = (float)(-f * sums[0][lane] / n);
            long channel = channel_of(g, block, lane);
            if (stores(j, part, lane, channel))
                j->d_shift[channel] = (float)sums[0][lane], j->d_scale[channel] = (float)(sums[1][lane] * r);
        }
        for (long image = first; image < last; image++) {
            long at = plane(g, image, block);
            // What the addend gets is masked already.
            const float *y = g->rectifies && !j->d_addend ? j->y_in + at : NULL;
            backward_map(
                j->x + at, y, (j->d_addend ? j->d_addend : j->dy) + at, count, mean, a, b, c, j->dx + at);
        }
    }
}

long sk_batch_norm_splits(const sk_batch_norm *g) {
    long threads = saccade_threads_count();
    // Whole blocks where there are enough of them, so that a thread finds in the cache what it has just read.
    long splits = g->blocks >= threads ? 1 : (threads + g->blocks - 1) / g->blocks;
    return splits < g->images ? splits : g->images;
}

long sk_batch_norm_scratch(const sk_batch_norm *g) {
    return g->blocks * g->splits * (long)sizeof(double[2][LANES]);
}

static void run(struct job *j, void *scratch, void (*part)(void *, long, long)) {
    const sk_batch_norm *g = j->g;
    long elements = g->area * g->lanes * (g->images / g->splits + 1);
    long grain = elements >= SK_GRAIN ? 1 : SK_GRAIN / (elements + 1) + 1;
    j->sums = scratch;
    // The sums of a block that is shared out must all be there before the first of its parts is mapped.
    for (int phases = g->splits == 1 ? 3 : 1; phases <= (g->splits == 1 ? 3 : 2); phases++) {
        j->phases = phases;
        saccade_threads_for(g->blocks * g->splits, grain, j, part);
    }
}

void sk_batch_norm_forward(
    const sk_batch_norm *g, const float *x, const float *scale, const float *shift, const float *addend, float *y,
    float *mean, float *variance, void *scratch) {
    struct job job = {
        .g = g, .x = x, .scale = scale, .shift = shift, .addend = addend, .y = y, .mean = mean, .variance = variance};
    run(&job, scratch, forward_part);
}

void sk_batch_norm_backward(
    const sk_batch_norm *g, const float *x, const float *scale, const float *mean, const float *variance, const float *y,
    const float *dy, float *dx, float *d_scale, float *d_shift, float *d_addend, void *scratch) {
    struct job job = {
        .g = g, .x = x, .scale = scale, .mean_in = mean, .variance_in = variance, .y_in = y, .dy = dy, .dx = dx,
        .d_scale = d_scale, .d_shift = d_shift, .d_addend = d_addend};
    run(&job, scratch, backward_part);
}
