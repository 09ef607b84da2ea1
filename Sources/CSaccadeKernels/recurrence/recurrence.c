#include "recurrence.h"

#include "../clones.h"
#include "../wide.h"
#include "loops.h"
#include "threads.h"

#include <string.h>

// The steps one after the other; within one, blocks of units on all threads. A thread computes all gates of its units and
// applies them while they are in its registers, so that threads meet once a step.

static const recurrence_loops *loops(void) {
    return sk_has_wide() ? &recurrence_loops_wide : sk_has_half() ? &recurrence_loops_half : &recurrence_loops_quarter;
}

static long forward_units(sk_cell cell) { return unit_registers(gate_count(cell)) * (long)loops()->lanes; }

static long gradient_units(void) { return GRADIENT_REGISTERS * (long)loops()->lanes; }

// MARK: Weights

struct packing {
    int gates;
    long hidden;
    const float *weights;
    float *packed;
    void (*pack)(int gates, long hidden, long begin, long end, const float *weights, float *packed);
};

static void pack_blocks(void *context, long begin, long end) {
    const struct packing *p = context;
    p->pack(p->gates, p->hidden, begin, end, p->weights, p->packed);
}

long sk_recurrence_packed_count(sk_cell cell, long hidden) {
    long units = forward_units(cell);
    return block_count(hidden, units) * units * gate_count(cell) * hidden;
}

void sk_recurrence_pack(sk_cell cell, long hidden, const float *weights, float *packed) {
    long units = forward_units(cell);
    struct packing packing = {gate_count(cell), hidden, weights, packed, loops()->pack};
    saccade_threads_for(
        block_count(hidden, units), sk_row_grain(units * gate_count(cell) * hidden), &packing, pack_blocks);
}

long sk_recurrence_packed_count_for_gradient(sk_cell cell, long hidden) {
    long units = gradient_units();
    return block_count(hidden, units) * units * gate_count(cell) * hidden;
}

void sk_recurrence_pack_for_gradient(sk_cell cell, long hidden, const float *weights, float *packed) {
    long units = gradient_units();
    struct packing packing = {gate_count(cell), hidden, weights, packed, loops()->pack_for_gradient};
    saccade_threads_for(
        block_count(hidden, units), sk_row_grain(units * gate_count(cell) * hidden), &packing, pack_blocks);
}

// MARK: Steps

long sk_recurrence_scratch(const sk_recurrence *r) {
    long pointers = 2 * (long)sizeof(float *) + 2 * (long)sizeof(long);
    return r->sequences * pointers + r->sequences * r->hidden * (long)sizeof(float);
}

// Puts the scratch memory's parts in place; returns what is behind them, `[N, H]` floats.
static float *lay_out(const sk_recurrence *r, recurrence_step *step, void *scratch) {
    step->sequences = scratch;
    step->places = step->sequences + r->sequences;
    step->operands = (const float **)(step->places + r->sequences);
    step->previous = step->operands + r->sequences;
    return (float *)(step->previous + r->sequences);
}

static long length(const sk_recurrence *r, long sequence) {
    if (!r->lengths) return r->steps;
    float length = r->lengths[sequence];
    return length >= (float)r->steps ? r->steps : length >= 1 ? (long)length : 0;
}

// Where in the sequence its own `step`-th step is.
static long place(const sk_recurrence *r, long sequence, long step) {
    long time = r->reversed ? length(r, sequence) - 1 - step : step;
    return time * r->sequences + sequence;
}

static const float *state_before(const sk_recurrence *r, const float *outputs, long sequence, long step) {
    return step == 0 ? r->h0 + sequence * r->hidden : outputs + place(r, sequence, step - 1) * r->hidden;
}

static void add(recurrence_step *to, long at, const sk_recurrence *r, const float *outputs, long sequence, long step) {
    to->sequences[at] = sequence;
    to->places[at] = place(r, sequence, step);
    to->previous[at] = state_before(r, outputs, sequence, step);
}

// Rows are divided, too, where there are fewer blocks than would occupy all threads.
static long row_groups(long blocks, long rows) {
    long wanted = (2 * (long)saccade_threads_count() + blocks - 1) / blocks, most = (rows + 5) / 6;
    return wanted < most ? wanted : most > 0 ? most : 1;
}

// Runs `loop` over the blocks of units, on one thread where that is enough.
static void run(
    recurrence_work *w, long units, long depth, long rows, void (*loop)(void *work, long begin, long end)) {
    long blocks = block_count(w->r->hidden, units);
    w->groups = row_groups(blocks, rows);
    long products = units * (depth / 8 + 16) * (rows / w->groups + 1);
    saccade_threads_for(blocks * w->groups, sk_row_grain(products), w, loop);
}

struct zeroing {
    const sk_recurrence *r;
    long width;
    float *rows;  // [T, N, width]
};

static void zero_steps(void *context, long begin, long end) {
    const struct zeroing *z = context;
    for (long time = begin; time < end; time++)
        for (long sequence = 0; sequence < z->r->sequences; sequence++)
            if (time >= length(z->r, sequence))
                memset(
                    z->rows + (time * z->r->sequences + sequence) * z->width, 0, (size_t)z->width * sizeof(float));
}

// Steps beyond the ends of sequences become 0.
static void zero_beyond(const sk_recurrence *r, long width, float *rows) {
    if (!r->lengths) return;
    struct zeroing zeroing = {r, width, rows};
    saccade_threads_for(r->steps, sk_row_grain(r->sequences * width), &zeroing, zero_steps);
}

// MARK: Forward

void sk_recurrence_forward(
    const sk_recurrence *r, const float *gates, const float *packed, const float *bias, float *outputs, float *h_n,
    float *c_n, void *scratch) {
    const long row = r->hidden * (long)sizeof(float);
    recurrence_work w = {.r = r, .gates = gates, .packed = packed, .bias = bias, .outputs = outputs, .c = c_n};
    (void)lay_out(r, &w.step, scratch);
    if (r->cell == SK_LSTM) memcpy(c_n, r->c0, (size_t)(r->sequences * row));
    zero_beyond(r, r->hidden, outputs);
    long units = forward_units(r->cell), depth = r->hidden * gate_count(r->cell);
    for (long step = 0; step < r->steps; step++) {
        long count = 0;
        for (long sequence = 0; sequence < r->sequences; sequence++)
            if (step < length(r, sequence)) add(&w.step, count++, r, outputs, sequence, step);
        if (count == 0) break;
        memcpy(w.step.operands, w.step.previous, (size_t)count * sizeof(float *));
        w.step.count = count;
        run(&w, units, depth, count, loops()->forward);
    }
    for (long sequence = 0; sequence < r->sequences; sequence++)
        memcpy(
            h_n + sequence * r->hidden, state_before(r, outputs, sequence, length(r, sequence)), (size_t)row);
}

// MARK: Backward

struct copying {
    const sk_recurrence *r;
    float *previous;
};

static void copy_states(void *context, long begin, long end) {
    const struct copying *c = context;
    const sk_recurrence *r = c->r;
    for (long step = begin; step < end; step++)
        for (long sequence = 0; sequence < r->sequences; sequence++)
            if (step < length(r, sequence))
                memcpy(
                    c->previous + place(r, sequence, step) * r->hidden, state_before(r, r->outputs, sequence, step),
                    (size_t)r->hidden * sizeof(float));
}

void sk_recurrence_backward(
    const sk_recurrence *r, const float *packed, const float *d_outputs, const float *d_h_n, const float *d_c_n,
    float *d_gates, float *d_hidden_gates, float *previous, float *d_h0, float *d_c0, void *scratch) {
    const long gates = gate_count(r->cell), width = gates * r->hidden, row = r->hidden * (long)sizeof(float);
    recurrence_work w = {
        .r = r, .packed = packed, .d_outputs = d_outputs, .d_h_n = d_h_n, .d_c_n = d_c_n, .d_gates = d_gates,
        .d_hidden_gates = d_hidden_gates, .d_h = d_h0, .d_c = d_c0};
    w.carried = lay_out(r, &w.step, scratch);
    struct copying copying = {r, previous};
    saccade_threads_for(r->steps, sk_row_grain(r->sequences * r->hidden), &copying, copy_states);
    zero_beyond(r, r->hidden, previous);
    zero_beyond(r, width, d_gates);
    if (r->cell == SK_GRU) zero_beyond(r, width, d_hidden_gates);
    // What the state gets from the step behind comes through what the hidden side added.
    const float *behind = r->cell == SK_GRU ? d_hidden_gates : d_gates;
    for (long step = r->steps - 1; step >= 0; step--) {
        long count = 0;
        for (long sequence = 0; sequence < r->sequences; sequence++)
            if (step + 1 < length(r, sequence)) {
                w.step.operands[count] = behind + place(r, sequence, step + 1) * width;
                add(&w.step, count++, r, r->outputs, sequence, step);
            }
        w.step.neighboured = count;
        for (long sequence = 0; sequence < r->sequences; sequence++)
            if (step + 1 == length(r, sequence)) add(&w.step, count++, r, r->outputs, sequence, step);
        w.step.count = count;
        if (count > 0) run(&w, gradient_units(), width, count, loops()->backward);
    }
    long count = 0;
    for (long sequence = 0; sequence < r->sequences; sequence++) {
        if (length(r, sequence) > 0) {
            w.step.operands[count] = behind + place(r, sequence, 0) * width;
            w.step.sequences[count++] = sequence;
            continue;
        }
        memcpy(d_h0 + sequence * r->hidden, d_h_n + sequence * r->hidden, (size_t)row);
        if (r->cell == SK_LSTM) memcpy(d_c0 + sequence * r->hidden, d_c_n + sequence * r->hidden, (size_t)row);
    }
    w.step.count = count;
    if (count > 0) run(&w, gradient_units(), width, count, loops()->backward_end);
}
