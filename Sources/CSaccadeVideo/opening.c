#ifdef SACCADE_FFMPEG

#include "reader.h"
#include "words.h"

#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Files that hold moving pictures and nothing else: no lists of other files, no addresses, no folders of images.
static const char containers[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,h264,hevc,m4v,ivf,obu,"
    "yuv4mpegpipe,mjpeg,dv,mxf,nut,rm,vob";

static pthread_once_t once = PTHREAD_ONCE_INIT;

// Both settings are the process's, in which nobody else uses FFmpeg.
static void set_up(void) {
    saccade_video_listen();
    // Of one block, so that a number in a file cannot ask for all memory. A picture of 8192x4320 in 16-bit RGBA fits.
    av_max_alloc((size_t)3 << 27);
}

int saccade_video_is_built_in(void) { return 1; }

// Both decoders, that of the first look and ours, run on this thread and refuse large pictures before they take memory.
static int limit(AVDictionary **options, int64_t pixel_limit) {
    // FFmpeg counts rows that are up to 64 pixels longer; the exact limit is kept when a picture comes.
    int error = av_dict_set_int(options, "max_pixels", pixel_limit + (64 << 16), 0);
    return error < 0 ? error : av_dict_set(options, "threads", "1", 0);
}

// Finds out what the streams hold, which takes decoding some of it.
static int look_inside(AVFormatContext *format, int64_t pixel_limit) {
    unsigned count = format->nb_streams;
    AVDictionary **options = calloc(count > 0 ? count : 1, sizeof *options);
    if (options == NULL) return AVERROR(ENOMEM);
    int error = 0;
    for (unsigned i = 0; i < count && error >= 0; i++) error = limit(&options[i], pixel_limit);
    if (error >= 0) error = avformat_find_stream_info(format, options);
    for (unsigned i = 0; i < count; i++) av_dict_free(&options[i]);
    free(options);
    return error;
}

static void read_matrix(const AVStream *stream, int32_t matrix[4]) {
    const int32_t *found = NULL;
#if LIBAVFORMAT_VERSION_MAJOR >= 61
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    if (data != NULL && data->size >= 9 * sizeof *found) found = (const int32_t *)data->data;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (data != NULL && size >= 9 * sizeof *found) found = (const int32_t *)data;
#endif
    const int32_t upright[] = {1 << 16, 0, 0, 1 << 16};
    // Its third column is for perspective, its third row for moving.
    for (int i = 0; i < 4; i++) matrix[i] = found == NULL ? upright[i] : found[i / 2 * 3 + i % 2];
}

static saccade_video_status open_container(saccade_video *video, saccade_video_info *info, char *message) {
    video->io = saccade_video_source_open(&video->source);
    video->format = avformat_alloc_context();
    if (video->io == NULL || video->format == NULL) return saccade_video_out_of_memory(message);
    video->format->pb = video->io;
    video->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    video->format->max_streams = 100;
    // No file leads to another.
    video->format->protocol_whitelist = av_strdup("none");
    if (video->format->protocol_whitelist == NULL) return saccade_video_out_of_memory(message);
    const AVInputFormat *kind = NULL;
    int error = av_probe_input_buffer2(video->io, &kind, "", NULL, 0, 0);
    if (error >= 0 && !av_match_list(kind->name, containers, ',')) error = AVERROR_INVALIDDATA;
    saccade_video_status status = saccade_video_outcome(video, error, SACCADE_VIDEO_UNKNOWN, message);
    if (status != SACCADE_VIDEO_OK) return status;
    snprintf(info->container, sizeof info->container, "%s", kind->name);
    // Frees the context, and sets it to null, where it fails.
    error = avformat_open_input(&video->format, "", kind, NULL);
    if (error >= 0) error = look_inside(video->format, video->pixel_limit);
    return saccade_video_outcome(video, error, SACCADE_VIDEO_DAMAGED, message);
}

static saccade_video_status open_decoder(saccade_video *video, saccade_video_info *info, char *message) {
    if (video->format->nb_streams == 0) {
        snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "it ends before it says what is in it");
        return SACCADE_VIDEO_DAMAGED;
    }
    const int number = av_find_best_stream(video->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    // A song's cover is no film.
    if (number < 0 || video->format->streams[number]->disposition & AV_DISPOSITION_ATTACHED_PIC) {
        return SACCADE_VIDEO_NO_PICTURES;
    }
    AVStream *stream = video->stream = video->format->streams[number];
    for (unsigned i = 0; i < video->format->nb_streams; i++) {
        if ((int)i != number) video->format->streams[i]->discard = AVDISCARD_ALL;
    }
    const AVCodecParameters *parameters = stream->codecpar;
    snprintf(info->codec, sizeof info->codec, "%s", avcodec_get_name(parameters->codec_id));
    read_matrix(stream, info->matrix);
    const AVRational aspect = av_guess_sample_aspect_ratio(video->format, stream, NULL);
    info->pixel_width = aspect.num > 0 && aspect.den > 0 ? aspect.num : 0;
    info->pixel_height = aspect.num > 0 && aspect.den > 0 ? aspect.den : 0;
    if ((int64_t)parameters->width * parameters->height > video->pixel_limit) {
        return saccade_video_too_large(parameters->width, parameters->height, message);
    }

    const AVCodec *decoder = avcodec_find_decoder(parameters->codec_id);
    if (decoder == NULL) {
        snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "%s", info->codec);
        return SACCADE_VIDEO_NO_DECODER;
    }
    video->codec = avcodec_alloc_context3(decoder);
    if (video->codec == NULL) return saccade_video_out_of_memory(message);
    int error = avcodec_parameters_to_context(video->codec, parameters);
    video->codec->pkt_timebase = stream->time_base;
    AVDictionary *options = NULL;
    if (error >= 0) error = limit(&options, video->pixel_limit);
    if (error >= 0) error = avcodec_open2(video->codec, decoder, &options);
    av_dict_free(&options);
    return saccade_video_outcome(video, error, SACCADE_VIDEO_DAMAGED, message);
}

saccade_video_status saccade_video_open(
    int descriptor, int64_t size, int64_t pixel_limit, saccade_video **opened, saccade_video_info *info,
    char *message) {
    pthread_once(&once, set_up);
    saccade_video_forget_words();
    *opened = NULL;
    memset(info, 0, sizeof *info);
    message[0] = 0;
    saccade_video *video = calloc(1, sizeof *video);
    if (video == NULL) return saccade_video_out_of_memory(message);
    video->source = (saccade_video_source){.descriptor = descriptor, .size = size};
    video->pixel_limit = pixel_limit;
    video->packet = av_packet_alloc();
    video->frame = av_frame_alloc();
    video->ahead = av_frame_alloc();
    saccade_video_status status = SACCADE_VIDEO_OK;
    if (video->packet == NULL || video->frame == NULL || video->ahead == NULL) {
        status = saccade_video_out_of_memory(message);
    }
    if (status == SACCADE_VIDEO_OK) status = open_container(video, info, message);
    if (status == SACCADE_VIDEO_OK) status = open_decoder(video, info, message);
    if (status == SACCADE_VIDEO_OK) {
        saccade_video_clock_start(&video->clock, video->stream);
        status = saccade_video_decode(video, message);
        video->has_ahead = status == SACCADE_VIDEO_OK;
    }
    if (status == SACCADE_VIDEO_END) {
        snprintf(
            message, SACCADE_VIDEO_MESSAGE_SIZE, "%s", video->damage > 0 ? video->first_damage : "it has no pictures");
        status = SACCADE_VIDEO_DAMAGED;
    }
    if (status == SACCADE_VIDEO_OK) {
        *opened = video;
    } else {
        saccade_video_close(video);
    }
    return status;
}

#endif
