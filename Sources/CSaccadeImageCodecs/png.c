#include "SaccadeImageCodecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the callbacks of one libpng call share.
typedef struct {
    const uint8_t *input;
    size_t remaining;
    uint8_t *output;
    size_t count;
    size_t capacity;
    saccade_codec_status status;
    char *message;
} stream;

static void fail(png_structp png, png_const_charp text) {
    stream *s = png_get_error_ptr(png);
    if (s->status == SACCADE_CODEC_OK) s->status = SACCADE_CODEC_CORRUPT;
    snprintf(s->message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t count) {
    stream *s = png_get_io_ptr(png);
    if (count > s->remaining) {
        s->status = SACCADE_CODEC_TRUNCATED;
        png_error(png, "the file ends before the image does");
    }
    memcpy(bytes, s->input, count);
    s->input += count;
    s->remaining -= count;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    stream *s = png_get_io_ptr(png);
    if (s->capacity - s->count < count) {
        size_t capacity = s->capacity * 2 + count + 4096;
        uint8_t *grown = realloc(s->output, capacity);
        if (grown == NULL) {
            s->status = SACCADE_CODEC_OUT_OF_MEMORY;
            png_error(png, "no memory for the encoded image");
        }
        s->output = grown;
        s->capacity = capacity;
    }
    memcpy(s->output + s->count, bytes, count);
    s->count += count;
}

static void flush(png_structp png) { (void)png; }

// The two functions that call setjmp keep what changes afterwards outside their own frames: C leaves the locals of
// such a frame undefined after a jump.
static saccade_codec_status decode(
    stream *s, int width, int height, int channels, int keeps_indices, uint8_t *output) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, fail, ignore);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (info == NULL) {
        snprintf(s->message, SACCADE_CODEC_MESSAGE_SIZE, "no memory for a PNG decoder");
        png_destroy_read_struct(&png, NULL, NULL);
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_read_struct(&png, &info, NULL);
        return s->status;
    }
    png_set_read_fn(png, s, read_bytes);
    png_set_user_limits(png, (png_uint_32)width, (png_uint_32)height);
    // A chunk whose checksum is wrong means a damaged file, wherever the damage is.
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    // Text, profiles and transparency do not change the pixels wanted here; unread, they cost and endanger nothing.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep) "tRNS", 1);
    png_read_info(png, info);
    int type = png_get_color_type(png, info);
    png_set_strip_16(png);  // the high byte, as Pillow does
    if (type == PNG_COLOR_TYPE_PALETTE) {
        if (keeps_indices) {
            png_set_packing(png); // a byte for each, whatever the file has
        } else {
            png_set_palette_to_rgb(png);
        }
    }
    if (type == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
    if (type & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_bytes = (size_t)width * (size_t)channels;
    if (png_get_image_width(png, info) != (png_uint_32)width ||
        png_get_image_height(png, info) != (png_uint_32)height || png_get_rowbytes(png, info) != row_bytes) {
        png_error(png, "the header contradicts itself");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < height; y++) png_read_row(png, output + (size_t)y * row_bytes, NULL);
    }
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return SACCADE_CODEC_OK;
}

// `palette` is NULL, or has `colors` times red, green and blue for the numbers in `pixels`.
static saccade_codec_status encode(
    stream *s, const uint8_t *pixels, int width, int height, int channels, const uint8_t *palette, int colors,
    int level) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, s, fail, ignore);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (info == NULL) {
        snprintf(s->message, SACCADE_CODEC_MESSAGE_SIZE, "no memory for a PNG encoder");
        png_destroy_write_struct(&png, NULL);
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    if (setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_write_struct(&png, &info);
        return s->status;
    }
    png_set_write_fn(png, s, write_bytes, flush);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_compression_level(png, level);
    png_set_IHDR(
        png, info, (png_uint_32)width, (png_uint_32)height, 8,
        palette != NULL ? PNG_COLOR_TYPE_PALETTE : channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (palette != NULL) png_set_PLTE(png, info, (png_const_colorp)palette, colors);
    png_write_info(png, info);
    size_t row_bytes = (size_t)width * (size_t)channels;
    for (int y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * row_bytes);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return SACCADE_CODEC_OK;
}

saccade_codec_status saccade_png_decode(
    const uint8_t *bytes, size_t count, int width, int height, int channels, uint8_t *output, char *message) {
    stream s = {.input = bytes, .remaining = count, .status = SACCADE_CODEC_OK, .message = message};
    return decode(&s, width, height, channels, 0, output);
}

saccade_codec_status saccade_png_decode_indices(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *output, char *message) {
    stream s = {.input = bytes, .remaining = count, .status = SACCADE_CODEC_OK, .message = message};
    return decode(&s, width, height, 1, 1, output);
}

static saccade_codec_status encoded(
    const uint8_t *pixels, int width, int height, int channels, const uint8_t *palette, int colors, int level,
    uint8_t **encoded, size_t *count, char *message) {
    stream s = {.status = SACCADE_CODEC_OK, .message = message};
    saccade_codec_status status = encode(&s, pixels, width, height, channels, palette, colors, level);
    if (status != SACCADE_CODEC_OK) {
        free(s.output);
        s.output = NULL;
        s.count = 0;
    }
    *encoded = s.output;
    *count = s.count;
    return status;
}

saccade_codec_status saccade_png_encode(
    const uint8_t *pixels, int width, int height, int channels, int level, uint8_t **bytes, size_t *count,
    char *message) {
    return encoded(pixels, width, height, channels, NULL, 0, level, bytes, count, message);
}

saccade_codec_status saccade_png_encode_indexed(
    const uint8_t *indices, int width, int height, const uint8_t *palette, int colors, int level, uint8_t **bytes,
    size_t *count, char *message) {
    return encoded(indices, width, height, 1, palette, colors, level, bytes, count, message);
}

void saccade_codec_free(uint8_t *encoded) { free(encoded); }
