#include "recurrence.h"

#include "../clones.h"
#include "cell.h"
#include "threads.h"

// Steps whose input depends on the step before, as where a network looks next: the products are others' work.

struct job {
    long hidden;
    const float *gates, *c, *c_out, *activated, *d_h, *d_c_out;
    float *h_out, *next, *kept, *d_gates, *d_c;
};

SK_CLONES static void forward(
    long hidden, const float *restrict gates, const float *restrict c, float *restrict h_out, float *restrict c_out,
    float *restrict kept) {
    for (long u = 0; u < hidden; u++) {
        float own[4] = {gates[u], gates[hidden + u], gates[2 * hidden + u], gates[3 * hidden + u]};
        lstm_unit(own, c[u], &h_out[u], &c_out[u]);
        for (int gate = 0; gate < 4; gate++) kept[gate * hidden + u] = own[gate];
    }
}

SK_CLONES static void backward(
    long hidden, const float *restrict kept, const float *restrict c, const float *restrict c_out,
    const float *restrict d_h, const float *restrict d_c_out, float *restrict d_gates, float *restrict d_c) {
    for (long u = 0; u < hidden; u++) {
        float own[4] = {kept[u], kept[hidden + u], kept[2 * hidden + u], kept[3 * hidden + u]};
        d_c[u] = lstm_unit_gradient(own, c[u], c_out[u], d_h[u], d_c_out[u]);
        for (int gate = 0; gate < 4; gate++) d_gates[gate * hidden + u] = own[gate];
    }
}

static void forward_rows(void *context, long begin, long end) {
    const struct job *j = context;
    const long h = j->hidden;
    for (long row = begin; row < end; row++)
        forward(
            h, j->gates + row * 4 * h, j->c + row * h, j->h_out + row * h, j->next + row * h, j->kept + row * 4 * h);
}

static void backward_rows(void *context, long begin, long end) {
    const struct job *j = context;
    const long h = j->hidden;
    for (long row = begin; row < end; row++)
        backward(
            h, j->activated + row * 4 * h, j->c + row * h, j->c_out + row * h, j->d_h + row * h, j->d_c_out + row * h,
            j->d_gates + row * 4 * h, j->d_c + row * h);
}

void sk_lstm_step(
    long sequences, long hidden, const float *gates, const float *c, float *h_out, float *c_out, float *activated) {
    struct job job = {.hidden = hidden, .gates = gates, .c = c, .h_out = h_out, .next = c_out, .kept = activated};
    saccade_threads_for(sequences, sk_row_grain(16 * hidden), &job, forward_rows);
}

void sk_lstm_step_gradient(
    long sequences, long hidden, const float *activated, const float *c, const float *c_out, const float *d_h,
    const float *d_c_out, float *d_gates, float *d_c) {
    struct job job = {
        .hidden = hidden, .activated = activated, .c = c, .c_out = c_out, .d_h = d_h, .d_c_out = d_c_out,
        .d_gates = d_gates, .d_c = d_c};
    saccade_threads_for(sequences, sk_row_grain(16 * hidden), &job, backward_rows);
}
