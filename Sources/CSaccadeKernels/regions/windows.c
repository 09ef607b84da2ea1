#include "windows.h"

#include "threads.h"

// Products are rounded by themselves, as in torchvision.
#pragma STDC FP_CONTRACT OFF

long region_windows_bytes(const sk_regions *g) {
    return g->regions * ((g->bins[0] + g->bins[1]) * (long)sizeof(window) + (long)sizeof(int));
}

// Coordinates beyond this are as far outside as it can be.
enum { FARTHEST = 1 << 30 };

static long clamped(long value, long low, long high) { return value < low ? low : value > high ? high : value; }

static long pixel(float at) {
    float nearest = roundf(at);
    return nearest < -FARTHEST ? -FARTHEST : nearest > FARTHEST ? FARTHEST : (long)nearest;
}

static void fill_axis(long bins, long length, float from, float to, window *windows) {
    if (!isfinite(from) || !isfinite(to)) {
        memset(windows, 0, sizeof(window) * (size_t)bins);
        return;
    }
    long start = pixel(from), extent = pixel(to) - start + 1;
    float size = (float)(extent < 1 ? 1 : extent) / (float)bins;
    for (long bin = 0; bin < bins; bin++) {
        long begin = (long)floorf((float)bin * size) + start, end = (long)ceilf((float)(bin + 1) * size) + start;
        windows[bin] = (window){(int)clamped(begin, 0, length), (int)clamped(end, 0, length)};
    }
}

struct job {
    const region_windows *w;
    const float *regions;
};

static void fill(void *context, long begin, long end) {
    const struct job *j = context;
    const sk_regions *g = j->w->g;
    for (long region = begin; region < end; region++) {
        const float *r = j->regions + region * 5;
        j->w->images[region] = region_image(g, r);
        fill_axis(g->bins[0], g->height, r[2] * g->scale, r[4] * g->scale, j->w->windows[0] + region * g->bins[0]);
        fill_axis(g->bins[1], g->width, r[1] * g->scale, r[3] * g->scale, j->w->windows[1] + region * g->bins[1]);
    }
}

region_windows region_windows_in(const sk_regions *g, const float *regions, void *scratch) {
    region_windows w = {.g = g};
    w.windows[0] = scratch;
    w.windows[1] = w.windows[0] + g->regions * g->bins[0];
    w.images = (int *)(w.windows[1] + g->regions * g->bins[1]);
    w.rest = (float *)(w.images + g->regions);
    struct job job = {&w, regions};
    saccade_threads_for(g->regions, 256, &job, fill);
    return w;
}
