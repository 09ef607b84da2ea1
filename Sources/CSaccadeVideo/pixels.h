// Pictures of all kinds of pixels as RGB.
#pragma once
#ifdef SACCADE_FFMPEG

#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdint.h>

typedef struct {
    struct SwsContext *scaler;
    AVFrame *rgb;
} saccade_video_pixel_maker;

// An error of FFmpeg's, or 0.
int saccade_video_make_pixels(saccade_video_pixel_maker *maker, const AVFrame *frame, uint8_t *rgb);
void saccade_video_free_pixel_maker(saccade_video_pixel_maker *maker);

#endif
