#ifndef SACCADE_FFMPEG

#include "SaccadeVideo.h"

#include <stddef.h>
#include <string.h>

int saccade_video_is_built_in(void) { return 0; }

saccade_video_status saccade_video_open(
    int descriptor, int64_t size, int64_t pixel_limit, saccade_video **video, saccade_video_info *info, char *message) {
    (void)descriptor, (void)size, (void)pixel_limit;
    *video = NULL;
    memset(info, 0, sizeof *info);
    message[0] = 0;
    return SACCADE_VIDEO_ABSENT;
}

// Nothing is ever opened, so that nobody gets here.
saccade_video_status saccade_video_next(saccade_video *video, saccade_video_frame *frame, char *message) {
    (void)video, (void)frame, (void)message;
    return SACCADE_VIDEO_ABSENT;
}

saccade_video_status saccade_video_pixels(saccade_video *video, uint8_t *rgb, char *message) {
    (void)video, (void)rgb, (void)message;
    return SACCADE_VIDEO_ABSENT;
}

int64_t saccade_video_damage(const saccade_video *video, char *message) {
    (void)video, (void)message;
    return 0;
}

void saccade_video_close(saccade_video *video) { (void)video; }

#endif
