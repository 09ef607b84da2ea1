// A file whose pictures are being decoded.
#pragma once
#ifdef SACCADE_FFMPEG

#include "SaccadeVideo.h"
#include "clock.h"
#include "pixels.h"
#include "source.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

struct saccade_video {
    saccade_video_source source;
    AVIOContext *io;
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame, *ahead;  // the picture that is shown, and the next one, which ends it
    int64_t time, time_ahead;
    int has_ahead, is_draining;
    int64_t pixel_limit;
    saccade_video_clock clock;
    saccade_video_pixel_maker maker;
    int64_t damage;
    char first_damage[SACCADE_VIDEO_MESSAGE_SIZE];
};

// Decodes the next picture into `ahead`.
saccade_video_status saccade_video_decode(saccade_video *video, char *message);

// What an error of FFmpeg's means: a file that cannot be read, too little memory, or else `failure`.
saccade_video_status saccade_video_outcome(
    const saccade_video *video, int error, saccade_video_status failure, char *message);
saccade_video_status saccade_video_out_of_memory(char *message);
saccade_video_status saccade_video_too_large(int64_t width, int64_t height, char *message);

#endif
