// How a thread waits for another.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// The calling thread's number, as the kernel has it.
int saccade_thread(void);
// Another one in a child of `fork`.
void saccade_thread_forget(void);

typedef enum {
    SACCADE_CHANGED,  // the word is another
    SACCADE_LOST,     // `thread` has no core
    SACCADE_LONG,     // it is taking too long
} saccade_spun;

// Spins until `*word` is no longer `seen`, for as long as that is worth it.
//
// Spinning answers within a fraction of a microsecond where waking a sleeper takes ten and more. It is worth it while
// `thread`, the one that is waited for, has a core. If the kernel has given that core to somebody else, then ours is
// the one it could go on with, and we had better sleep. 0: not known.
saccade_spun saccade_spin(_Atomic uint32_t *word, uint32_t seen, int thread);

// Sleeps until woken, if `*word` is still `seen`; after `nanoseconds` in any case, unless they are 0.
void saccade_sleep(_Atomic uint32_t *word, uint32_t seen, long nanoseconds);

// Sleeps for a while.
void saccade_nap(long nanoseconds);

// Wakes up to `count` sleepers.
void saccade_wake(_Atomic uint32_t *word, int count);
