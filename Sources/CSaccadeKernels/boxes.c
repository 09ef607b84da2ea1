#include "boxes.h"

#include <math.h>
#include <string.h>

#include "clones.h"

// Every step is rounded by itself: which box goes can hang on the last bit.
#pragma STDC FP_CONTRACT OFF

static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float larger(float a, float b) { return a > b ? a : b; }

// Whether a box can have something in common with another. An area beyond the range of float makes every share 0.
static inline int is_solid(float width, float height, float area) {
    return width > 0 && height > 0 && area > 0 && area < INFINITY;
}

SK_CLONES void sk_box_iou(long count, sk_boxes boxes, float x1, float y1, float x2, float y2, float *iou) {
    float own = (x2 - x1) * (y2 - y1);
    if (!is_solid(x2 - x1, y2 - y1, own)) {
        for (long i = 0; i < count; i++) iou[i] = 0;
        return;
    }
    for (long i = 0; i < count; i++) {
        // What is no number passes neither comparison below.
        float width = smaller(x2, boxes.x2[i]) - larger(x1, boxes.x1[i]);
        float height = smaller(y2, boxes.y2[i]) - larger(y1, boxes.y1[i]);
        float across = boxes.x2[i] - boxes.x1[i], down = boxes.y2[i] - boxes.y1[i];
        float area = across * down, common = width * height;
        float either = own + area;
        either -= common;
        float share = common / either;
        int counts = (width > 0) & (height > 0) & (across > 0) & (down > 0) & (area < INFINITY) & (either > 0);
        iou[i] = counts ? share : 0;
    }
}

// Suppression. A box that stays is put into a strip of the image by its left edge, in groups of LANES that are looked
// through side by side. Boxes whose IoU is above t have left edges near each other: what they have in common is at least
// t of the width of each, so that for a box of width w the other's left edge lies within (1 − t) w to the right and
// (1 − t) w / t to the left. Only strips there are looked at.

enum { LANES = 16, STRIPS = 64 };

// Edges and areas of LANES boxes.
typedef struct {
    float x1[LANES], y1[LANES], x2[LANES], y2[LANES], area[LANES];
} group;

typedef struct {
    int first;  // its first group
    int count;  // boxes in it
} strip;

// Few enough that most hold whole groups: 25 for 10 000 boxes, 8 for 1 000.
static long strip_count(long count) {
    long strips = 1;
    while (strips < STRIPS && 16 * strips * strips < count) strips++;
    return strips;
}

long sk_nms_scratch(long count) {
    // No strip wastes more than a group.
    long groups = count / LANES + strip_count(count);
    return groups * (long)(sizeof(group) / sizeof(float));
}

// Whether the IoU with any box of a group is above the threshold, which is a float.
__attribute__((always_inline)) static inline int is_covered(
    const group *g, float x1, float y1, float x2, float y2, float area, float threshold) {
    int candidates = 0;
    for (int lane = 0; lane < LANES; lane++) {
        float width = smaller(x2, g->x2[lane]) - larger(x1, g->x1[lane]);
        float height = smaller(y2, g->y2[lane]) - larger(y1, g->y1[lane]);
        float common = width * height;
        float either = area + g->area[lane];
        either -= common;
        // A product is faster than a share and finds all that matter: a share is above a float only if the quotient is,
        // and then what is common is no smaller than the product, however that is rounded.
        candidates |= (width > 0) & (height > 0) & (common >= threshold * either);
    }
    if (!candidates) return 0;
    int covers = 0;
    for (int lane = 0; lane < LANES; lane++) {
        float width = smaller(x2, g->x2[lane]) - larger(x1, g->x1[lane]);
        float height = smaller(y2, g->y2[lane]) - larger(y1, g->y1[lane]);
        float common = width * height;
        float either = area + g->area[lane];
        either -= common;
        covers |= (width > 0) & (height > 0) & (common / either > threshold);
    }
    return covers;
}

SK_CLONES static long sweep(
    long count, sk_boxes boxes, float threshold, long most, double left, double scale, long last, int is_coarse,
    strip *strips, group *groups, int *kept) {
    // A little less than the threshold, for widths and areas are rounded.
    double least = threshold * (1 - 0x1p-18);
    double before = is_coarse ? INFINITY : (1 - least) / least, after = is_coarse ? INFINITY : 1 - least;
    long stay = 0;
    for (long i = 0; i < count && stay < most; i++) {
        float x1 = boxes.x1[i], y1 = boxes.y1[i], x2 = boxes.x2[i], y2 = boxes.y2[i];
        float width = x2 - x1, height = y2 - y1, area = width * height;
        if (!is_solid(width, height, area)) {
            kept[stay++] = (int)i;
            continue;
        }
        double from = (x1 - before * width - left) * scale, to = (x1 + after * width - left) * scale;
        long begin = from > 0 ? (long)from : 0, end = to < last ? (long)to : last;
        int covered = 0;
        for (long s = begin; s <= end && !covered; s++) {
            const group *g = groups + strips[s].first;
            for (int done = 0; done < strips[s].count && !covered; done += LANES, g++)
                covered = is_covered(g, x1, y1, x2, y2, area, threshold);
        }
        if (covered) continue;
        kept[stay++] = (int)i;
        strip *own = &strips[(long)((x1 - left) * scale)];
        group *g = groups + own->first + own->count / LANES;
        int lane = own->count++ % LANES;
        // Lanes that are still free have no width.
        if (lane == 0) memset(g, 0, sizeof *g);
        g->x1[lane] = x1, g->y1[lane] = y1, g->x2[lane] = x2, g->y2[lane] = y2, g->area[lane] = area;
    }
    return stay;
}

long sk_nms(long count, sk_boxes boxes, double threshold, long most, float *scratch, int *kept) {
    float left = INFINITY, right = -INFINITY;
    int is_coarse = 0;
    for (long i = 0; i < count; i++) {
        float width = boxes.x2[i] - boxes.x1[i], height = boxes.y2[i] - boxes.y1[i];
        if (!is_solid(width, height, width * height)) continue;
        left = smaller(left, boxes.x1[i]);
        right = larger(right, boxes.x1[i]);
        // Products this small are rounded too roughly for what is said of left edges above.
        if (width * height < 0x1p-100f) is_coarse = 1;
    }
    strip strips[STRIPS] = {{0, 0}};
    long last = strip_count(count) - 1;
    double scale = right > left ? last / ((double)right - left) : 0;
    for (long i = 0; i < count; i++) {
        float width = boxes.x2[i] - boxes.x1[i], height = boxes.y2[i] - boxes.y1[i];
        if (is_solid(width, height, width * height)) strips[(long)(((double)boxes.x1[i] - left) * scale)].count++;
    }
    int first = 0;
    for (long s = 0; s <= last; s++) {
        int groups = (strips[s].count + LANES - 1) / LANES;
        strips[s] = (strip){first, 0};
        first += groups;
    }
    // A share, which is a float, is above the threshold when it is above the largest float that is not.
    float limit = (float)threshold;
    if (limit > threshold) limit = nextafterf(limit, -1);
    return sweep(count, boxes, limit, most, left, scale, last, is_coarse, strips, (group *)scratch, kept);
}
