#define _GNU_SOURCE
#include "waiting.h"

#ifdef __linux__

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// In nanoseconds. A thread that is woken takes a hundredth of a millisecond to come, longer where its core has to be woken
// as well: so long it has no core, and has not lost it either.
enum { UNCONDITIONAL = 10000, BETWEEN_QUESTIONS = 25000, MOST = 1000000 };

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static long nanoseconds(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) ? -1 : time.tv_sec * 1000000000L + time.tv_nsec;
}

static _Thread_local int own_thread;

int saccade_thread(void) {
    if (!own_thread) own_thread = gettid();
    return own_thread;
}

void saccade_thread_forget(void) { own_thread = 0; }

// The clock that runs while the thread does; the kernel brings it up to date when it is asked (man 3 pthread_getcpuclockid).
static clockid_t processor_clock(int thread) { return (clockid_t)(~(unsigned)thread << 3 | 6); }

saccade_spun saccade_spin(_Atomic uint32_t *word, uint32_t seen, int thread) {
    long start = nanoseconds(CLOCK_MONOTONIC), asked = start, ran = -1;
    for (;;) {
        for (int i = 0; i < 16; i++) {
            if (atomic_load(word) != seen) return SACCADE_CHANGED;
            pause_briefly();
        }
        long now = nanoseconds(CLOCK_MONOTONIC);
        if (now - start < UNCONDITIONAL) continue;
        if (!thread || now - start > MOST) return SACCADE_LONG;
        if (ran >= 0 && now - asked < BETWEEN_QUESTIONS) continue;
        long runs = nanoseconds(processor_clock(thread));
        if (runs < 0 || (ran >= 0 && runs - ran < (now - asked) / 2))
            return atomic_load(word) != seen ? SACCADE_CHANGED : SACCADE_LOST;
        ran = runs, asked = now;
    }
}

void saccade_sleep(_Atomic uint32_t *word, uint32_t seen, long nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000L, nanoseconds % 1000000000L};
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, nanoseconds ? &limit : NULL, NULL, 0);
}

void saccade_nap(long nanoseconds) {
    struct timespec length = {nanoseconds / 1000000000L, nanoseconds % 1000000000L};
    nanosleep(&length, NULL);
}

void saccade_wake(_Atomic uint32_t *word, int count) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

#endif
