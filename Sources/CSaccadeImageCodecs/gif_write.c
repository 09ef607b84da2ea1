#include "SaccadeImageCodecs.h"

#include <gif_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    int is_out_of_memory;
} output;

static int write_bytes(GifFileType *gif, const GifByteType *bytes, int count) {
    output *to = gif->UserData;
    size_t wanted = to->count + (size_t)count;
    if (wanted > to->capacity) {
        size_t capacity = wanted > to->capacity * 2 ? wanted + 4096 : to->capacity * 2;
        uint8_t *larger = realloc(to->bytes, capacity);
        if (larger == NULL) {
            to->is_out_of_memory = 1;
            return 0;
        }
        to->bytes = larger;
        to->capacity = capacity;
    }
    memcpy(to->bytes + to->count, bytes, (size_t)count);
    to->count = wanted;
    return count;
}

// Netscape's extension, by which everybody knows that the film begins again for ever.
static int put_loop(GifFileType *gif) {
    static const GifByteType for_ever[] = {1, 0, 0};
    return EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
        EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0") == GIF_OK && EGifPutExtensionBlock(gif, 3, for_ever) == GIF_OK &&
        EGifPutExtensionTrailer(gif) == GIF_OK;
}

static int put_frame(GifFileType *gif, uint8_t *indices, int width, int height, int delay) {
    const GraphicsControlBlock control = {
        .DisposalMode = DISPOSE_DO_NOT, .DelayTime = delay, .TransparentColor = NO_TRANSPARENT_COLOR};
    GifByteType bytes[4];
    size_t count = EGifGCBToExtension(&control, bytes);
    if (EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, (int)count, bytes) != GIF_OK) return 0;
    if (EGifPutImageDesc(gif, 0, 0, width, height, false, NULL) != GIF_OK) return 0;
    for (int y = 0; y < height; y++) {
        if (EGifPutLine(gif, indices + (size_t)y * (size_t)width, width) != GIF_OK) return 0;
    }
    return 1;
}

saccade_codec_status saccade_gif_encode(
    uint8_t *indices, int frames, int width, int height, const uint8_t *palette, int colors, const int *delays,
    uint8_t **encoded, size_t *count, char *message) {
    output to = {NULL, 0, 0, 0};
    int error = E_GIF_ERR_NOT_ENOUGH_MEM, done = 0;
    // Palettes have a power of two of colours; those behind the last are black.
    int bits = 1;
    while (1 << bits < colors) bits++;
    ColorMapObject *map = GifMakeMapObject(1 << bits, NULL);
    GifFileType *gif = map != NULL ? EGifOpen(&to, write_bytes, &error) : NULL;
    if (gif != NULL) {
        for (int i = 0; i < colors; i++) {
            map->Colors[i] = (GifColorType){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
        }
        EGifSetGifVersion(gif, true);
        done = EGifPutScreenDesc(gif, width, height, bits, 0, map) == GIF_OK && (frames == 1 || put_loop(gif));
        const size_t area = (size_t)width * (size_t)height;
        for (int i = 0; i < frames && done; i++) {
            done = put_frame(gif, indices + (size_t)i * area, width, height, delays[i]);
        }
        error = gif->Error;
        // Writes the end of the file, and frees what it was written with.
        int close_error = 0;
        if (EGifCloseFile(gif, &close_error) != GIF_OK && done) {
            done = 0;
            error = close_error;
        }
    }
    GifFreeMapObject(map);
    if (done) {
        *encoded = to.bytes;
        *count = to.count;
        return SACCADE_CODEC_OK;
    }
    free(to.bytes);
    const char *text = to.is_out_of_memory ? NULL : GifErrorString(error);
    snprintf(message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text != NULL ? text : "there is not enough memory");
    return to.is_out_of_memory || error == E_GIF_ERR_NOT_ENOUGH_MEM ? SACCADE_CODEC_OUT_OF_MEMORY
                                                                    : SACCADE_CODEC_CORRUPT;
}
