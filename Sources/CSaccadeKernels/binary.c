#include "clones.h"
#include "kernels.h"
#include "threads.h"

static inline float smaller(float a, float b) { return a < b || a != a ? a : b; }  // NaN wins, as in PyTorch
static inline float larger(float a, float b) { return a > b || a != a ? a : b; }

// A loop for each pair of inner strides that occurs often, so that each can be vectorised.
#define LOOPS(expression)                                                                    \
    if (sa == 1 && sb == 1)                                                                  \
        for (long i = 0; i < count; i++) { float p = a[i], q = b[i]; y[i] = expression; }    \
    else if (sa == 1 && sb == 0) {                                                           \
        float q = b[0];                                                                      \
        for (long i = 0; i < count; i++) { float p = a[i]; y[i] = expression; }              \
    } else if (sa == 0 && sb == 1) {                                                         \
        float p = a[0];                                                                      \
        for (long i = 0; i < count; i++) { float q = b[i]; y[i] = expression; }              \
    } else                                                                                   \
        for (long i = 0; i < count; i++) { float p = a[i * sa], q = b[i * sb]; y[i] = expression; }

SK_CLONES static void row(
    sk_binary kind, long count, const float *a, long sa, const float *b, long sb, float *y) {
    switch (kind) {
    case SK_ADD: LOOPS(p + q) break;
    case SK_SUBTRACT: LOOPS(p - q) break;
    case SK_MULTIPLY: LOOPS(p * q) break;
    case SK_DIVIDE: LOOPS(p / q) break;
    case SK_MINIMUM: LOOPS(smaller(p, q)) break;
    case SK_MAXIMUM: LOOPS(larger(p, q)) break;
    case SK_EQUAL: LOOPS(p == q ? 1 : 0) break;
    case SK_LESS: LOOPS(p < q ? 1 : 0) break;
    }
}

struct flat {
    sk_binary kind;
    const float *a, *b;
    float *y;
};

static void flat_part(void *context, long begin, long end) {
    const struct flat *f = context;
    row(f->kind, end - begin, f->a + begin, 1, f->b + begin, 1, f->y + begin);
}

void sk_binary_flat(sk_binary kind, long count, const float *a, const float *b, float *y) {
    struct flat flat = {kind, a, b, y};
    saccade_threads_for(count, SK_GRAIN, &flat, flat_part);
}

struct strided {
    sk_binary kind;
    int outer;  // axes but the last
    const long *dims, *a_strides, *b_strides;
    const float *a, *b;
    float *y;
};

static void strided_part(void *context, long begin, long end) {
    const struct strided *s = context;
    long length = s->dims[s->outer], sa = s->a_strides[s->outer], sb = s->b_strides[s->outer];
    for (long index = begin; index < end; index++) {
        long a = 0, b = 0, rest = index;
        for (int axis = s->outer - 1; axis >= 0; axis--) {
            long place = rest % s->dims[axis];
            rest /= s->dims[axis];
            a += place * s->a_strides[axis];
            b += place * s->b_strides[axis];
        }
        row(s->kind, length, s->a + a, sa, s->b + b, sb, s->y + index * length);
    }
}

void sk_binary_strided(
    sk_binary kind, int rank, const long *dims, const float *a, const long *a_strides, const float *b,
    const long *b_strides, float *y) {
    struct strided strided = {kind, rank - 1, dims, a_strides, b_strides, a, b, y};
    saccade_threads_for(sk_product(rank - 1, dims), sk_row_grain(dims[rank - 1]), &strided, strided_part);
}
