#include "taps.h"

#include "../clones.h"
#include "threads.h"

// Where a sample falls decides whether it counts: products and sums are rounded one by one, as in torchvision.
#pragma STDC FP_CONTRACT OFF

// Samples of a bin along an axis where as many are taken as it has pixels. What is larger than this many is no region
// of an image, and up to here a float counts them in halves.
enum { MOST_SAMPLES = 1 << 23 };

// Taps that a region can have along an axis. Each sample has two; and of those of one bin each place has one. Where
// there is a sample for each pixel, neighbouring bins have a few places in common.
static long capacity(const sk_regions *g, int axis) {
    long length = axis == 0 ? g->height : g->width, bins = g->bins[axis];
    if (g->samples == 0) return length + 6 * bins;
    long most = 2 * g->samples < length + 2 ? 2 * g->samples : length + 2;
    return bins * most;
}

static long bytes_per_region(const sk_regions *g) {
    long bytes = sizeof(int);
    for (int axis = 0; axis < 2; axis++)
        bytes += capacity(g, axis) * (long)sizeof(tap) + (g->bins[axis] + 3) * (long)sizeof(int);
    return bytes;
}

long region_taps_capacity(const sk_regions *g) {
    long fitting = (4L << 20) / bytes_per_region(g), least = 16;
    long count = fitting > least ? fitting : least;
    return count < g->regions ? count : g->regions;
}

long region_taps_bytes(const sk_regions *g) { return region_taps_capacity(g) * bytes_per_region(g); }

region_taps region_taps_in(const sk_regions *g, const float *regions, void *scratch) {
    region_taps t = {.g = g, .regions = regions};
    long count = region_taps_capacity(g);
    tap *taps = scratch;
    for (int axis = 0; axis < 2; axis++) {
        t.axes[axis] = (tap_axis){g->bins[axis], axis == 0 ? g->height : g->width, capacity(g, axis), taps, 0, 0};
        taps += count * t.axes[axis].capacity;
    }
    t.images = (int *)taps;
    int *next = t.images + count;
    for (int axis = 0; axis < 2; axis++) {
        t.axes[axis].offsets = next;
        next += count * (t.axes[axis].bins + 1);
        t.axes[axis].reach = next;
        next += count * 2;
    }
    t.rest = (float *)next;
    return t;
}

// Adds to the weight of a place. Samples go one way, so that a place which is there already is one of the last three.
static int add(const tap_axis *axis, tap *taps, int begin, int count, int place, float weight) {
    for (int i = count - 1; i >= begin && i >= count - 3; i--)
        if (taps[i].place == place) {
            taps[i].weight += weight;
            return count;
        }
    if (weight == 0 || count >= axis->capacity) return count;
    taps[count] = (tap){place, weight};
    return count + 1;
}

// Where a sample is, by torchvision's arithmetic.
static float sample_at(float start, long bin, float size, long sample, long samples) {
    return start + (float)bin * size + ((float)sample + 0.5f) * size / (float)samples;
}

// The first sample of a bin that is not before the map, where samples go upwards.
static long first_sample(float start, long bin, float size, long samples) {
    long low = 0, high = samples;
    while (low < high) {
        long middle = low + (high - low) / 2;
        if (sample_at(start, bin, size, middle, samples) < -1)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void fill_axis(const sk_regions *g, const tap_axis *axis, long region, float start, float end) {
    tap *taps = axis->taps + region * axis->capacity;
    int *offsets = axis->offsets + region * (axis->bins + 1), *reach = axis->reach + 2 * region;
    const int last = (int)axis->length - 1;
    float extent = end - start;
    if (!g->is_aligned && extent < 1) extent = 1;
    int is_valid = isfinite(start) && isfinite(end) && isfinite(extent);
    float size = is_valid ? extent / (float)axis->bins : 0;
    long samples = g->samples;
    if (samples == 0) samples = size <= 0 ? 0 : size < MOST_SAMPLES ? (long)ceilf(size) : MOST_SAMPLES;
    if (!is_valid) samples = 0;
    int goes_up = g->samples == 0;

    int count = 0;
    reach[0] = last + 1, reach[1] = 0;
    for (long bin = 0; bin < axis->bins; bin++) {
        int begin = offsets[bin] = count;
        for (long sample = goes_up ? first_sample(start, bin, size, samples) : 0; sample < samples; sample++) {
            float at = sample_at(start, bin, size, sample, samples);
            if (goes_up && at > (float)axis->length) break;
            if (!(at >= -1 && at <= (float)axis->length)) continue;
            if (at < 0) at = 0;
            int low = (int)at < last ? (int)at : last;
            float upper = low < last ? at - (float)low : 0, share = 1 / (float)samples;
            count = add(axis, taps, begin, count, low, (1 - upper) * share);
            if (low < last) count = add(axis, taps, begin, count, low + 1, upper * share);
        }
        for (int i = begin; i < count; i++) {
            if (taps[i].place < reach[0]) reach[0] = taps[i].place;
            if (taps[i].place >= reach[1]) reach[1] = taps[i].place + 1;
        }
    }
    offsets[axis->bins] = count;
}

static void fill(void *context, long begin, long end) {
    const region_taps *t = context;
    const float offset = t->g->is_aligned ? 0.5f : 0, scale = t->g->scale;
    for (long region = begin; region < end; region++) {
        const float *r = t->regions + (t->first + region) * 5;
        t->images[region] = region_image(t->g, r);
        fill_axis(t->g, &t->axes[0], region, r[2] * scale - offset, r[4] * scale - offset);
        fill_axis(t->g, &t->axes[1], region, r[1] * scale - offset, r[3] * scale - offset);
    }
}

int region_taps_next(region_taps *t) {
    t->first += t->count;
    long left = t->g->regions - t->first, most = region_taps_capacity(t->g);
    t->count = left < most ? left : most;
    if (t->count <= 0) return 0;
    saccade_threads_for(t->count, 64, t, fill);
    return 1;
}
