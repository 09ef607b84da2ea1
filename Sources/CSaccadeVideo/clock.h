// The times of pictures from the time stamps of a file, which may be missing, run backwards or jump.
#pragma once
#ifdef SACCADE_FFMPEG

#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <stdint.h>

typedef struct {
    AVRational base;  // seconds to a unit of time stamps
    int64_t usual;    // nanoseconds of a picture, as far as is known
    int64_t origin;   // the stamp, in nanoseconds, that counts as 0
    int64_t last;     // nanoseconds of the last picture; below 0 before the first
    int64_t claimed;  // nanoseconds that it says it lasts; 0 where it says nothing
    int is_truthful;  // whether the one before lasted as long as it said
} saccade_video_clock;

void saccade_video_clock_start(saccade_video_clock *clock, const AVStream *stream);

// Nanoseconds of the next picture since the first.
int64_t saccade_video_clock_time(saccade_video_clock *clock, const AVFrame *frame);

// Nanoseconds that the last picture lasts, behind which there is none: what it says, or as many as the one before.
int64_t saccade_video_clock_duration(const saccade_video_clock *clock);

#endif
