#include "SaccadeImageCodecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static void explain(char *message, const char *text) {
    snprintf(message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text);
}

saccade_codec_status saccade_jpeg_decode(
    const uint8_t *bytes, size_t count, int width, int height, int denominator, int channels, uint8_t *output,
    char *message) {
    tjhandle decoder = tjInitDecompress();
    if (decoder == NULL) {
        explain(message, "no memory for a JPEG decoder");
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    // The library's own reading of the size must agree with the buffer that was made for it. The call may fail on
    // odd chroma sampling after it has stored the size, which is all that is wanted of it.
    int library_width = 0, library_height = 0, subsampling = 0, colorspace = 0;
    int header = tjDecompressHeader3(
        decoder, bytes, count, &library_width, &library_height, &subsampling, &colorspace);
    if (library_width != width || library_height != height) {
        explain(message, header != 0 ? tjGetErrorStr2(decoder) : "the frame header cannot be read");
        tjDestroy(decoder);
        return SACCADE_CODEC_CORRUPT;
    }
    int pixel_format = channels == 1 ? TJPF_GRAY : channels == 3 ? TJPF_RGB : TJPF_CMYK;
    int scaled_width = (width + denominator - 1) / denominator;
    int scaled_height = (height + denominator - 1) / denominator;
    // TJFLAG_LIMITSCANS: a small progressive file may otherwise ask for hours of work.
    int result = tjDecompress2(
        decoder, bytes, count, output, scaled_width, scaled_width * channels, scaled_height, pixel_format,
        TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
    saccade_codec_status status = SACCADE_CODEC_OK;
    if (result != 0) {
        explain(message, tjGetErrorStr2(decoder));
        status = tjGetErrorCode(decoder) == TJERR_WARNING ? SACCADE_CODEC_WARNING : SACCADE_CODEC_CORRUPT;
    }
    tjDestroy(decoder);
    return status;
}

saccade_codec_status saccade_jpeg_encode(
    const uint8_t *pixels, int width, int height, int channels, int quality, uint8_t **encoded, size_t *count,
    char *message) {
    *encoded = NULL;
    *count = 0;
    tjhandle encoder = tjInitCompress();
    if (encoder == NULL) {
        explain(message, "no memory for a JPEG encoder");
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    unsigned char *buffer = NULL;
    unsigned long size = 0;
    int result = tjCompress2(
        encoder, pixels, width, width * channels, height, channels == 1 ? TJPF_GRAY : TJPF_RGB, &buffer, &size,
        channels == 1 ? TJSAMP_GRAY : TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
    if (result != 0) {
        explain(message, tjGetErrorStr2(encoder));
        tjFree(buffer);
        tjDestroy(encoder);
        return SACCADE_CODEC_CORRUPT;
    }
    tjDestroy(encoder);
    // Copied so that the caller frees the results of both encoders alike.
    *encoded = malloc(size);
    if (*encoded == NULL) {
        explain(message, "no memory for the encoded image");
        tjFree(buffer);
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    memcpy(*encoded, buffer, size);
    *count = size;
    tjFree(buffer);
    return SACCADE_CODEC_OK;
}

static inline uint8_t scaled(int value, int by) {
    int product = value * by + 128;
    return (uint8_t)(((product >> 8) + product) >> 8);
}

void saccade_cmyk_to_rgb(const uint8_t *cmyk, size_t pixels, uint8_t *rgb) {
    for (size_t i = 0; i < pixels; i++) {
        int light = cmyk[4 * i + 3];  // 255 - K, for the stored values are inverted
        for (int c = 0; c < 3; c++) rgb[3 * i + c] = (uint8_t)(light - scaled(255 - cmyk[4 * i + c], light));
    }
}
