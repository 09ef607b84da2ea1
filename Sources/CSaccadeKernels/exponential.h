// exp and log that compilers can vectorise: library calls keep a loop from it.
#pragma once

#include <stdint.h>
#include <string.h>

// eˣ within 1e-7 of its value; 0 far below and infinity far above. After Cephes' expf (Moshier, 1989):
// x = n · ln 2 + r, and a polynomial for eʳ.
static inline __attribute__((always_inline)) float sk_exp(float x) {
    float limited = x > 88.7f ? 88.7f : x < -87.3f ? -87.3f : x;
    float n = __builtin_floorf(limited * 1.44269504088896341f + 0.5f);
    float r = limited - n * 0.693359375f + n * 2.12194440e-4f;
    float y = 1.9875691500e-4f;
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1;
    int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    y *= power;
    y = x < -87.3f ? 0 : y;
    y = x > 88.7f ? __builtin_inff() : y;
    return x != x ? x : y;
}
