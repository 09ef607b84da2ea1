#include "SaccadeImageCodecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

static saccade_codec_status fail(char *message, saccade_codec_status status, const char *text) {
    snprintf(message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text);
    return status;
}

static saccade_codec_status explain_decoding(VP8StatusCode code, char *message) {
    switch (code) {
        case VP8_STATUS_OK: return SACCADE_CODEC_OK;
        case VP8_STATUS_OUT_OF_MEMORY:
            return fail(message, SACCADE_CODEC_OUT_OF_MEMORY, "no memory for a WebP decoder");
        case VP8_STATUS_SUSPENDED:
        case VP8_STATUS_NOT_ENOUGH_DATA:
            return fail(message, SACCADE_CODEC_TRUNCATED, "the coded data end before the picture does");
        case VP8_STATUS_UNSUPPORTED_FEATURE:
            return fail(message, SACCADE_CODEC_CORRUPT, "the coded data ask for what WebP does not have");
        default: return fail(message, SACCADE_CODEC_CORRUPT, "the coded data contradict themselves");
    }
}

// Decodes one frame to its place on the canvas.
static saccade_codec_status decode_frame(
    const WebPIterator *frame, int width, int height, uint8_t *output, char *message) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) {
        return fail(message, SACCADE_CODEC_CORRUPT, "the WebP library is of another version than its header");
    }
    VP8StatusCode code = WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &config.input);
    if (code != VP8_STATUS_OK) return explain_decoding(code, message);
    if (config.input.width != frame->width || config.input.height != frame->height || frame->x_offset < 0 ||
        frame->y_offset < 0 || frame->width > width - frame->x_offset || frame->height > height - frame->y_offset) {
        return fail(message, SACCADE_CODEC_CORRUPT, "a frame does not lie on its canvas");
    }
    size_t stride = (size_t)width * 3;
    size_t start = (size_t)frame->y_offset * stride + (size_t)frame->x_offset * 3;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = output + start;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = (size_t)height * stride - start;
    code = WebPDecode(frame->fragment.bytes, frame->fragment.size, &config);
    WebPFreeDecBuffer(&config.output);
    return explain_decoding(code, message);
}

saccade_codec_status saccade_webp_decode(
    const uint8_t *bytes, size_t count, int width, int height, uint8_t *output, char *message) {
    WebPData data = {bytes, count};
    WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
    WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
    if (demuxer == NULL || state != WEBP_DEMUX_DONE) {
        WebPDemuxDelete(demuxer);
        return state == WEBP_DEMUX_PARSE_ERROR
            ? fail(message, SACCADE_CODEC_CORRUPT, "its chunks contradict one another")
            : fail(message, SACCADE_CODEC_TRUNCATED, "the file ends before the picture does");
    }
    saccade_codec_status status;
    WebPIterator frame;
    if (WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH) != (uint32_t)width ||
        WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT) != (uint32_t)height) {
        status = fail(message, SACCADE_CODEC_CORRUPT, "the header contradicts itself");
    } else if (!WebPDemuxGetFrame(demuxer, 1, &frame)) {
        status = fail(message, SACCADE_CODEC_CORRUPT, "there is no frame in it");
    } else {
        status = decode_frame(&frame, width, height, output, message);
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return status;
}

saccade_codec_status saccade_webp_encode(
    const uint8_t *rgb, int width, int height, int lossless, int quality, uint8_t **encoded, size_t *count,
    char *message) {
    *encoded = NULL;
    *count = 0;
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
        return fail(message, SACCADE_CODEC_CORRUPT, "the WebP library is of another version than its header");
    }
    // The same effort as Pillow and cwebp by default.
    config.lossless = lossless;
    config.quality = (float)quality;
    config.method = 4;
    picture.use_argb = lossless;
    picture.width = width;
    picture.height = height;
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION) {
        return fail(message, SACCADE_CODEC_CORRUPT, "WebP allows no side above 16383 pixels");
    }
    int done = WebPPictureImportRGB(&picture, rgb, width * 3) && WebPEncode(&config, &picture);
    WebPEncodingError error = picture.error_code;
    WebPPictureFree(&picture);
    saccade_codec_status status = SACCADE_CODEC_OK;
    if (!done) {
        status = error == VP8_ENC_ERROR_PARTITION0_OVERFLOW || error == VP8_ENC_ERROR_PARTITION_OVERFLOW
            ? fail(message, SACCADE_CODEC_CORRUPT, "the picture has too much detail for this quality")
            : fail(message, SACCADE_CODEC_OUT_OF_MEMORY, "no memory for a WebP encoder");
    } else if ((*encoded = malloc(writer.size)) == NULL) {
        status = fail(message, SACCADE_CODEC_OUT_OF_MEMORY, "no memory for the encoded picture");
    } else {
        // Copied so that the caller frees the results of all encoders alike.
        memcpy(*encoded, writer.mem, writer.size);
        *count = writer.size;
    }
    WebPMemoryWriterClear(&writer);
    return status;
}
