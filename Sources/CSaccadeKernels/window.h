#pragma once

// The places 0..<length that a window of `kernel` elements, `step` apart from `start` on, meets.
static inline void sk_clip(long start, long kernel, long step, long length, long *begin, long *end) {
    *begin = start < 0 ? (-start + step - 1) / step : 0;
    *end = start >= length ? 0 : (length - start + step - 1) / step;
    if (*end > kernel) *end = kernel;
}
