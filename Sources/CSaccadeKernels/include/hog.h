// Histograms of oriented gradients, and linear templates that are laid over them everywhere.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    long height, width, channels;
    const unsigned char *pixels;       // [height, width, channels]
    long orientations, cell, block;    // bins of half a turn; pixels along a cell; cells along a block
    int is_luminance;                  // 1: gradients of the grey image; 0: of the channel where they are longest
    int takes_roots;                   // of samples, which go from 0 to 255
    int splits_votes;                  // 1: between the two nearest bins; 0: all for one
    const float *profile;              // [block, block · cell]: how much a pixel of a block counts for a cell, each way
    int adds_to_squares;               // whether the numbers below are added to the norm, or squared, to its square
    float first, limit, second;        // added to the norm, bound of an element after that, added to the norm again
} sk_hog;

// How many blocks there are, down or across.
static inline long sk_hog_blocks_along(long pixels, long cell, long block) {
    long cells = pixels / cell;
    return cells < block ? 0 : cells - block + 1;
}

// Floats that each of the `parts` needs for itself.
long sk_hog_scratch_count(const sk_hog *p);

// Blocks [rows, columns, block, block, orientations], neighbours one cell apart.
void sk_hog_grid(const sk_hog *p, long parts, float *scratch, float *blocks);

// scores[r][c] = bias + Σ weights[i][j] · grid[r + i][c + j], for each place where `weights` [height, width · length] lie
// on the grid [rows, columns · length].
void sk_template_scores(
    long rows, long columns, long length, const float *grid, long height, long width, const float *weights, float bias,
    float *scores);

#ifdef __cplusplus
}
#endif
