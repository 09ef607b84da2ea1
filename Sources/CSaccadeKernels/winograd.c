#include "winograd.h"

#include "threads.h"
#include "wide.h"

// Winograd's minimal filtering, F(m×m, 3×3), for images with all channels of a pixel together. Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks" (2016).
//
// A tile of (m + 2)² pixels becomes as many places; at each place all tiles are a matrix [tiles, C] that is multiplied with
// the weights of that place [C, O]; the products become m² pixels. With the channels last every step of this is on
// whole registers. Three passes over some tiles at a time, so that what lies between them stays in the caches.

enum { LANES = 16, COLUMNS = 2 * LANES, ROWS = 12, LARGEST = 6 };

typedef struct {
    const sk_winograd *p;
    const float *x, *weights, *bias;
    float *y, *transformed, *products;
    long first, count;  // tiles
} job;

SK_INLINE long tile_columns(const sk_winograd *p) { return (p->width_out + p->tile - 1) / p->tile; }
SK_INLINE long tile_rows(const sk_winograd *p) { return (p->height_out + p->tile - 1) / p->tile; }

// Bᵀ d for one column or row of a tile: m + 2 numbers in, as many out.
SK_WIDE SK_INLINE void transform_input(int m, const wide *d, wide *v) {
    if (m == 2) {
        v[0] = d[0] - d[2];
        v[1] = d[1] + d[2];
        v[2] = d[2] - d[1];
        v[3] = d[1] - d[3];
    } else {
        wide a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], e = d[4] - d[2], f = 2 * (d[3] - d[1]);
        v[0] = 4 * d[0] - 5 * d[2] + d[4];
        v[1] = a + b;
        v[2] = a - b;
        v[3] = e + f;
        v[4] = e - f;
        v[5] = 4 * d[1] - 5 * d[3] + d[5];
    }
}

// Aᵀ q: m + 2 numbers in, m out.
SK_WIDE SK_INLINE void transform_output(int m, const wide *q, wide *s) {
    if (m == 2) {
        s[0] = q[0] + q[1] + q[2];
        s[1] = q[1] - q[2] - q[3];
    } else {
        wide a = q[1] + q[2], b = q[1] - q[2], e = q[3] + q[4], f = q[3] - q[4];
        s[0] = q[0] + a + e;
        s[1] = b + 2 * f;
        s[2] = a + 4 * e;
        s[3] = b + 8 * f + q[5];
    }
}

// G g: three numbers in, m + 2 out.
SK_INLINE void transform_kernel(int m, const float *g, long step, float *u, long step_out) {
    float a = g[0], b = g[step], c = g[2 * step];
    if (m == 2) {
        float all[4] = {a, (a + b + c) / 2, (a - b + c) / 2, c};
        for (int i = 0; i < 4; i++) u[i * step_out] = all[i];
    } else {
        float all[6] = {
            a / 4, -(a + b + c) / 6, -(a - b + c) / 6, a / 24 + b / 12 + c / 6, a / 24 - b / 12 + c / 6, c};
        for (int i = 0; i < 6; i++) u[i * step_out] = all[i];
    }
}

SK_WIDE SK_INLINE void input_tiles(int m, const job *j, long begin, long end) {
    const sk_winograd *p = j->p;
    const int side = m + 2;
    const long columns = tile_columns(p), per_image = columns * tile_rows(p), c = p->channels_in;
    const long place = j->count * c;
    for (long t = begin; t < end; t++) {
        long tile = j->first + t, image = tile / per_image, in_image = tile % per_image;
        long top = in_image / columns * m - p->padding_top, left = in_image % columns * m - p->padding_left;
        const float *x = j->x + image * p->height * p->width * c;
        float *to = j->transformed + t * c;
        int is_inside = top >= 0 && left >= 0 && top + side <= p->height && left + side <= p->width;
        for (long channel = 0; channel < c; channel += LANES) {
            wide half_way[LARGEST][LARGEST];
            SK_UNROLL for (int column = 0; column < side; column++) {
                wide d[LARGEST], v[LARGEST];
                SK_UNROLL for (int row = 0; row < side; row++) {
                    long at_y = top + row, at_x = left + column;
                    int is_there = is_inside || (at_y >= 0 && at_y < p->height && at_x >= 0 && at_x < p->width);
                    d[row] = is_there ? wide_load(x + (at_y * p->width + at_x) * c + channel) : (wide){0};
                }
                transform_input(m, d, v);
                SK_UNROLL for (int row = 0; row < side; row++) half_way[row][column] = v[row];
            }
            SK_UNROLL for (int row = 0; row < side; row++) {
                wide v[LARGEST];
                transform_input(m, half_way[row], v);
                SK_UNROLL for (int column = 0; column < side; column++)
                    wide_store(to + (row * side + column) * place + channel, v[column]);
            }
        }
    }
}

// `rows` tiles times 16 or 32 outputs; both are constants where this is used, so that the sums are in registers.
SK_WIDE SK_INLINE void block(
    int rows, int vectors, long channels, const float *v, const float *u, float *to, long outputs) {
    wide sums[ROWS][2];
    SK_UNROLL for (int r = 0; r < rows; r++) {
        SK_UNROLL for (int n = 0; n < vectors; n++) sums[r][n] = (wide){0};
    }
    for (long c = 0; c < channels; c++) {
        wide weights[2];
        SK_UNROLL for (int n = 0; n < vectors; n++) weights[n] = wide_load(u + (c * vectors + n) * LANES);
        SK_UNROLL for (int r = 0; r < rows; r++) {
            wide number = wide_of(v[r * channels + c]);
            SK_UNROLL for (int n = 0; n < vectors; n++) sums[r][n] += number * weights[n];
        }
    }
    SK_UNROLL for (int r = 0; r < rows; r++) {
        SK_UNROLL for (int n = 0; n < vectors; n++) wide_store(to + r * outputs + n * LANES, sums[r][n]);
    }
}

SK_WIDE SK_INLINE void panel(
    int vectors, long count, long channels, const float *v, const float *u, float *to, long outputs) {
    long row = 0;
    for (; row + ROWS <= count; row += ROWS)
        block(ROWS, vectors, channels, v + row * channels, u, to + row * outputs, outputs);
    for (; row + 4 <= count; row += 4) block(4, vectors, channels, v + row * channels, u, to + row * outputs, outputs);
    for (; row < count; row++) block(1, vectors, channels, v + row * channels, u, to + row * outputs, outputs);
}

SK_WIDE static void multiply(void *context, long begin, long end) {
    const job *j = context;
    const long channels = j->p->channels_in, outputs = j->p->channels_out;
    const long blocks = (outputs + COLUMNS - 1) / COLUMNS;
    for (long unit = begin; unit < end; unit++) {
        long place = unit / blocks, first = unit % blocks * COLUMNS;
        const float *v = j->transformed + place * j->count * channels;
        const float *u = j->weights + (place * outputs + first) * channels;
        float *to = j->products + place * j->count * outputs + first;
        if (outputs - first >= COLUMNS) {
            panel(2, j->count, channels, v, u, to, outputs);
        } else {
            panel(1, j->count, channels, v, u, to, outputs);
        }
    }
}

SK_WIDE SK_INLINE void output_tiles(int m, const job *j, long begin, long end) {
    const sk_winograd *p = j->p;
    const int side = m + 2;
    const long columns = tile_columns(p), per_image = columns * tile_rows(p), o = p->channels_out;
    const long place = j->count * o;
    for (long t = begin; t < end; t++) {
        long tile = j->first + t, image = tile / per_image, in_image = tile % per_image;
        long top = in_image / columns * m, left = in_image % columns * m;
        long rows = p->height_out - top < m ? p->height_out - top : m;
        long width = p->width_out - left < m ? p->width_out - left : m;
        const float *from = j->products + t * o;
        float *y = j->y + ((image * p->height_out + top) * p->width_out + left) * p->pixel_step;
        for (long channel = 0; channel < o; channel += LANES) {
            wide half_way[LARGEST][LARGEST];
            SK_UNROLL for (int column = 0; column < side; column++) {
                wide q[LARGEST], s[LARGEST];
                SK_UNROLL for (int row = 0; row < side; row++)
                    q[row] = wide_load(from + (row * side + column) * place + channel);
                transform_output(m, q, s);
                SK_UNROLL for (int row = 0; row < m; row++) half_way[row][column] = s[row];
            }
            wide bias = j->bias ? wide_load(j->bias + channel) : (wide){0};
            SK_UNROLL for (int row = 0; row < m; row++) {
                wide s[LARGEST];
                transform_output(m, half_way[row], s);
                if (row >= rows) continue;
                SK_UNROLL for (int column = 0; column < m; column++) {
                    if (column >= width) continue;
                    float *to = y + (row * p->width_out + column) * p->pixel_step + channel;
                    wide sum = s[column] + bias;
                    if (p->adds) sum += wide_load(to);
                    if (p->rectifies) sum = wide_select(sum > 0, sum, (wide){0});
                    wide_store(to, sum);
                }
            }
        }
    }
}

#define PASSES(m)                                                                                                      \
    SK_WIDE static void input_##m(void *context, long begin, long end) { input_tiles(m, context, begin, end); }        \
    SK_WIDE static void output_##m(void *context, long begin, long end) { output_tiles(m, context, begin, end); }
PASSES(2)
PASSES(4)

static long places(const sk_winograd *p) { return (p->tile + 2) * (p->tile + 2); }

// How many tiles go through the passes together: what lies between is to stay in the caches, and yet all weights are read
// for each.
static long tiles_at_once(const sk_winograd *p) {
    long all = p->images * tile_columns(p) * tile_rows(p);
    long bytes = places(p) * (p->channels_in + p->channels_out) * (long)sizeof(float);
    long fitting = (4L << 20) / bytes, least = 96;
    long count = fitting > least ? fitting : least;
    return count < all ? count : all;
}

int sk_winograd_is_available(const sk_winograd *p) {
    return sk_has_wide() && p->channels_in % LANES == 0 && p->channels_out % LANES == 0;
}

long sk_winograd_scratch_count(const sk_winograd *p) {
    return places(p) * (p->channels_in + p->channels_out) * tiles_at_once(p);
}

struct kernels {
    const sk_winograd *p;
    const float *kernels;
    float *weights;
};

static void transform_outputs(void *context, long begin, long end) {
    const struct kernels *k = context;
    const long channels = k->p->channels_in, outputs = k->p->channels_out, side = k->p->tile + 2;
    for (long o = begin; o < end; o++) {
        long first = o / COLUMNS * COLUMNS, length = outputs - first < COLUMNS ? outputs - first : COLUMNS;
        for (long c = 0; c < channels; c++) {
            float columns[LARGEST * 3], all[LARGEST * LARGEST];
            const float *g = k->kernels + (o * channels + c) * 9;
            for (int column = 0; column < 3; column++)
                transform_kernel((int)k->p->tile, g + column, 3, columns + column, 3);
            for (long row = 0; row < side; row++)
                transform_kernel((int)k->p->tile, columns + row * 3, 1, all + row * side, 1);
            float *to = k->weights + first * channels + c * length + (o - first);
            for (long place = 0; place < side * side; place++) to[place * channels * outputs] = all[place];
        }
    }
}

void sk_winograd_weights(const sk_winograd *p, const float *kernels, float *weights) {
    struct kernels k = {p, kernels, weights};
    saccade_threads_for(p->channels_out, COLUMNS, &k, transform_outputs);
}

void sk_winograd_convolve(
    const sk_winograd *p, const float *x, const float *weights, const float *bias, float *y, float *scratch) {
    const long all = p->images * tile_columns(p) * tile_rows(p), at_once = tiles_at_once(p);
    const long units = places(p) * ((p->channels_out + COLUMNS - 1) / COLUMNS);
    for (long first = 0; first < all; first += at_once) {
        long count = all - first < at_once ? all - first : at_once;
        job j = {p, x, weights, bias, y, scratch, scratch + places(p) * p->channels_in * count, first, count};
        saccade_threads_for(count, 1, &j, p->tile == 2 ? input_2 : input_4);
        saccade_threads_for(units, 1, &j, multiply);
        saccade_threads_for(count, 1, &j, p->tile == 2 ? output_2 : output_4);
    }
}
