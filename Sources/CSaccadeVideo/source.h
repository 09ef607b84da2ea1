// An open file as FFmpeg reads it.
#pragma once
#ifdef SACCADE_FFMPEG

#include <libavformat/avio.h>
#include <stdint.h>

typedef struct {
    int descriptor;
    int64_t size, position;
    int error;  // errno of the first read that failed; 0 while all goes well
} saccade_video_source;

// Null: there is not enough memory.
AVIOContext *saccade_video_source_open(saccade_video_source *source);
void saccade_video_source_close(AVIOContext *io);

#endif
