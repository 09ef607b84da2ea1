// The loops of recurrent layers, for registers of LANES floats, ROWS sequences at once. Included with these defined, with
// NAME(x), and between pragmas that choose the instruction set.

#include "cell.h"
#include "loops.h"

#include <string.h>

typedef float NAME(vec) __attribute__((vector_size(LANES * sizeof(float))));
#define VEC NAME(vec)

// sums[r][v] = Σ over k of a[r][k] · w[k][v]: `rows` sequences by `registers` registers, which are constants where this is
// used, so that all sums are in registers.
CELL_INLINE void NAME(products)(
    const int rows, const int registers, long depth, const float *const *a, const float *w, VEC sums[ROWS][4]) {
    VEC s[ROWS][4];
    const float *rows_of_a[ROWS];
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) {
        rows_of_a[r] = a[r];
        _Pragma("clang loop unroll(full)") for (int v = 0; v < registers; v++) s[r][v] = (VEC){0};
    }
    for (long k = 0; k < depth; k++, w += registers * LANES) {
        VEC weights[4];
        _Pragma("clang loop unroll(full)") for (int v = 0; v < registers; v++)
            memcpy(&weights[v], w + v * LANES, sizeof(VEC));
        _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) {
            float x = rows_of_a[r][k];
            _Pragma("clang loop unroll(full)") for (int v = 0; v < registers; v++) s[r][v] = weights[v] * x + s[r][v];
        }
    }
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++)
        _Pragma("clang loop unroll(full)") for (int v = 0; v < registers; v++) sums[r][v] = s[r][v];
}

// Functions of their own, so that nothing else wants the registers.
#define PRODUCTS(name, registers)                                                                                      \
    static __attribute__((noinline)) void name(                                                                        \
        int rows, long depth, const float *const *a, const float *w, VEC sums[ROWS][4]) {                              \
        switch (rows) {                                                                                                \
        case 1: NAME(products)(1, registers, depth, a, w, sums); break;                                                \
        case 2: NAME(products)(2 < ROWS ? 2 : ROWS, registers, depth, a, w, sums); break;                              \
        case 3: NAME(products)(3 < ROWS ? 3 : ROWS, registers, depth, a, w, sums); break;                              \
        case 4: NAME(products)(4 < ROWS ? 4 : ROWS, registers, depth, a, w, sums); break;                              \
        case 5: NAME(products)(5 < ROWS ? 5 : ROWS, registers, depth, a, w, sums); break;                              \
        default: NAME(products)(ROWS, registers, depth, a, w, sums); break;                                            \
        }                                                                                                              \
    }

PRODUCTS(NAME(products_of_3), 3)
PRODUCTS(NAME(products_of_4), 4)
#undef PRODUCTS

CELL_INLINE void NAME(products_of)(
    int rows, const int registers, long depth, const float *const *a, const float *w, VEC sums[ROWS][4]) {
    if (registers == 3)
        NAME(products_of_3)(rows, depth, a, w, sums);
    else
        NAME(products_of_4)(rows, depth, a, w, sums);
}

// Weights of a block of units: for each number of the state, all gates' registers. Units that do not exist are 0.
static void NAME(pack)(int gates, long hidden, long begin, long end, const float *weights, float *packed) {
    const long units = unit_registers(gates) * LANES;
    for (long block = begin; block < end; block++) {
        float *to = packed + block * gates * units * hidden;
        for (long unit = 0; unit < units; unit++) {
            long from = block * units + unit;
            for (int gate = 0; gate < gates; gate++) {
                float *column = to + gate * units + unit;
                const float *row = weights + (gate * hidden + from) * hidden;
                for (long k = 0; k < hidden; k++) column[k * gates * units] = from < hidden ? row[k] : 0;
            }
        }
    }
}

// The same for the product with the transposed weights: for each gate of each unit, a block of the state.
static void NAME(pack_for_gradient)(
    int gates, long hidden, long begin, long end, const float *weights, float *packed) {
    const long units = GRADIENT_REGISTERS * LANES;
    for (long block = begin; block < end; block++) {
        float *to = packed + block * units * gates * hidden;
        long first = block * units, count = hidden - first < units ? hidden - first : units;
        for (long k = 0; k < gates * hidden; k++, to += units) {
            memcpy(to, weights + k * hidden + first, (size_t)count * sizeof(float));
            memset(to + count, 0, (size_t)(units - count) * sizeof(float));
        }
    }
}

// `units` of one sequence from the sums over its state to its next state.
CELL_INLINE void NAME(finish)(
    const recurrence_work *w, const sk_cell cell, long row, long first, const long units, const float *sums,
    const long step) {
    const sk_recurrence *r = w->r;
    const long hidden = r->hidden, place = w->step.places[row];
    const float *gates = w->gates + place * gate_count(cell) * hidden + first;
    const float *bias = w->bias ? w->bias + first : 0;
    float *h = w->outputs + place * hidden + first;
    if (cell == SK_LSTM) {
        float *c = w->c + w->step.sequences[row] * hidden + first;
        float all[4][LANES], next[LANES], out[LANES];
        for (int gate = 0; gate < 4; gate++)
            for (long u = 0; u < units; u++)
                all[gate][u] = sums[gate * step + u] + gates[gate * hidden + u] + (bias ? bias[gate * hidden + u] : 0);
        for (long u = 0; u < units; u++) {
            float own[4] = {all[0][u], all[1][u], all[2][u], all[3][u]};
            lstm_unit(own, c[u], &out[u], &next[u]);
            for (int gate = 0; gate < 4; gate++) all[gate][u] = own[gate];
        }
        for (long u = 0; u < units; u++) c[u] = next[u], h[u] = out[u];
        if (!r->activated) return;
        memcpy(r->cells + place * hidden + first, next, (size_t)units * sizeof(float));
        for (int gate = 0; gate < 4; gate++)
            memcpy(r->activated + (place * 4 + gate) * hidden + first, all[gate], (size_t)units * sizeof(float));
    } else if (cell == SK_GRU) {
        const float *before = w->step.previous[row] + first;
        float all[4][LANES], out[LANES];
        for (long u = 0; u < units; u++) {
            float own[4];
            for (int gate = 0; gate < 2; gate++)
                own[gate] =
                    sums[gate * step + u] + gates[gate * hidden + u] + (bias ? bias[gate * hidden + u] : 0);
            own[2] = gates[2 * hidden + u];
            out[u] = gru_unit(own, sums[2 * step + u] + (bias ? bias[2 * hidden + u] : 0), before[u]);
            for (int gate = 0; gate < 4; gate++) all[gate][u] = own[gate];
        }
        memcpy(h, out, (size_t)units * sizeof(float));
        if (!r->activated) return;
        for (int gate = 0; gate < 4; gate++)
            memcpy(r->activated + (place * 4 + gate) * hidden + first, all[gate], (size_t)units * sizeof(float));
    } else {
        for (long u = 0; u < units; u++) {
            float sum = sums[u] + gates[u] + (bias ? bias[u] : 0);
            // NaN stays NaN.
            h[u] = cell == SK_RNN_TANH ? cell_tanh(sum) : sum < 0 ? 0 : sum;
        }
    }
}

// Constants where the register is full, so that its loops are vectors.
CELL_INLINE void NAME(finish_register)(
    const recurrence_work *w, const sk_cell cell, long row, long first, const float *sums, const long step) {
    long left = w->r->hidden - first;
    if (left >= LANES)
        NAME(finish)(w, cell, row, first, LANES, sums, step);
    else if (left > 0)
        NAME(finish)(w, cell, row, first, left, sums, step);
}

// Asks for what the end of a tile will read, which lies in as many places as it has sequences and gates, while its products
// are worked out.
CELL_INLINE void NAME(fetch)(const float *from, long rows, long step) {
    for (long row = 0; row < rows; row++) __builtin_prefetch(from + row * step);
}

CELL_INLINE void NAME(forward_of)(const recurrence_work *w, const sk_cell cell, long begin, long end) {
    const int gates = gate_count(cell), units = unit_registers(gates), registers = gates * units;
    const long hidden = w->r->hidden, rows = w->step.count;
    for (long item = begin; item < end; item++) {
        const long block = item / w->groups, group = item % w->groups;
        const float *packed = w->packed + block * registers * LANES * hidden;
        long row = rows * group / w->groups, last = rows * (group + 1) / w->groups;
        while (row < last) {
            // The rest in equal parts: a part of one row costs as much as one of several.
            long parts = (last - row + ROWS - 1) / ROWS;
            int count = (int)((last - row + parts - 1) / parts);
            VEC sums[ROWS][4];
            for (int i = 0; i < count; i++)
                for (int unit = 0; unit < units; unit++)
                    NAME(fetch)(
                        w->gates + w->step.places[row + i] * gates * hidden + (block * units + unit) * LANES, gates,
                        hidden);
            NAME(products_of)(count, registers, hidden, w->step.operands + row, packed, sums);
            for (int i = 0; i < count; i++)
                for (int unit = 0; unit < units; unit++)
                    NAME(finish_register)(
                        w, cell, row + i, (block * units + unit) * LANES, (const float *)&sums[i][unit], units * LANES);
            row += count;
        }
    }
}

static void NAME(forward)(void *context, long begin, long end) {
    const recurrence_work *w = context;
    switch (w->r->cell) {
    case SK_LSTM: NAME(forward_of)(w, SK_LSTM, begin, end); break;
    case SK_GRU: NAME(forward_of)(w, SK_GRU, begin, end); break;
    case SK_RNN_TANH: NAME(forward_of)(w, SK_RNN_TANH, begin, end); break;
    case SK_RNN_RELU: NAME(forward_of)(w, SK_RNN_RELU, begin, end); break;
    }
}

// `units` of one sequence from the gradient of its state after a step to those of the step's gates. `sums` is what the step
// behind gives; null behind a sequence's last step.
CELL_INLINE void NAME(finish_gradient)(
    const recurrence_work *w, const sk_cell cell, long row, long first, const long units, const float *sums) {
    const sk_recurrence *r = w->r;
    const long hidden = r->hidden, place = w->step.places[row], sequence = w->step.sequences[row];
    const float *behind = w->d_h_n + sequence * hidden + first, *own = w->d_outputs + place * hidden + first;
    float *carried = w->carried + sequence * hidden + first;
    float d_h[LANES];
    for (long u = 0; u < units; u++) d_h[u] = own[u] + (sums ? sums[u] : behind[u]);
    if (cell == SK_GRU && sums)
        for (long u = 0; u < units; u++) d_h[u] += carried[u];
    float *d_gates = w->d_gates + place * gate_count(cell) * hidden + first;
    const float *before = w->step.previous[row] + first;
    const float *activated = r->activated ? r->activated + place * 4 * hidden + first : 0;
    if (cell == SK_LSTM) {
        float *d_c = w->d_c + sequence * hidden + first;
        const float *d_c_behind = sums ? d_c : w->d_c_n + sequence * hidden + first;
        const float *c_out = r->cells + place * hidden + first;
        const float *c = before == r->h0 + sequence * hidden + first
                             ? r->c0 + sequence * hidden + first : r->cells + (before - r->outputs);
        float all[4][LANES], next[LANES];
        for (long u = 0; u < units; u++) {
            float gates[4] = {activated[u], activated[hidden + u], activated[2 * hidden + u], activated[3 * hidden + u]};
            next[u] = lstm_unit_gradient(gates, c[u], c_out[u], d_h[u], d_c_behind[u]);
            for (int gate = 0; gate < 4; gate++) all[gate][u] = gates[gate];
        }
        memcpy(d_c, next, (size_t)units * sizeof(float));
        for (int gate = 0; gate < 4; gate++) memcpy(d_gates + gate * hidden, all[gate], (size_t)units * sizeof(float));
    } else if (cell == SK_GRU) {
        float all[4][LANES], direct[LANES];
        for (long u = 0; u < units; u++) {
            float gates[4] = {activated[u], activated[hidden + u], activated[2 * hidden + u], activated[3 * hidden + u]};
            direct[u] = gru_unit_gradient(gates, before[u], d_h[u]);
            for (int gate = 0; gate < 4; gate++) all[gate][u] = gates[gate];
        }
        memcpy(carried, direct, (size_t)units * sizeof(float));
        float *d_hidden_gates = w->d_hidden_gates + place * 3 * hidden + first;
        for (int gate = 0; gate < 3; gate++) {
            memcpy(d_gates + gate * hidden, all[gate], (size_t)units * sizeof(float));
            memcpy(d_hidden_gates + gate * hidden, all[gate < 2 ? gate : 3], (size_t)units * sizeof(float));
        }
    } else {
        const float *h = r->outputs + place * hidden + first;
        for (long u = 0; u < units; u++)
            d_gates[u] = cell == SK_RNN_TANH ? d_h[u] * (1 - h[u] * h[u]) : h[u] > 0 ? d_h[u] : 0;
    }
}

CELL_INLINE void NAME(finish_gradient_register)(
    const recurrence_work *w, const sk_cell cell, long row, long first, const float *sums) {
    long left = w->r->hidden - first;
    if (left >= LANES)
        NAME(finish_gradient)(w, cell, row, first, LANES, sums);
    else if (left > 0)
        NAME(finish_gradient)(w, cell, row, first, left, sums);
}

// Asks for what the gradient of a block of units will read.
CELL_INLINE void NAME(fetch_kept)(const recurrence_work *w, long place, long first) {
    const long hidden = w->r->hidden;
    for (long unit = first; unit < first + GRADIENT_REGISTERS * LANES; unit += 16) {
        __builtin_prefetch(w->d_outputs + place * hidden + unit);
        if (w->r->cells) __builtin_prefetch(w->r->cells + place * hidden + unit);
        if (w->r->activated) NAME(fetch)(w->r->activated + place * 4 * hidden + unit, 4, hidden);
    }
}

// The products of the rows `row` to `last` with a block of the transposed weights, each then given to `use`.
#define GRADIENT_ROWS(use)                                                                                             \
    while (row < last) {                                                                                               \
        long parts = (last - row + ROWS - 1) / ROWS;                                                                   \
        int count = (int)((last - row + parts - 1) / parts);                                                           \
        VEC sums[ROWS][4];                                                                                             \
        if (w->d_outputs)                                                                                              \
            for (int i = 0; i < count; i++)                                                                            \
                NAME(fetch_kept)(w, w->step.places[row + i], block * GRADIENT_REGISTERS * LANES);                      \
        NAME(products_of)(count, GRADIENT_REGISTERS, depth, w->step.operands + row, packed, sums);                     \
        for (int i = 0; i < count; i++)                                                                                \
            for (int unit = 0; unit < GRADIENT_REGISTERS; unit++)                                                      \
                use(row + i, (block * GRADIENT_REGISTERS + unit) * LANES, (const float *)&sums[i][unit]);              \
        row += count;                                                                                                  \
    }

CELL_INLINE void NAME(backward_of)(const recurrence_work *w, const sk_cell cell, long begin, long end) {
    const long depth = gate_count(cell) * w->r->hidden;
    for (long item = begin; item < end; item++) {
        const long block = item / w->groups, group = item % w->groups;
        const float *packed = w->packed + block * GRADIENT_REGISTERS * LANES * depth;
        long row = w->step.neighboured * group / w->groups, last = w->step.neighboured * (group + 1) / w->groups;
#define USE(row, first, sums) NAME(finish_gradient_register)(w, cell, row, first, sums)
        GRADIENT_ROWS(USE)
#undef USE
        long others = w->step.count - w->step.neighboured;
        for (long other = others * group / w->groups; other < others * (group + 1) / w->groups; other++)
            for (int unit = 0; unit < GRADIENT_REGISTERS; unit++)
                NAME(finish_gradient_register)(
                    w, cell, w->step.neighboured + other, (block * GRADIENT_REGISTERS + unit) * LANES, 0);
    }
}

static void NAME(backward)(void *context, long begin, long end) {
    const recurrence_work *w = context;
    switch (w->r->cell) {
    case SK_LSTM: NAME(backward_of)(w, SK_LSTM, begin, end); break;
    case SK_GRU: NAME(backward_of)(w, SK_GRU, begin, end); break;
    case SK_RNN_TANH: NAME(backward_of)(w, SK_RNN_TANH, begin, end); break;
    case SK_RNN_RELU: NAME(backward_of)(w, SK_RNN_RELU, begin, end); break;
    }
}

static void NAME(end_register)(const recurrence_work *w, long row, long first, const float *sums) {
    long left = w->r->hidden - first, count = left < LANES ? left : LANES;
    float *d_h = w->d_h + w->step.sequences[row] * w->r->hidden + first;
    const float *carried = w->carried + w->step.sequences[row] * w->r->hidden + first;
    for (long u = 0; u < count; u++) d_h[u] = sums[u] + (w->r->cell == SK_GRU ? carried[u] : 0);
}

static void NAME(backward_end)(void *context, long begin, long end) {
    const recurrence_work *w = context;
    const long depth = gate_count(w->r->cell) * w->r->hidden;
    for (long item = begin; item < end; item++) {
        const long block = item / w->groups, group = item % w->groups;
        const float *packed = w->packed + block * GRADIENT_REGISTERS * LANES * depth;
        long row = w->step.count * group / w->groups, last = w->step.count * (group + 1) / w->groups;
#define USE(row, first, sums) NAME(end_register)(w, row, first, sums)
        GRADIENT_ROWS(USE)
#undef USE
    }
}

const recurrence_loops NAME(recurrence_loops) = {
    LANES, NAME(pack), NAME(pack_for_gradient), NAME(forward), NAME(backward), NAME(backward_end),
};
