#ifdef SACCADE_FFMPEG

#include "words.h"

#include "SaccadeVideo.h"

#include <ctype.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <stdarg.h>
#include <stdio.h>

// Everything is decoded on the thread that asks, so that it is this thread's file that is spoken of.
static _Thread_local char words[SACCADE_VIDEO_MESSAGE_SIZE];

static void keep(void *speaker, int level, const char *format, va_list arguments) {
    (void)speaker;
    if (level > AV_LOG_ERROR) return;
    vsnprintf(words, sizeof words, format, arguments);
    // One line, and no characters out of the file that a terminal would obey.
    char *end = words;
    for (char *at = words; *at != 0; at++) {
        if (!isprint((unsigned char)*at)) *at = ' ';
        if (*at != ' ' && *at != '.') end = at + 1;
    }
    *end = 0;
}

void saccade_video_listen(void) { av_log_set_callback(keep); }

void saccade_video_forget_words(void) { words[0] = 0; }

void saccade_video_explain(int error, char *message) {
    if (words[0] != 0) {
        snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "%s", words);
    } else if (av_strerror(error, message, SACCADE_VIDEO_MESSAGE_SIZE) < 0) {
        snprintf(message, SACCADE_VIDEO_MESSAGE_SIZE, "error %d", error);
    }
}

#endif
