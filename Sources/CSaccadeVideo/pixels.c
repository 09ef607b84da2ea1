#ifdef SACCADE_FFMPEG

#include "pixels.h"

#include <libavutil/error.h>
#include <string.h>

// Which of the formulas between YCbCr and RGB, and which range of values. Where the file says nothing, FFmpeg's own
// choice stays: BT.601, and the full range only for what is always of full range, such as JPEG.
static void choose_colors(struct SwsContext *scaler, const AVFrame *frame) {
    int *from, *to, from_range, to_range, brightness, contrast, saturation;
    // Fails where there is nothing to choose, as for RGB.
    if (sws_getColorspaceDetails(
            scaler, &from, &from_range, &to, &to_range, &brightness, &contrast, &saturation) < 0) {
        return;
    }
    if (frame->color_range != AVCOL_RANGE_UNSPECIFIED) from_range = frame->color_range == AVCOL_RANGE_JPEG;
    sws_setColorspaceDetails(
        scaler, sws_getCoefficients(frame->colorspace), from_range, to, to_range, brightness, contrast, saturation);
}

int saccade_video_make_pixels(saccade_video_pixel_maker *maker, const AVFrame *frame, uint8_t *rgb) {
    const int width = frame->width, height = frame->height;
    // Exact rounding, and colour between the samples of colour instead of steps: also the way that is the same for all
    // sizes, odd ones included.
    const int flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_BITEXACT;
    maker->scaler = sws_getCachedContext(
        maker->scaler, width, height, frame->format, width, height, AV_PIX_FMT_RGB24, flags, NULL, NULL, NULL);
    if (maker->scaler == NULL) return AVERROR(EINVAL);
    choose_colors(maker->scaler, frame);

    AVFrame *target = maker->rgb;
    if (target == NULL || target->width != width || target->height != height) {
        av_frame_free(&maker->rgb);
        target = maker->rgb = av_frame_alloc();
        if (target == NULL) return AVERROR(ENOMEM);
        target->width = width;
        target->height = height;
        target->format = AV_PIX_FMT_RGB24;
        // Rows of their own with room behind them: swscale writes past the last pixel.
        int error = av_frame_get_buffer(target, 0);
        if (error < 0) return error;
    }
    int rows = sws_scale(
        maker->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, height, target->data, target->linesize);
    if (rows != height) return rows < 0 ? rows : AVERROR(EINVAL);
    for (int y = 0; y < height; y++) {
        memcpy(
            rgb + (size_t)y * (size_t)width * 3, target->data[0] + (ptrdiff_t)y * target->linesize[0],
            (size_t)width * 3);
    }
    return 0;
}

void saccade_video_free_pixel_maker(saccade_video_pixel_maker *maker) {
    sws_freeContext(maker->scaler);
    maker->scaler = NULL;
    av_frame_free(&maker->rgb);
}

#endif
