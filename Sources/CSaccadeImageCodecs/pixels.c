#include "SaccadeImageCodecs.h"

// Turning an image reads columns and writes rows; within a block of this many pixels square both stay in cache.
enum { BLOCK = 32 };

static inline int least(int a, int b) { return a < b ? a : b; }

static inline __attribute__((always_inline)) void rearrange(
    const uint8_t *input, ptrdiff_t start, ptrdiff_t step_x, ptrdiff_t step_y, int width, int height, int channels,
    uint8_t *output) {
    for (int top = 0; top < height; top += BLOCK) {
        for (int left = 0; left < width; left += BLOCK) {
            for (int y = top; y < least(top + BLOCK, height); y++) {
                const uint8_t *from = input + (start + y * step_y + left * step_x) * channels;
                uint8_t *to = output + ((ptrdiff_t)y * width + left) * channels;
                for (int x = left; x < least(left + BLOCK, width); x++) {
                    for (int c = 0; c < channels; c++) to[c] = from[c];
                    from += step_x * channels;
                    to += channels;
                }
            }
        }
    }
}

void saccade_rearrange(
    const uint8_t *input, ptrdiff_t start, ptrdiff_t step_x, ptrdiff_t step_y, int width, int height, int channels,
    uint8_t *output) {
    if (channels == 3) {
        rearrange(input, start, step_x, step_y, width, height, 3, output);
    } else {
        rearrange(input, start, step_x, step_y, width, height, 1, output);
    }
}

void saccade_rgb_to_grey(const uint8_t *rgb, size_t pixels, uint8_t *grey) {
    for (size_t i = 0; i < pixels; i++) {
        grey[i] = (uint8_t)((rgb[3 * i] * 19595u + rgb[3 * i + 1] * 38470u + rgb[3 * i + 2] * 7471u + 0x8000u) >> 16);
    }
}
