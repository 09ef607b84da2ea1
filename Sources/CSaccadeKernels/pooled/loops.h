// One loop for each number of registers that a row takes and each number of rows: `case` labels of a switch over
// vectors · 32 + rows, each with both numbers as constants, so that the sums stay in registers.
#pragma once

#include "plan.h"

#define ONE(loop, vectors, rows)                                                                                  \
    case (vectors) * 32 + (rows):                                                                                 \
        loop(vectors, rows, a, b, stride, count, list);                                                           \
        return;
#define UP_TO_2(loop, v) ONE(loop, v, 1) ONE(loop, v, 2)
#define UP_TO_3(loop, v) UP_TO_2(loop, v) ONE(loop, v, 3)
#define UP_TO_4(loop, v) UP_TO_3(loop, v) ONE(loop, v, 4)
#define UP_TO_5(loop, v) UP_TO_4(loop, v) ONE(loop, v, 5)
#define UP_TO_7(loop, v) UP_TO_5(loop, v) ONE(loop, v, 6) ONE(loop, v, 7)
#define UP_TO_9(loop, v) UP_TO_7(loop, v) ONE(loop, v, 8) ONE(loop, v, 9)
#define UP_TO_14(loop, v)                                                                                         \
    UP_TO_9(loop, v) ONE(loop, v, 10) ONE(loop, v, 11) ONE(loop, v, 12) ONE(loop, v, 13) ONE(loop, v, 14)
#define UP_TO_28(loop, v)                                                                                         \
    UP_TO_14(loop, v) ONE(loop, v, 15) ONE(loop, v, 16) ONE(loop, v, 17) ONE(loop, v, 18) ONE(loop, v, 19)        \
    ONE(loop, v, 20) ONE(loop, v, 21) ONE(loop, v, 22) ONE(loop, v, 23) ONE(loop, v, 24) ONE(loop, v, 25)         \
    ONE(loop, v, 26) ONE(loop, v, 27) ONE(loop, v, 28)
// As many rows as fit into 28 registers.
#define EVERY(loop)                                                                                               \
    UP_TO_28(loop, 0) UP_TO_28(loop, 1) UP_TO_14(loop, 2) UP_TO_9(loop, 3) UP_TO_7(loop, 4) UP_TO_5(loop, 5)      \
    UP_TO_4(loop, 6) UP_TO_4(loop, 7) UP_TO_3(loop, 9) UP_TO_2(loop, 11)
