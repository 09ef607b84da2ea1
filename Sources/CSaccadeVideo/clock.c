#ifdef SACCADE_FFMPEG

#include "clock.h"

#include <libavutil/mathematics.h>
#include <libavutil/version.h>
#include <stdlib.h>

static const AVRational nanosecond = {1, 1000000000};
static const int64_t second = 1000000000;

// A picture that stays for longer is none: the stamps were damaged, or a recording that began anew.
static const int64_t longest = 3600 * second;
// Stamps in an order that is a little wrong, as some files have them, lie within this.
static const int64_t disorder = second / 2;

// Nothing where a file has nothing, or numbers that make no sense.
static int64_t nanoseconds(int64_t units, AVRational base) {
    if (units == AV_NOPTS_VALUE || base.num <= 0 || base.den <= 0) return AV_NOPTS_VALUE;
    int64_t time = av_rescale_q(units, base, nanosecond);
    return time == INT64_MAX ? AV_NOPTS_VALUE : time;
}

void saccade_video_clock_start(saccade_video_clock *clock, const AVStream *stream) {
    *clock = (saccade_video_clock){.base = stream->time_base, .usual = second / 25, .last = -1};
    const AVRational rates[] = {stream->avg_frame_rate, stream->r_frame_rate};
    for (int i = 0; i < 2; i++) {
        if (rates[i].num <= 0 || rates[i].den <= 0) continue;
        int64_t duration = av_rescale(second, rates[i].den, rates[i].num);
        if (duration > 0 && duration <= longest) {
            clock->usual = duration;
            return;
        }
    }
}

static int64_t claimed_duration(const saccade_video_clock *clock, const AVFrame *frame) {
#if LIBAVUTIL_VERSION_MAJOR >= 58
    int64_t units = frame->duration;
#else
    int64_t units = frame->pkt_duration;
#endif
    int64_t duration = nanoseconds(units, clock->base);
    return duration > 0 && duration <= longest ? duration : 0;
}

// The time behind the last picture that a stamp speaks of.
static int64_t following(saccade_video_clock *clock, int64_t stamp) {
    const int64_t next = clock->last + clock->usual;
    if (stamp == AV_NOPTS_VALUE) return next;
    int64_t time;
    if (__builtin_sub_overflow(stamp, clock->origin, &time) || time > clock->last + longest ||
        time < clock->last - disorder) {
        // A new beginning: what follows is counted from here.
        if (__builtin_sub_overflow(stamp, next, &clock->origin)) clock->origin = stamp;
        return next;
    }
    if (time <= clock->last) return clock->last;
    clock->usual = time - clock->last;
    // Containers round to units of their own, a millisecond at most.
    clock->is_truthful = llabs(clock->usual - clock->claimed) <= second / 1000;
    return time;
}

int64_t saccade_video_clock_time(saccade_video_clock *clock, const AVFrame *frame) {
    const int64_t stamp = nanoseconds(frame->best_effort_timestamp, clock->base);
    if (clock->last < 0) {
        clock->origin = stamp == AV_NOPTS_VALUE ? 0 : stamp;
        clock->last = 0;
        clock->is_truthful = 1;
    } else {
        clock->last = following(clock, stamp);
    }
    clock->claimed = claimed_duration(clock, frame);
    return clock->last;
}

int64_t saccade_video_clock_duration(const saccade_video_clock *clock) {
    return clock->is_truthful && clock->claimed > 0 ? clock->claimed : clock->usual;
}

#endif
