// Boxes against boxes.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Edges of boxes, each kind in an array of its own.
typedef struct {
    const float *x1, *y1, *x2, *y2;
} sk_boxes;

// iou[i] = what box i and a box have in common, as a share of what they cover together: 0 where either has no area, an
// edge that is no number, or an area beyond the range of float.
void sk_box_iou(long count, sk_boxes boxes, float x1, float y1, float x2, float y2, float *iou);

// How many floats `sk_nms` needs for itself.
long sk_nms_scratch(long count);

// Greedy non-maximum suppression of boxes that come in falling order of their scores: one stays unless its IoU with one
// that has stayed is above the threshold, which is in 0...1. Writes the places of the first `most` that stay, and returns
// how many.
//
// The IoU is rounded as float after each step, as by torchvision.
long sk_nms(long count, sk_boxes boxes, double threshold, long most, float *scratch, int *kept);

#ifdef __cplusplus
}
#endif
