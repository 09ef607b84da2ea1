// RoIAlign and RoI max pooling: the same number of bins for every region of interest.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Maps, and the regions of them. A region is five floats: the number of its image, left, top, right, bottom. Nothing of
// them is believed: of an image that is not there, or with coordinates that are not finite, all bins are zero.
typedef struct {
    long images, channels, height, width;  // of the maps; at least 1
    long block;                            // channels that lie together, as in sk_blocks; 1 where maps are row-major
    long regions;
    long bins[2];                          // rows and columns of them
    float scale;                           // from the coordinates of regions to those of maps
    long samples;                          // RoIAlign: of a bin along each axis; 0: as many as its pixels, rounded up
    int is_aligned;                        // RoIAlign: whether 0 is the edge of the first pixel; else it is its centre
} sk_regions;

// Bytes of scratch memory that RoIAlign and its gradient need.
long sk_roi_align_scratch(const sk_regions *);

// `y` has the bins of all regions, and lies as the maps do.
void sk_roi_align_forward(const sk_regions *, const float *x, const float *regions, float *y, void *scratch);

// `dx` lies as `dy` does. Each of its channels collects its sums in the order of the regions.
void sk_roi_align_gradient(const sk_regions *, const float *regions, const float *dy, float *dx, void *scratch);

// The same for RoI pooling.
long sk_roi_pool_scratch(const sk_regions *);

// `places`, unless null, receives the place in its plane of each largest element, of equals the first; -1 in bins that
// have none. For these row-major maps are slow.
void sk_roi_pool_forward(
    const sk_regions *, const float *x, const float *regions, float *y, float *places, void *scratch);

void sk_roi_pool_gradient(
    const sk_regions *, const float *regions, const float *places, const float *dy, float *dx);

#ifdef __cplusplus
}
#endif
