// JPEG, PNG, WebP, GIF, TIFF and the inner loops over pixels, for Swift.
//
// Codec libraries may report errors by longjmp, which must never cross a Swift frame: every jump starts and ends inside
// this target, and what leaves it is a status and a sentence.
#ifndef SACCADE_IMAGE_CODECS_H
#define SACCADE_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    SACCADE_CODEC_OK = 0,
    // The whole image was produced, yet the decoder complained; the message says of what.
    SACCADE_CODEC_WARNING = 1,
    SACCADE_CODEC_CORRUPT = 2,
    SACCADE_CODEC_TRUNCATED = 3,
    SACCADE_CODEC_OUT_OF_MEMORY = 4,
} saccade_codec_status;

enum { SACCADE_CODEC_MESSAGE_SIZE = 256 };

// Decodes `count` bytes of JPEG into `output`, rows without gaps.
//
// `width` and `height` are what the caller read in the frame header; `denominator` is 1, 2, 4 or 8 and divides both,
// rounding up. `channels` is 1 (grey), 3 (RGB) or 4 (CMYK as stored in the file).
saccade_codec_status saccade_jpeg_decode(
    const uint8_t *bytes, size_t count, int width, int height, int denominator, int channels, uint8_t *output,
    char *message);

// Encodes rows of 1 (grey) or 3 (RGB) channels. `*encoded` is to be given to saccade_codec_free.
saccade_codec_status saccade_jpeg_encode(
    const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **encoded, size_t *count,
    char *message);

// Decodes `count` bytes of PNG into `output` as 8-bit rows of 1 (grey) or 3 (RGB) channels, without transparency.
saccade_codec_status saccade_png_decode(
    const uint8_t *bytes, size_t count, int width, int height, int channels, uint8_t *output, char *message);

// Encodes rows of 1 (grey) or 3 (RGB) channels. `level` is zlib's, 0...9. `*encoded` as above.
saccade_codec_status saccade_png_encode(
    const uint8_t *pixels, int width, int height, int channels, int level, uint8_t **encoded, size_t *count,
    char *message);

// Decodes the palette indices of a PNG that has a palette into `output`, a byte for each pixel.
saccade_codec_status saccade_png_decode_indices(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *output, char *message);

// Encodes palette indices, a byte for each pixel; `palette` has `colors` times red, green and blue, 1...256, and every
// index is below `colors`. `level` and `*encoded` as above.
saccade_codec_status saccade_png_encode_indexed(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colors, int level, uint8_t **encoded,
    size_t *count, char *message);

// Decodes the first frame of `count` bytes of WebP into the RGB rows of its canvas, which is `width` by `height` pixels
// and holds zeros before. Transparency is dropped.
saccade_codec_status saccade_webp_decode(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *output, char *message);

// Encodes RGB rows. `quality` is 0...100: for a lossless image it is the effort. `*encoded` as above.
saccade_codec_status saccade_webp_encode(
    const uint8_t *rgb, int width, int height, int lossless, int quality, uint8_t **encoded, size_t *count,
    char *message);

// Where the first frame of a GIF lies on its canvas.
typedef struct {
    int left;
    int top;
    int width;
    int height;
} saccade_gif_frame;

// Decodes the first frame of `count` bytes of GIF to its place among the palette indices of a canvas `canvas_width`
// pixels wide. `expected` is what the caller read in the frame's descriptor; it lies on the canvas.
saccade_codec_status saccade_gif_decode(
    const uint8_t *bytes, size_t count, saccade_gif_frame expected, int canvas_width, uint8_t *indices,
    char *message);

// Encodes a film that begins again for ever, of `frames` times `height` rows of `width` palette indices; both sides are
// below 65536. `palette` has `colors` times red, green and blue, 1...256, and every index is below `colors`. `delays` are
// hundredths of a second. The encoder uses the indices up. `*encoded` as above.
saccade_codec_status saccade_gif_encode(
    uint8_t *indices, int frames, int width, int height, const uint8_t *palette, int colors, const int *delays,
    uint8_t **encoded, size_t *count, char *message);

// A TIFF file: bytes in memory or, where there are none, a descriptor that can be read at any place.
typedef struct {
    const uint8_t *bytes;
    int descriptor;
    uint64_t size;
} saccade_tiff_input;

// What the caller read in the directory of a page, and what it wants of it.
typedef struct {
    uint64_t directory;  // where in the file
    int width;
    int height;
    int bits;          // of a sample
    int samples;       // of a pixel, as stored
    int channels;      // of a pixel, as wanted: the first of its samples
    int is_planar;     // whether each channel is stored by itself
    int is_converted;  // whether libtiff is to make 8-bit RGB of it, where only libtiff knows how
} saccade_tiff_page;

// Decodes a page into `output`, which has room for `count` bytes, as rows of `channels` samples for each pixel: as
// stored, in the machine's order of bytes and in the least number of whole bytes, neither scaled nor turned.
saccade_codec_status saccade_tiff_decode(
    const saccade_tiff_input *input, const saccade_tiff_page *page, uint8_t *output, size_t count, char *message);

void saccade_codec_free(uint8_t *encoded);

// Turns `pixels` CMYK pixels, inverted as Adobe stores them, into RGB.
void saccade_cmyk_to_rgb(const uint8_t *cmyk, size_t pixels, uint8_t *rgb);

// Turns RGB into grey: (19595 R + 38470 G + 7471 B + 32768) / 65536.
void saccade_rgb_to_grey(const uint8_t *rgb, size_t pixels, uint8_t *grey);

// Copies input pixel `start + x * step_x + y * step_y` to column x and row y, for 1 or 3 channels.
void saccade_rearrange(
    const uint8_t *input, ptrdiff_t start, ptrdiff_t step_x, ptrdiff_t step_y, int width, int height, int channels,
    uint8_t *output);

// Weights of the resampling loops are fixed-point numbers with this many fractional bits: 32 bits less 8 of the pixel
// less 2 of headroom, as in Pillow.
enum { SACCADE_RESAMPLE_BITS = 22 };

// Which input positions one output position is made of, and where its weights begin.
typedef struct {
    int32_t start;
    int32_t count;
} saccade_resample_span;

// Resamples every one of `rows` rows from `input_width` to `output_width` pixels.
// Output pixel i uses `weights[i * taps ..< i * taps + spans[i].count]`.
void saccade_resample_along_rows(
    const uint8_t *input, int input_width, int rows, int channels, const saccade_resample_span *spans,
    const int32_t *weights, int taps, int output_width, uint8_t *output);

// Resamples columns: row i of the output, `row_bytes` long, is the weighted sum of input rows.
void saccade_resample_along_columns(
    const uint8_t *input, int row_bytes, const saccade_resample_span *spans, const int32_t *weights, int taps,
    int output_height, uint8_t *output);

#ifdef __cplusplus
}
#endif

#endif
