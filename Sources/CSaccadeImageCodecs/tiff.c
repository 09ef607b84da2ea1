#include "SaccadeImageCodecs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

// What the callbacks of one libtiff handle share: the file, and what was complained of.
typedef struct {
    const saccade_tiff_input *file;
    uint64_t at;
    // While the directory is read, libtiff repairs what it can and says so. Whatever it says about pixels means that
    // some of them are not what was written.
    int is_reading_pixels;
    int has_complained;
    int is_at_end;
    char *message;
} reader;

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t wanted) {
    reader *r = handle;
    if (wanted <= 0 || r->at >= r->file->size) {
        if (wanted > 0) r->is_at_end = 1;
        return 0;
    }
    uint64_t available = r->file->size - r->at, count = (uint64_t)wanted;
    if (count > available) {
        r->is_at_end = 1;
        count = available;
    }
    if (r->file->bytes != NULL) {
        memcpy(to, r->file->bytes + r->at, count);
        r->at += count;
        return (tmsize_t)count;
    }
    uint64_t done = 0;
    while (done < count) {
        ssize_t more = pread(r->file->descriptor, (char *)to + done, count - done, (off_t)(r->at + done));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) {
            r->is_at_end = 1;
            break;
        }
        done += (uint64_t)more;
    }
    r->at += done;
    return (tmsize_t)done;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t count) {
    (void)handle, (void)from, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    reader *r = handle;
    uint64_t start = whence == SEEK_CUR ? r->at : whence == SEEK_END ? r->file->size : 0;
    if (offset > INT64_MAX - start) return (toff_t)-1;  // both are below: no file is as long
    r->at = start + offset;
    return r->at;
}

static toff_t size_of(thandle_t handle) { return ((reader *)handle)->file->size; }

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static void complain(reader *r, const char *format, va_list arguments) {
    if (!r->has_complained) vsnprintf(r->message, SACCADE_CODEC_MESSAGE_SIZE, format, arguments);
    r->has_complained = 1;
}

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    complain(user, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff, (void)module;
    reader *r = user;
    // The bit order of LZW before 1987 is read as it was meant.
    if (r->is_reading_pixels && strstr(format, "Old-style LZW") == NULL) complain(r, format, arguments);
    return 1;
}

static saccade_codec_status fail(reader *r, saccade_codec_status status, const char *text) {
    if (!r->has_complained) snprintf(r->message, SACCADE_CODEC_MESSAGE_SIZE, "%s", text);
    r->has_complained = 1;
    return status;
}

// A handle that stands at the page's directory, or NULL. It has read that directory only.
static TIFF *open_page(reader *r, const saccade_tiff_page *page, size_t memory) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)memory);
    // h: the first directory may be another's, so only the header is read. m: no mapping.
    TIFF *tiff = TIFFClientOpenExt(
        "image", "rhm", r, read_bytes, write_nothing, seek, close_nothing, size_of, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    if (tiff == NULL) return NULL;
    if (!TIFFSetSubDirectory(tiff, page->directory)) {
        TIFFClose(tiff);
        return NULL;
    }
    return tiff;
}

// What Swift read in the directory must agree, for the buffers were made for that.
static int agrees(TIFF *tiff, const saccade_tiff_page *page) {
    uint32_t width = 0, height = 0;
    uint16_t bits = 0, samples = 0, planar = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    return width == (uint32_t)page->width && height == (uint32_t)page->height && bits == page->bits &&
        samples == page->samples && (planar == PLANARCONFIG_SEPARATE) == (page->is_planar != 0);
}

static size_t sample_bytes(const saccade_tiff_page *page) {
    return page->bits <= 8 ? 1 : page->bits <= 16 ? 2 : (size_t)page->bits / 8;
}

// A rectangle of decoded samples, on its way to the page.
typedef struct {
    const uint8_t *bytes;
    size_t row_bytes;
    int left, top, width, height;
    int plane;  // of a planar page, the one channel that this is
} block;

// Samples of other sizes than whole bytes lie side by side, the highest bit first, in either order of bytes.
static void unpack_row(
    const saccade_tiff_page *page, const uint8_t *row, int width, int stored, int wanted, int step, uint8_t *to) {
    size_t size = sample_bytes(page);
    for (int x = 0; x < width; x++) {
        for (int c = 0; c < wanted; c++) {
            size_t bit = ((size_t)x * (size_t)stored + (size_t)c) * (size_t)page->bits;
            uint16_t value = 0;
            for (int left = page->bits; left > 0;) {
                int offset = (int)(bit % 8), taken = 8 - offset < left ? 8 - offset : left;
                int part = row[bit / 8] >> (8 - offset - taken) & ((1 << taken) - 1);
                value = (uint16_t)(value << taken | part);
                bit += (size_t)taken;
                left -= taken;
            }
            uint8_t *target = to + ((size_t)x * (size_t)step + (size_t)c) * size;
            if (size == 1) {
                *target = (uint8_t)value;
            } else {
                memcpy(target, &value, sizeof value);
            }
        }
    }
}

static void place(const saccade_tiff_page *page, const block *from, uint8_t *output) {
    size_t size = sample_bytes(page);
    int stored = page->is_planar ? 1 : page->samples, wanted = page->is_planar ? 1 : page->channels;
    int step = page->channels;
    for (int y = 0; y < from->height; y++) {
        const uint8_t *row = from->bytes + (size_t)y * from->row_bytes;
        size_t pixel = (size_t)(from->top + y) * (size_t)page->width + (size_t)from->left;
        uint8_t *to = output + (pixel * (size_t)step + (size_t)from->plane) * size;
        if ((size_t)page->bits != size * 8) {
            unpack_row(page, row, from->width, stored, wanted, step, to);
        } else if (stored == wanted && wanted == step) {
            memcpy(to, row, (size_t)from->width * (size_t)step * size);
        } else {
            for (int x = 0; x < from->width; x++) {
                memcpy(
                    to + (size_t)x * (size_t)step * size, row + (size_t)x * (size_t)stored * size,
                    (size_t)wanted * size);
            }
        }
    }
}

static size_t row_bytes(const saccade_tiff_page *page, uint32_t width) {
    size_t stored = page->is_planar ? 1 : (size_t)page->samples;
    return ((size_t)width * stored * (size_t)page->bits + 7) / 8;
}

static int least(int a, int b) { return a < b ? a : b; }

static int read_strips(TIFF *tiff, const saccade_tiff_page *page, uint8_t *buffer, uint8_t *output) {
    uint32_t rows = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    int step = rows == 0 || rows > (uint32_t)page->height ? page->height : (int)rows;
    for (int plane = 0; plane < (page->is_planar ? page->channels : 1); plane++) {
        for (int top = 0; top < page->height; top += step) {
            int height = least(step, page->height - top);
            block strip = {buffer, row_bytes(page, (uint32_t)page->width), 0, top, page->width, height, plane};
            tmsize_t count = (tmsize_t)(strip.row_bytes * (size_t)height);
            uint32_t number = TIFFComputeStrip(tiff, (uint32_t)top, (uint16_t)plane);
            if (TIFFReadEncodedStrip(tiff, number, buffer, count) != count) return 0;
            place(page, &strip, output);
            if (step > page->height - top) break;  // the next sum might not fit
        }
    }
    return 1;
}

static int read_tiles(
    TIFF *tiff, const saccade_tiff_page *page, uint32_t width, uint32_t height, uint8_t *buffer, uint8_t *output) {
    tmsize_t count = TIFFTileSize(tiff);
    for (int plane = 0; plane < (page->is_planar ? page->channels : 1); plane++) {
        for (int64_t top = 0; top < page->height; top += height) {
            for (int64_t left = 0; left < page->width; left += width) {
                uint32_t number = TIFFComputeTile(tiff, (uint32_t)left, (uint32_t)top, 0, (uint16_t)plane);
                if (TIFFReadEncodedTile(tiff, number, buffer, count) != count) return 0;
                block tile = {buffer, row_bytes(page, width), (int)left, (int)top, 0, 0, plane};
                tile.width = page->width - left < width ? (int)(page->width - left) : (int)width;
                tile.height = page->height - top < height ? (int)(page->height - top) : (int)height;
                place(page, &tile, output);
            }
        }
    }
    return 1;
}

static saccade_codec_status decode(
    TIFF *tiff, reader *r, const saccade_tiff_page *page, size_t memory, uint8_t *output) {
    uint16_t compression = COMPRESSION_NONE, photometric = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    // JPEG's own colours become RGB, and whole, on the way.
    if (compression == COMPRESSION_JPEG && photometric == PHOTOMETRIC_YCBCR) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    int is_tiled = TIFFIsTiled(tiff);
    uint32_t tile_width = 0, tile_height = 0;
    uint64_t expected;
    if (is_tiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_height);
        if (tile_width == 0 || tile_height == 0 || tile_width > memory || tile_height > memory / tile_width) {
            return fail(r, SACCADE_CODEC_CORRUPT, "its tiles are much larger than the image");
        }
        expected = (uint64_t)row_bytes(page, tile_width) * tile_height;
    } else {
        expected = row_bytes(page, (uint32_t)page->width);
    }
    uint64_t found = is_tiled ? TIFFTileSize64(tiff) : TIFFScanlineSize64(tiff);
    uint64_t wanted = is_tiled ? found : TIFFStripSize64(tiff);
    if (found != expected || wanted == 0 || wanted > memory) {
        return fail(r, SACCADE_CODEC_CORRUPT, "the sizes in its header contradict one another");
    }
    uint8_t *buffer = malloc((size_t)wanted);
    if (buffer == NULL) return fail(r, SACCADE_CODEC_OUT_OF_MEMORY, "no memory for a TIFF decoder");
    int done = is_tiled ? read_tiles(tiff, page, tile_width, tile_height, buffer, output)
                        : read_strips(tiff, page, buffer, output);
    free(buffer);
    return done ? SACCADE_CODEC_OK : fail(r, SACCADE_CODEC_CORRUPT, "the coded data end before the image does");
}

// YCbCr outside of JPEG, of which libtiff knows all samplings.
static saccade_codec_status convert(TIFF *tiff, reader *r, const saccade_tiff_page *page, uint8_t *rgb) {
    char reason[1024] = "";
    if (!TIFFRGBAImageOK(tiff, reason)) return fail(r, SACCADE_CODEC_CORRUPT, reason);
    // Else libtiff would flip the image, but never turn it: Swift does both.
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    size_t pixels = (size_t)page->width * (size_t)page->height;
    uint32_t *raster = calloc(pixels, sizeof(uint32_t));
    if (raster == NULL) return fail(r, SACCADE_CODEC_OUT_OF_MEMORY, "no memory for a TIFF decoder");
    int done = TIFFReadRGBAImageOriented(
        tiff, (uint32_t)page->width, (uint32_t)page->height, raster, ORIENTATION_TOPLEFT, 1);
    for (size_t i = 0; done && i < pixels; i++) {
        rgb[3 * i] = (uint8_t)TIFFGetR(raster[i]);
        rgb[3 * i + 1] = (uint8_t)TIFFGetG(raster[i]);
        rgb[3 * i + 2] = (uint8_t)TIFFGetB(raster[i]);
    }
    free(raster);
    return done ? SACCADE_CODEC_OK : fail(r, SACCADE_CODEC_CORRUPT, "the coded data end before the image does");
}

saccade_codec_status saccade_tiff_decode(
    const saccade_tiff_input *input, const saccade_tiff_page *page, uint8_t *output, size_t count, char *message) {
    reader r = {.file = input, .message = message};
    // Room for a strip or tile of all samples, of which the output may be a part, and for what surrounds it. Without a
    // limit, a file of a few bytes could ask for any amount.
    size_t memory = count * 4 + ((size_t)64 << 20);
    TIFF *tiff = open_page(&r, page, memory);
    if (tiff == NULL) {
        return fail(&r, SACCADE_CODEC_CORRUPT, "its directory cannot be read");
    }
    saccade_codec_status status;
    if (!agrees(tiff, page)) {
        r.has_complained = 0;
        status = fail(&r, SACCADE_CODEC_CORRUPT, "the header contradicts itself");
    } else {
        r.has_complained = 0;
        r.is_at_end = 0;
        r.is_reading_pixels = 1;
        status = page->is_converted ? convert(tiff, &r, page, output) : decode(tiff, &r, page, memory, output);
        if (status == SACCADE_CODEC_OK && r.has_complained) status = SACCADE_CODEC_CORRUPT;
        if (status == SACCADE_CODEC_CORRUPT && r.is_at_end) status = SACCADE_CODEC_TRUNCATED;
    }
    TIFFClose(tiff);
    return status;
}
