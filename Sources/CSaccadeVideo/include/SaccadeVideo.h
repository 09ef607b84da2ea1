// Videos through FFmpeg's libraries, where they were there when this was compiled (SACCADE_FFMPEG): the pictures of one
// file, one after the other, in the order in which they are shown.
//
// What leaves this target is a status and a sentence. FFmpeg prints nothing, opens no other file than the one it is
// given, and decodes on the thread that asks.
#ifndef SACCADE_VIDEO_H
#define SACCADE_VIDEO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    SACCADE_VIDEO_OK = 0,
    SACCADE_VIDEO_END,            // there are no more pictures
    SACCADE_VIDEO_ABSENT,         // compiled without FFmpeg
    SACCADE_VIDEO_UNKNOWN,        // not a file of a kind that is known here
    SACCADE_VIDEO_NO_PICTURES,    // no moving pictures in it: sound alone, perhaps
    SACCADE_VIDEO_NO_DECODER,     // compressed in a way that FFmpeg cannot decode; the message names it
    SACCADE_VIDEO_DAMAGED,        // not one picture could be decoded
    SACCADE_VIDEO_UNREADABLE,     // the system refused to read; the message says why
    SACCADE_VIDEO_TOO_LARGE,      // more pixels than the limit
    SACCADE_VIDEO_OUT_OF_MEMORY,
} saccade_video_status;

enum { SACCADE_VIDEO_MESSAGE_SIZE = 256 };

typedef struct saccade_video saccade_video;

// What a file says about its pictures.
typedef struct {
    char container[32];                 // FFmpeg's name of the kind of file
    char codec[32];                     // FFmpeg's name of the compression
    int32_t matrix[4];                  // a b c d: a stored point (x, y) is shown at (a x + c y, b x + d y)
    int32_t pixel_width, pixel_height;  // the ratio of a stored pixel's sides; 0 where nothing is said
} saccade_video_info;

// The picture that was decoded last.
typedef struct {
    int32_t width, height;  // as stored
    int64_t time;           // nanoseconds since the first picture, never less than those of the one before
    int64_t duration;       // nanoseconds until the next one; for the last, what the file says, or as of the one before
} saccade_video_frame;

int saccade_video_is_built_in(void);

// Opens a file of `size` bytes and decodes its first picture, which the first saccade_video_next hands out.
//
// `descriptor` must stay open until saccade_video_close and is read by position alone. Pictures of more than
// `pixel_limit` pixels are refused. `*video` is null unless the result is SACCADE_VIDEO_OK.
saccade_video_status saccade_video_open(
    int descriptor, int64_t size, int64_t pixel_limit, saccade_video **video, saccade_video_info *info,
    char *message);

// Goes to the next picture. After anything but SACCADE_VIDEO_OK there are none.
saccade_video_status saccade_video_next(saccade_video *video, saccade_video_frame *frame, char *message);

// Writes the picture as rows of RGB without gaps: `3 * width * height` bytes.
saccade_video_status saccade_video_pixels(saccade_video *video, uint8_t *rgb, char *message);

// How often something of the file could not be decoded so far; the message says what was wrong first.
int64_t saccade_video_damage(const saccade_video *video, char *message);

void saccade_video_close(saccade_video *video);

#ifdef __cplusplus
}
#endif

#endif
