// What differs between processors: how wide a register is, and how many there are. loops_wide.c and its like include
// passes.h for each.
#pragma once

#include "recurrence.h"

// The sequences that take part in a step. Those whose neighbour (the step before, or behind in a gradient) is a step of the
// sequence come first.
typedef struct {
    long count, neighboured;
    long *sequences;          // their numbers
    long *places;             // t · N + n
    const float **operands;   // what is multiplied with the weights
    const float **previous;   // the state before the step
} recurrence_step;

typedef struct {
    const sk_recurrence *r;
    const float *gates, *packed, *bias;
    float *outputs, *c;                                      // c: [N, H], from step to step
    const float *d_outputs;                                  // null: of the states before the first step
    const float *d_h_n, *d_c_n;
    float *d_gates, *d_hidden_gates, *d_h, *d_c, *carried;   // carried: [N, H], what the GRU's h gets directly
    recurrence_step step;
    long groups;                                             // of rows, which other threads may take
} recurrence_work;

// Functions for one width of registers.
typedef struct {
    int lanes;
    void (*pack)(int gates, long hidden, long begin, long end, const float *weights, float *packed);
    void (*pack_for_gradient)(int gates, long hidden, long begin, long end, const float *weights, float *packed);
    void (*forward)(void *work, long begin, long end);
    void (*backward)(void *work, long begin, long end);
    // The gradient of the state before the first step, from that of the first.
    void (*backward_end)(void *work, long begin, long end);
} recurrence_loops;

extern const recurrence_loops recurrence_loops_wide, recurrence_loops_half, recurrence_loops_quarter;

static inline int gate_count(sk_cell cell) { return cell == SK_LSTM ? 4 : cell == SK_GRU ? 3 : 1; }

// Registers of units that one block of the forward pass has: with all gates of a unit in one block, and four registers of
// weights for each number of the state where that goes.
static inline int unit_registers(int gates) { return gates == 1 ? 4 : 1; }

enum { GRADIENT_REGISTERS = 4 };

static inline long block_count(long hidden, long units) { return (hidden + units - 1) / units; }
