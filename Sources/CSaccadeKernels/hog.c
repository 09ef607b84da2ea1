#include "clones.h"
#include "hog.h"
#include "threads.h"

#include <math.h>
#include <string.h>

// Votes of pixels are collected in three steps, each of which runs along rows: what a row of pixels says (`gradients`);
// sums down the columns, for each of the blocks that a row belongs to and each row of cells in them (`collect`); sums
// across, once for each row of blocks (`finish`). What a pixel counts for a cell is a product of a number for its row and
// one for its column, so that the second and third step need no more than these.

// Eight numbers that are added up together; rows are longer than the image by as many.
enum { EIGHT = 8, LEVELS = 256 };
typedef float eight __attribute__((vector_size(32)));

static long planes_of(const sk_hog *p) { return p->is_luminance ? 1 : p->channels; }

static long round_up(long count) { return (count + EIGHT - 1) / EIGHT * EIGHT; }

struct scratch {
    long width;       // of rows of pixels
    long plane;       // floats from one plane of a row of samples to the next
    float *tables;    // [channels, LEVELS]
    float *samples;   // [3, planes, plane]: rows of the image by their number modulo 3
    float *gradients; // [2, 3, plane]: to the right, down, and their squared length; the longest so far, and others
    float *places;    // [cell, width]: the gradients' directions, in bins
    float *lengths;   // [cell, width]
    float *votes;     // [width]
    float *sums;      // [block, block, orientations, width]: blocks by their row modulo `block`, then rows of cells
    float *profile;   // [block, round_up(block · cell)]
};

// The next `count` floats from `base` on, of which `used` are taken.
static float *take(float *base, long *used, long count) {
    float *taken = base ? base + *used : 0;
    *used += count;
    return taken;
}

// Without a base, only counts what is needed.
static struct scratch lay_out(const sk_hog *p, float *base, long *used) {
    long plane = round_up(p->width), width = plane + round_up(p->block * p->cell);
    *used = 0;
    struct scratch s = {.width = width, .plane = plane};
    s.tables = take(base, used, p->channels * LEVELS);
    s.samples = take(base, used, 3 * planes_of(p) * plane);
    s.gradients = take(base, used, 2 * 3 * plane);
    s.places = take(base, used, p->cell * width);
    s.lengths = take(base, used, p->cell * width);
    s.votes = take(base, used, width);
    s.sums = take(base, used, p->block * p->block * p->orientations * width);
    s.profile = take(base, used, p->block * round_up(p->block * p->cell));
    return s;
}

long sk_hog_scratch_count(const sk_hog *p) {
    long count;
    lay_out(p, 0, &count);
    return count;
}

// MARK: What a row of pixels says

// The weights of ITU-R 709 in ten-thousandths, so that samples and their differences are whole numbers, and exact.
static const float luminance[3] = {2125, 7154, 721};
static const float whole = 10000;

// What each byte of each channel becomes.
static void fill_tables(const sk_hog *p, float *tables) {
    for (long channel = 0; channel < p->channels; channel++) {
        float weight = !p->is_luminance ? 1 : p->channels == 3 ? luminance[channel] : whole;
        for (int value = 0; value < LEVELS; value++)
            tables[channel * LEVELS + value] =
                p->takes_roots && !p->is_luminance ? sqrtf((float)value) : weight * (float)value;
    }
}

// One plane for the luminance or a grey image, three for colours.
SK_CLONES static void read_samples(
    const sk_hog *p, const float *tables, const unsigned char *row, long step, float *samples) {
    const float *red = tables, *green = red + LEVELS, *blue = green + LEVELS;
    if (p->channels == 1) {
        for (long x = 0; x < p->width; x++) samples[x] = red[row[x]];
    } else if (p->is_luminance) {
        for (long x = 0; x < p->width; x++) samples[x] = red[row[3 * x]] + green[row[3 * x + 1]] + blue[row[3 * x + 2]];
    } else {
        for (long x = 0; x < p->width; x++) {
            samples[x] = red[row[3 * x]];
            samples[x + step] = green[row[3 * x + 1]];
            samples[x + 2 * step] = blue[row[3 * x + 2]];
        }
    }
    if (p->is_luminance && p->takes_roots)
        for (long x = 0; x < p->width; x++) samples[x] = sqrtf(samples[x]);
}

// The angle of (dx, dy), of which the opposite is the same, in turns of half a circle: 0 to 1, both included.
//
// The arc tangent of 0 to 1 is the polynomial of degree 7 whose relative error, 2.1e-4, is the smallest. It is the one in
// OpenCV, so that a hundredth of a degree does not part our numbers from its; a finer one would.
static inline float half_turns(float dx, float dy) {
    float ax = fabsf(dx), ay = fabsf(dy);
    float low = ax < ay ? ax : ay, high = ax < ay ? ay : ax;
    float r = low / (high > 1e-30f ? high : 1e-30f), q = r * r;
    float sum = ((-0.04432661f * q + 0.15557874f) * q - 0.32580844f) * q + 0.99978785f;
    float angle = r * sum * 0.318309886f;
    angle = ay > ax ? 0.5f - angle : angle;
    return (dx < 0) != (dy < 0) ? 1 - angle : angle;
}

// The bin that each gradient falls into, decided in double precision: a vote for the neighbour would be a large error.
SK_CLONES static void choose_bins(long count, long orientations, const float *dx, const float *dy, float *places) {
    for (long i = 0; i < count; i++) places[i] = 0;
    for (long bin = 1; bin < orientations; bin++) {
        double angle = M_PI * (double)bin / (double)orientations, c = cos(angle), s = sin(angle);
        for (long i = 0; i < count; i++) {
            double x = dx[i], y = dy[i], cross = y * c - x * s;
            cross = y < 0 || (y == 0 && x < 0) ? -cross : cross;
            places[i] += cross >= 0 ? 1.0f : 0.0f;
        }
    }
}

// Gradients of a plane, and their squared lengths, which no processor may round its own way: the longest one is chosen.
SK_CLONES static void differences(
    long count, const float *above, const float *here, const float *below, float *dx, float *dy, float *square) {
#pragma STDC FP_CONTRACT OFF
    for (long i = 0; i < count; i++) dy[i] = below[i] - above[i];
    // A row's ends see their neighbour on both sides.
    dx[0] = dx[count - 1] = 0;
    for (long i = 1; i < count - 1; i++) dx[i] = here[i + 1] - here[i - 1];
    for (long i = 0; i < count; i++) {
        float across = dx[i] * dx[i], down = dy[i] * dy[i];
        square[i] = across + down;
    }
}

// Replaces gradients by those of another plane where these are longer.
SK_CLONES static void keep_longer(
    long count, const float *dx, const float *dy, const float *square, float *best_dx, float *best_dy, float *best) {
    for (long i = 0; i < count; i++) {
        int wins = square[i] > best[i];
        best_dx[i] = wins ? dx[i] : best_dx[i];
        best_dy[i] = wins ? dy[i] : best_dy[i];
        best[i] = wins ? square[i] : best[i];
    }
}

SK_CLONES static void split_places(long count, float orientations, const float *dx, const float *dy, float *places) {
    for (long i = 0; i < count; i++) places[i] = half_turns(dx[i], dy[i]) * orientations - 0.5f;
}

SK_CLONES static void measure(long count, float unit, const float *square, float *lengths) {
    for (long i = 0; i < count; i++) lengths[i] = sqrtf(square[i]) * unit;
}

static void gradients(const sk_hog *p, const struct scratch *s, long y, float *places, float *lengths) {
    // Beyond the first and the last row lie, as in a mirror, the second and the last but one.
    long above = y > 0 ? y - 1 : p->height > 1 ? 1 : 0, below = y + 1 < p->height ? y + 1 : y > 0 ? y - 1 : 0;
    long planes = planes_of(p), row = planes * s->plane;
    float *best[3] = {s->gradients, s->gradients + s->plane, s->gradients + 2 * s->plane};
    float *next[3] = {best[2] + s->plane, best[2] + 2 * s->plane, best[2] + 3 * s->plane};
    // From blue to red: of equals the first stays, as in OpenCV.
    for (long plane = planes - 1; plane >= 0; plane--) {
        const float *samples = s->samples + plane * s->plane;
        float **to = plane == planes - 1 ? best : next;
        differences(
            p->width, samples + above % 3 * row, samples + y % 3 * row, samples + below % 3 * row, to[0], to[1], to[2]);
        if (to == next) keep_longer(p->width, next[0], next[1], next[2], best[0], best[1], best[2]);
    }
    float unit = !p->is_luminance ? 1 : p->takes_roots ? 1 / sqrtf(whole) : 1 / whole;
    measure(p->width, unit, best[2], lengths);
    if (p->splits_votes)
        split_places(p->width, (float)p->orientations, best[0], best[1], places);
    else
        choose_bins(p->width, p->orientations, best[0], best[1], places);
}

// MARK: Sums

// What each pixel of a row gives to one bin: all, or what is left by the distance, around the circle, to its direction.
SK_CLONES static void vote(
    long count, float orientations, float bin, const float *places, const float *lengths, float *votes) {
    for (long i = 0; i < count; i++) {
        float distance = fabsf(places[i] - bin), around = orientations - distance;
        distance = distance < around ? distance : around;
        votes[i] = lengths[i] * (distance < 1 ? 1 - distance : 0);
    }
}

SK_CLONES static void add(long count, float factor, const float *x, float *y) {
    for (long i = 0; i < count; i++) y[i] += factor * x[i];
}

static float *sums_of(const sk_hog *p, const struct scratch *s, long row, long cells, long bin) {
    return s->sums + ((row % p->block * p->block + cells) * p->orientations + bin) * s->width;
}

// Adds a row of cells to all rows of blocks that it belongs to and that are in begin..<end.
static void collect(const sk_hog *p, const struct scratch *s, long band, long begin, long end) {
    long length = p->block * p->cell;
    for (long bin = 0; bin < p->orientations; bin++) {
        for (long r = 0; r < p->cell; r++) {
            vote(
                p->width, (float)p->orientations, (float)bin, s->places + r * s->width, s->lengths + r * s->width,
                s->votes);
            for (long j = 0; j < p->block; j++) {
                long row = band - j;
                if (row < begin || row >= end) continue;
                for (long cells = 0; cells < p->block; cells++) {
                    float factor = p->profile[cells * length + j * p->cell + r];
                    if (factor != 0) add(p->width, factor, s->votes, sums_of(p, s, row, cells, bin));
                }
            }
        }
    }
}

// Sums of one bin over the columns of each cell of a row of blocks; `y` is [columns, block, …, orientations].
SK_CLONES static void add_across(
    const sk_hog *p, const struct scratch *s, long columns, const float *x, float *y) {
    long length = round_up(p->block * p->cell), size = p->block * p->block * p->orientations;
    for (long column = 0; column < columns; column++) {
        for (long cell = 0; cell < p->block; cell++) {
            const float *factors = s->profile + cell * length, *from = x + column * p->cell;
            eight sum = {0};
            for (long i = 0; i < length; i += EIGHT) {
                eight a, b;
                memcpy(&a, factors + i, sizeof a);
                memcpy(&b, from + i, sizeof b);
                sum += a * b;
            }
            y[column * size + cell * p->orientations] =
                ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
        }
    }
}

static float norm_factor(const sk_hog *p, float squares, float added) {
    return p->adds_to_squares ? 1 / sqrtf(squares + added * added) : 1 / (sqrtf(squares) + added);
}

static void normalize(const sk_hog *p, long size, float *block) {
    float squares = 0, clipped = 0;
    for (long i = 0; i < size; i++) squares += block[i] * block[i];
    float factor = norm_factor(p, squares, p->first);
    for (long i = 0; i < size; i++) {
        float value = block[i] * factor;
        block[i] = value < p->limit ? value : p->limit;
        clipped += block[i] * block[i];
    }
    factor = norm_factor(p, clipped, p->second);
    for (long i = 0; i < size; i++) block[i] *= factor;
}

static void finish(const sk_hog *p, const struct scratch *s, long row, long columns, float *blocks) {
    long size = p->block * p->block * p->orientations;
    for (long cells = 0; cells < p->block; cells++) {
        for (long bin = 0; bin < p->orientations; bin++) {
            float *sums = sums_of(p, s, row, cells, bin);
            add_across(p, s, columns, sums, blocks + cells * p->block * p->orientations + bin);
            memset(sums, 0, sizeof(float) * (size_t)s->width);
        }
    }
    for (long column = 0; column < columns; column++) normalize(p, size, blocks + column * size);
}

// MARK: All rows

struct grid {
    const sk_hog *hog;
    long parts, rows, columns;
    float *scratch, *blocks;
};

static void grid_part(const struct grid *g, long part) {
    const sk_hog *p = g->hog;
    long begin = g->rows * part / g->parts, end = g->rows * (part + 1) / g->parts;
    if (begin == end) return;
    long count = sk_hog_scratch_count(p);
    float *own = g->scratch + part * count;
    memset(own, 0, sizeof(float) * (size_t)count);
    struct scratch s = lay_out(p, own, &count);
    fill_tables(p, s.tables);
    long length = p->block * p->cell;
    for (long cell = 0; cell < p->block; cell++)
        memcpy(s.profile + cell * round_up(length), p->profile + cell * length, sizeof(float) * (size_t)length);

    long next = begin * p->cell - 1;  // row of samples to read
    if (next < 0) next = 0;
    for (long band = begin; band < end + p->block - 1; band++) {
        for (long r = 0; r < p->cell; r++) {
            long y = band * p->cell + r;
            for (; next <= y + 1 && next < p->height; next++)
                read_samples(
                    p, s.tables, p->pixels + next * p->width * p->channels, s.plane,
                    s.samples + next % 3 * planes_of(p) * s.plane);
            gradients(p, &s, y, s.places + r * s.width, s.lengths + r * s.width);
        }
        collect(p, &s, band, begin, end);
        long row = band - p->block + 1;
        if (row >= begin)
            finish(p, &s, row, g->columns, g->blocks + row * g->columns * p->block * p->block * p->orientations);
    }
}

static void grid_parts(void *context, long begin, long end) {
    for (long part = begin; part < end; part++) grid_part(context, part);
}

void sk_hog_grid(const sk_hog *p, long parts, float *scratch, float *blocks) {
    struct grid g = {
        p, parts, sk_hog_blocks_along(p->height, p->cell, p->block), sk_hog_blocks_along(p->width, p->cell, p->block),
        scratch, blocks};
    if (g.rows > 0 && g.columns > 0) saccade_threads_for(parts, 1, &g, grid_parts);
}
