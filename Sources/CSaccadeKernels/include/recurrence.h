// Recurrent layers over whole sequences: the part that must wait for the step before.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Gates lie one behind the other, as PyTorch has them: the LSTM's input, forget, cell and output gate; the GRU's reset,
// update and new gate; the only one of a plain layer.
typedef enum { SK_RNN_TANH, SK_RNN_RELU, SK_LSTM, SK_GRU } sk_cell;

// A layer in one direction. All tensors are row-major; T steps of N sequences with H hidden units and G gates.
typedef struct {
    sk_cell cell;
    long steps, sequences, hidden;  // T, N and H
    int reversed;                   // each sequence from its last step to its first
    const float *lengths;           // [N], what is beyond 0…T counts as the nearest; null: all are T
    const float *h0, *c0;           // [N, H], the state before the first step; c0 of the LSTM alone
    const float *outputs;           // [T, N, H], 0 beyond a sequence's end
    // What a gradient needs of the forward pass; null where there will be none.
    float *cells;                   // [T, N, H], of the LSTM
    float *activated;               // [T, N, 4·H]: the LSTM's gates; the GRU's three and what its new gate multiplies
} sk_recurrence;

// Floats of the weights as the forward pass reads them, and what makes these of `weights`, [G·H, H].
long sk_recurrence_packed_count(sk_cell, long hidden);
void sk_recurrence_pack(sk_cell, long hidden, const float *weights, float *packed);

// Bytes of scratch memory for either pass, beside packed weights.
long sk_recurrence_scratch(const sk_recurrence *);

// `gates`, [T, N, G·H], is what the inputs add to the gates; `bias`, [G·H] or null, what the hidden side adds, apart because
// the GRU's reset gate multiplies it. Writes the outputs, the states after each sequence's last step, and what a gradient
// needs.
void sk_recurrence_forward(
    const sk_recurrence *, const float *gates, const float *packed, const float *bias, float *outputs, float *h_n,
    float *c_n, void *scratch);

// Floats of the weights as the gradient reads them, and what makes these.
long sk_recurrence_packed_count_for_gradient(sk_cell, long hidden);
void sk_recurrence_pack_for_gradient(sk_cell, long hidden, const float *weights, float *packed);

// From the gradients of the outputs and of the states after the last step, those of `gates`, of what the hidden side adds to
// them (`d_hidden_gates`, of the GRU alone: elsewhere the two are the same), and of the states before the first step. The
// weights' gradient is `d_hidden_gates`ᵀ times `previous`, [T, N, H], the state before each step.
void sk_recurrence_backward(
    const sk_recurrence *, const float *packed, const float *d_outputs, const float *d_h_n, const float *d_c_n,
    float *d_gates, float *d_hidden_gates, float *previous, float *d_h0, float *d_c0, void *scratch);

// One step alone: the LSTM's from gates to state. `gates`, [N, 4·H], is the sum of all that enters them.
void sk_lstm_step(
    long sequences, long hidden, const float *gates, const float *c, float *h_out, float *c_out, float *activated);
void sk_lstm_step_gradient(
    long sequences, long hidden, const float *activated, const float *c, const float *c_out, const float *d_h,
    const float *d_c_out, float *d_gates, float *d_c);

#ifdef __cplusplus
}
#endif
