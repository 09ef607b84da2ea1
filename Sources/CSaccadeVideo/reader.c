#ifdef SACCADE_FFMPEG

#include "reader.h"

#include "words.h"

#include <stdio.h>
#include <stdlib.h>

// So many packets may go by without a picture before the rest counts as damaged: more than any key pictures lie apart.
enum { PATIENCE = 20000 };

static void note_damage(saccade_video *video, const char *what) {
    if (video->damage++ == 0) snprintf(video->first_damage, sizeof video->first_damage, "%s", what);
}

static void note_error(saccade_video *video, int error) {
    if (video->damage > 0) {
        video->damage++;
        return;
    }
    char text[SACCADE_VIDEO_MESSAGE_SIZE];
    saccade_video_explain(error, text);
    note_damage(video, text);
}

saccade_video_status saccade_video_out_of_memory(char *message) {
    snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "it asks for more memory than there is, or than a video should need");
    return SACCADE_VIDEO_OUT_OF_MEMORY;
}

saccade_video_status saccade_video_too_large(int64_t width, int64_t height, char *message) {
    snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "%lldx%lld", (long long)width, (long long)height);
    return SACCADE_VIDEO_TOO_LARGE;
}

saccade_video_status saccade_video_outcome(
    const saccade_video *video, int error, saccade_video_status failure, char *message) {
    if (error >= 0) return SACCADE_VIDEO_OK;
    if (video->source.error != 0) {
        saccade_video_forget_words();
        saccade_video_explain(AVERROR(video->source.error), message);
        return SACCADE_VIDEO_UNREADABLE;
    }
    if (error == AVERROR(ENOMEM)) return saccade_video_out_of_memory(message);
    saccade_video_explain(error, message);
    return failure;
}

// Hands the decoder the next packet of the pictures, or the end.
//
// Returns 0, or an error after which nothing can come.
static int feed(saccade_video *video, int *patience) {
    AVPacket *packet = video->packet;
    for (;;) {
        int error = av_read_frame(video->format, packet);
        if (error == AVERROR(ENOMEM)) return error;
        if (error == AVERROR(EAGAIN) && --*patience > 0) continue;
        if (error < 0 || *patience <= 0) {
            if (error >= 0) av_packet_unref(packet);
            if (video->source.error != 0) return AVERROR(video->source.error);
            if (error != AVERROR_EOF) note_error(video, error < 0 ? error : AVERROR_INVALIDDATA);
            video->is_draining = 1;
            error = avcodec_send_packet(video->codec, NULL);
            return error == AVERROR_EOF ? 0 : error;
        }
        if (packet->stream_index != video->stream->index) {
            av_packet_unref(packet);
            continue;
        }
        if (packet->flags & AV_PKT_FLAG_CORRUPT) note_damage(video, "a part of the file is missing");
        error = avcodec_send_packet(video->codec, packet);
        av_packet_unref(packet);
        --*patience;
        if (error == AVERROR(ENOMEM)) return error;
        if (error < 0 && error != AVERROR_EOF && error != AVERROR(EAGAIN)) note_error(video, error);
        return 0;
    }
}

saccade_video_status saccade_video_decode(saccade_video *video, char *message) {
    int patience = PATIENCE;
    for (;;) {
        int error = avcodec_receive_frame(video->codec, video->ahead);
        if (error >= 0) {
            const AVFrame *frame = video->ahead;
            if ((int64_t)frame->width * frame->height > video->pixel_limit) {
                return saccade_video_too_large(frame->width, frame->height, message);
            }
            if (frame->decode_error_flags != 0 || frame->flags & AV_FRAME_FLAG_CORRUPT) {
                note_damage(video, "a picture is damaged");
            }
            video->time_ahead = saccade_video_clock_time(&video->clock, frame);
            return SACCADE_VIDEO_OK;
        }
        if (error == AVERROR(ENOMEM)) return saccade_video_out_of_memory(message);
        if (error != AVERROR(EAGAIN) && error != AVERROR_EOF) note_error(video, error);
        if (video->is_draining) return SACCADE_VIDEO_END;
        error = feed(video, &patience);
        if (error < 0) return saccade_video_outcome(video, error, SACCADE_VIDEO_DAMAGED, message);
    }
}

saccade_video_status saccade_video_next(saccade_video *video, saccade_video_frame *frame, char *message) {
    if (!video->has_ahead) return SACCADE_VIDEO_END;
    av_frame_unref(video->frame);
    av_frame_move_ref(video->frame, video->ahead);
    video->time = video->time_ahead;
    saccade_video_forget_words();
    saccade_video_status status = saccade_video_decode(video, message);
    video->has_ahead = status == SACCADE_VIDEO_OK;
    if (status != SACCADE_VIDEO_OK && status != SACCADE_VIDEO_END) return status;
    frame->width = video->frame->width;
    frame->height = video->frame->height;
    frame->time = video->time;
    frame->duration =
        video->has_ahead ? video->time_ahead - video->time : saccade_video_clock_duration(&video->clock);
    return SACCADE_VIDEO_OK;
}

saccade_video_status saccade_video_pixels(saccade_video *video, uint8_t *rgb, char *message) {
    int error = saccade_video_make_pixels(&video->maker, video->frame, rgb);
    if (error == 0) return SACCADE_VIDEO_OK;
    if (error == AVERROR(ENOMEM)) return saccade_video_out_of_memory(message);
    saccade_video_explain(error, message);
    return SACCADE_VIDEO_DAMAGED;
}

int64_t saccade_video_damage(const saccade_video *video, char *message) {
    snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "%s", video->first_damage);
    return video->damage;
}

void saccade_video_close(saccade_video *video) {
    if (video == NULL) return;
    saccade_video_free_pixel_maker(&video->maker);
    av_frame_free(&video->ahead);
    av_frame_free(&video->frame);
    av_packet_free(&video->packet);
    avcodec_free_context(&video->codec);
    avformat_close_input(&video->format);
    saccade_video_source_close(video->io);
    free(video);
}

#endif
