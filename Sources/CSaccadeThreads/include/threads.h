// How many cores compute, and loops spread over them.
//
// oneDNN here is an OpenMP build: every thread that calls it gets a team of workers, which spin for a
// while after each parallel region. Loops of our own that brought their own workers would fight those
// for the cores, so they run on the same team, through the entry point that compilers call for
// `#pragma omp parallel`. It is found at run time: a oneDNN that was built without OpenMP leaves our
// loops on the calling thread.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Sets how many threads every later call may use. At least 1. Call it before the first computation:
// oneDNN fixes a primitive's thread count when it creates the primitive.
void saccade_threads_set(int count);

// How many threads a computation uses: what was set, or OpenMP's own choice.
int saccade_threads_count(void);

// Makes the calling thread honour the count; cheap after the first time. OpenMP keeps the count per
// calling thread, so each entry into oneDNN begins with this.
void saccade_threads_enter(void);

// Calls `body(context, begin, end)` on consecutive parts of 0..<count, at most one per thread. The parts
// depend on `count` and the thread count alone, so that sums come out the same each time. Parts are
// never smaller than `grain`; everything runs on the caller when one part is enough.
void saccade_threads_for(long count, long grain, void *context, void (*body)(void *context, long begin, long end));

#ifdef __cplusplus
}
#endif
