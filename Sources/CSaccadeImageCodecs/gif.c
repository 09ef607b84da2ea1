#include "SaccadeImageCodecs.h"

#include <gif_lib.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t remaining;
    int is_at_end;
} input;

static int read_bytes(GifFileType *gif, GifByteType *to, int count) {
    input *from = gif->UserData;
    size_t available = (size_t)count < from->remaining ? (size_t)count : from->remaining;
    if (available < (size_t)count) from->is_at_end = 1;
    memcpy(to, from->bytes, available);
    from->bytes += available;
    from->remaining -= available;
    return (int)available;
}

// Leaves the reader behind the descriptor of the first frame.
static int find_frame(GifFileType *gif) {
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(gif, &type) == GIF_ERROR) return 0;
        if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(gif) == GIF_OK;
        if (type != EXTENSION_RECORD_TYPE) return 0;
        int code;
        GifByteType *block;
        if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) return 0;
        while (block != NULL) {
            if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) return 0;
        }
    }
}

static int read_rows(GifFileType *gif, int canvas_width, uint8_t *indices) {
    // The four passes of an interlaced frame; else one.
    static const int starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    const GifImageDesc *frame = &gif->Image;
    int passes = frame->Interlace ? 4 : 1;
    for (int pass = 0; pass < passes; pass++) {
        for (int y = starts[pass]; y < frame->Height; y += frame->Interlace ? steps[pass] : 1) {
            uint8_t *row = indices + (size_t)(frame->Top + y) * (size_t)canvas_width + (size_t)frame->Left;
            if (DGifGetLine(gif, row, frame->Width) == GIF_ERROR) return 0;
        }
    }
    return 1;
}

saccade_codec_status saccade_gif_decode(
    const uint8_t *bytes, size_t count, saccade_gif_frame expected, int canvas_width, uint8_t *indices,
    char *message) {
    input from = {bytes, count, 0};
    int error = 0;
    GifFileType *gif = DGifOpen(&from, read_bytes, &error);
    int done = 0, agrees = 0;
    if (gif != NULL) {
        if (find_frame(gif)) {
            const GifImageDesc *frame = &gif->Image;
            // What Swift read in the header must agree, for the buffer was made for that.
            agrees = frame->Left == expected.left && frame->Top == expected.top && frame->Width == expected.width &&
                frame->Height == expected.height;
            done = agrees && read_rows(gif, canvas_width, indices);
        }
        error = gif->Error;
        DGifCloseFile(gif, NULL);
    }
    if (done) return SACCADE_CODEC_OK;
    const char *text = GifErrorString(error);
    if (error == D_GIF_ERR_NOT_ENOUGH_MEM) {
        snprintf(message, SACCADE_CODEC_MESSAGE_SIZE, "no memory for a GIF decoder");
        return SACCADE_CODEC_OUT_OF_MEMORY;
    }
    snprintf(message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text != NULL ? text : "the header contradicts itself");
    return from.is_at_end ? SACCADE_CODEC_TRUNCATED : SACCADE_CODEC_CORRUPT;
}
