// How many cores compute, and loops spread over them.
//
// oneDNN here is an OpenMP build, and OpenMP's own runtime divides work beforehand, waits for threads that have lost
// their cores, and starts a team for every thread that calls. So oneDNN is given a team of ours where it looks for
// OpenMP's (openmp.h), one for the process; loops of our own run on it as well. Where that cannot be done, both
// run on OpenMP's.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Sets how many threads every later call may use: from 1 to `saccade_threads_most`. Call it before the first computation:
// oneDNN fixes a primitive's thread count when it creates the primitive.
void saccade_threads_set(int count);

// How many threads a computation uses: what was set; or what OMP_NUM_THREADS says; or the cores that this process may
// use, by its affinity and by the quota of its control groups, rounded up.
int saccade_threads_count(void);

// The cores that this process may be scheduled on: more threads than these only get in each other's way.
int saccade_threads_most(void);

// Why computations do not run on our team; null where they do.
const char *saccade_threads_foreign(void);

// Must come before every use of oneDNN by a thread; cheap after the first time.
void saccade_threads_enter(void);

// Calls `body(context, begin, end)` on pieces of 0..<count, each element in one of them, on several threads at once. Where
// pieces begin depends on `count`, `grain` and the thread count alone; who takes which depends on who is there. No piece
// but the last of a thread's part is smaller than `grain`; everything runs on the caller when one is enough, and inside
// another loop.
void saccade_threads_for(long count, long grain, void *context, void (*body)(void *context, long begin, long end));

// How often the calling thread has met the others so far, at the ends of loops and of oneDNN's: each time it may have to
// wait for one that is late.
unsigned long saccade_threads_meetings(void);

#ifdef __cplusplus
}
#endif
