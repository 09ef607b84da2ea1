// What FFmpeg has to say, which it would print.
#pragma once
#ifdef SACCADE_FFMPEG

// From now on nothing is printed.
void saccade_video_listen(void);
void saccade_video_forget_words(void);

// Writes what FFmpeg said last on this thread since it was forgotten, else what an error means.
void saccade_video_explain(int error, char *message);

#endif
