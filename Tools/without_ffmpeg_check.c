// Every function of the reader of videos, as it is without FFmpeg. Built by check-without-ffmpeg.sh.
#include "SaccadeVideo.h"

#include <stddef.h>
#include <stdio.h>

int main(void) {
    saccade_video *video = (saccade_video *)&video;
    saccade_video_info info;
    saccade_video_frame frame;
    char message[SACCADE_VIDEO_MESSAGE_SIZE] = "old";
    uint8_t rgb[3];
    int is_refused = !saccade_video_is_built_in() &&
        saccade_video_open(0, 1, 1, &video, &info, message) == SACCADE_VIDEO_ABSENT && video == NULL &&
        message[0] == 0 && saccade_video_next(video, &frame, message) == SACCADE_VIDEO_ABSENT &&
        saccade_video_pixels(video, rgb, message) == SACCADE_VIDEO_ABSENT && saccade_video_damage(video, message) == 0;
    saccade_video_close(video);
    if (!is_refused) fprintf(stderr, "a video was not refused\n");
    return !is_refused;
}
