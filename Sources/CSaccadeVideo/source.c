#ifdef SACCADE_FFMPEG

#include "source.h"

#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <stdio.h>
#include <unistd.h>

static int read_bytes(void *opaque, uint8_t *to, int count) {
    saccade_video_source *source = opaque;
    ssize_t done;
    do {
        done = pread(source->descriptor, to, (size_t)count, (off_t)source->position);
    } while (done < 0 && errno == EINTR);
    if (done < 0) {
        if (source->error == 0) source->error = errno;
        return AVERROR(EIO);
    }
    if (done == 0) return AVERROR_EOF;
    source->position += done;
    return (int)done;
}

static int64_t seek(void *opaque, int64_t offset, int whence) {
    saccade_video_source *source = opaque;
    if (whence & AVSEEK_SIZE) return source->size;
    int64_t start;
    switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET: start = 0; break;
    case SEEK_CUR: start = source->position; break;
    case SEEK_END: start = source->size; break;
    default: return AVERROR(EINVAL);
    }
    int64_t to;
    // Offsets are files' own numbers. Nothing lies behind the end.
    if (__builtin_add_overflow(start, offset, &to) || to < 0 || to > source->size) return AVERROR(EINVAL);
    return source->position = to;
}

AVIOContext *saccade_video_source_open(saccade_video_source *source) {
    enum { BUFFER = 1 << 15 };
    uint8_t *buffer = av_malloc(BUFFER);
    if (buffer == NULL) return NULL;
    AVIOContext *io = avio_alloc_context(buffer, BUFFER, 0, source, read_bytes, NULL, seek);
    if (io == NULL) av_free(buffer);
    return io;
}

void saccade_video_source_close(AVIOContext *io) {
    if (io == NULL) return;
    av_freep(&io->buffer);  // by now it may be another one than it began with
    avio_context_free(&io);
}

#endif
