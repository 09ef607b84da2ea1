#include "SaccadeImageCodecs.h"

#include <string.h>

// The same loop compiled for several instruction sets, chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define SACCADE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif
#ifndef SACCADE_CLONES
#define SACCADE_CLONES
#endif

enum { HALF = 1 << (SACCADE_RESAMPLE_BITS - 1) };

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef int32_t ints4 __attribute__((vector_size(16)));

static inline uint8_t narrowed(int32_t sum) {
    sum >>= SACCADE_RESAMPLE_BITS;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

static inline ints4 widened(const uint8_t *at) {
    bytes4 four;
    memcpy(&four, at, sizeof four);
    return __builtin_convertvector(four, ints4);
}

static inline void store3(ints4 sum, uint8_t *at) {
    at[0] = narrowed(sum[0]);
    at[1] = narrowed(sum[1]);
    at[2] = narrowed(sum[2]);
}

// Four rows at once, so that each weight is loaded once and the additions do not wait for one another. A pixel is read
// as four bytes, one more than it has: never call it for the last row of an image.
SACCADE_CLONES
static void rgb_four_rows(
    const uint8_t *input, size_t input_stride, const saccade_resample_span *spans, const int32_t *weights, int taps,
    int output_width, uint8_t *output) {
    size_t output_stride = (size_t)output_width * 3;
    for (int x = 0; x < output_width; x++) {
        const uint8_t *a = input + (size_t)spans[x].start * 3;
        const uint8_t *b = a + input_stride, *c = b + input_stride, *d = c + input_stride;
        const int32_t *w = weights + (size_t)x * (size_t)taps;
        ints4 sa = {HALF, HALF, HALF, HALF}, sb = sa, sc = sa, sd = sa;
        for (int k = 0; k < spans[x].count; k++) {
            sa += widened(a + 3 * k) * w[k];
            sb += widened(b + 3 * k) * w[k];
            sc += widened(c + 3 * k) * w[k];
            sd += widened(d + 3 * k) * w[k];
        }
        uint8_t *o = output + (size_t)x * 3;
        store3(sa, o);
        store3(sb, o + output_stride);
        store3(sc, o + 2 * output_stride);
        store3(sd, o + 3 * output_stride);
    }
}

SACCADE_CLONES
static void one_row(
    const uint8_t *input, int channels, const saccade_resample_span *spans, const int32_t *weights, int taps,
    int output_width, uint8_t *output) {
    for (int x = 0; x < output_width; x++) {
        const uint8_t *pixel = input + (size_t)spans[x].start * (size_t)channels;
        const int32_t *w = weights + (size_t)x * (size_t)taps;
        for (int c = 0; c < channels; c++) {
            int32_t sum = HALF;
            for (int k = 0; k < spans[x].count; k++) sum += pixel[k * channels + c] * w[k];
            output[(size_t)x * (size_t)channels + (size_t)c] = narrowed(sum);
        }
    }
}

void saccade_resample_along_rows(
    const uint8_t *input, int input_width, int rows, int channels, const saccade_resample_span *spans,
    const int32_t *weights, int taps, int output_width, uint8_t *output) {
    size_t input_stride = (size_t)input_width * (size_t)channels;
    size_t output_stride = (size_t)output_width * (size_t)channels;
    int y = 0;
    if (channels == 3) {
        for (; y + 4 < rows; y += 4) {
            rgb_four_rows(
                input + (size_t)y * input_stride, input_stride, spans, weights, taps, output_width,
                output + (size_t)y * output_stride);
        }
    }
    for (; y < rows; y++) {
        one_row(
            input + (size_t)y * input_stride, channels, spans, weights, taps, output_width,
            output + (size_t)y * output_stride);
    }
}

enum { LANES = 64 };

SACCADE_CLONES
static void one_output_row(
    const uint8_t *input, size_t row_bytes, const int32_t *w, int count, uint8_t *output) {
    size_t x = 0;
    for (; x + LANES <= row_bytes; x += LANES) {
        int32_t sum[LANES];
        for (int i = 0; i < LANES; i++) sum[i] = HALF;
        for (int k = 0; k < count; k++) {
            const uint8_t *row = input + (size_t)k * row_bytes + x;
            int32_t weight = w[k];
            for (int i = 0; i < LANES; i++) sum[i] += row[i] * weight;
        }
        for (int i = 0; i < LANES; i++) output[x + (size_t)i] = narrowed(sum[i]);
    }
    for (; x < row_bytes; x++) {
        int32_t sum = HALF;
        for (int k = 0; k < count; k++) sum += input[(size_t)k * row_bytes + x] * w[k];
        output[x] = narrowed(sum);
    }
}

void saccade_resample_along_columns(
    const uint8_t *input, int row_bytes, const saccade_resample_span *spans, const int32_t *weights, int taps,
    int output_height, uint8_t *output) {
    for (int y = 0; y < output_height; y++) {
        one_output_row(
            input + (size_t)spans[y].start * (size_t)row_bytes, (size_t)row_bytes,
            weights + (size_t)y * (size_t)taps, spans[y].count, output + (size_t)y * (size_t)row_bytes);
    }
}
