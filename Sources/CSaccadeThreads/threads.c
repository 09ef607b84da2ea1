#define _GNU_SOURCE
#include "threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

typedef void (*parallel_function)(void (*)(void *), void *, unsigned, unsigned);

static parallel_function omp_parallel;  // GOMP_parallel, which libgomp and LLVM's libomp both export
static void (*omp_set_threads)(int);
static int (*omp_max_threads)(void);
static int (*omp_thread)(void);
static int (*omp_team)(void);

static atomic_int wanted;  // 0: nobody asked, OpenMP decides
static _Thread_local int entered;

static void find_runtime(void) {
    omp_parallel = (parallel_function)dlsym(RTLD_DEFAULT, "GOMP_parallel");
    omp_set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    omp_max_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    omp_thread = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_thread_num");
    omp_team = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_num_threads");
    if (!omp_set_threads || !omp_max_threads || !omp_thread || !omp_team) omp_parallel = NULL;
}

static void prepare(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_runtime);
}

void saccade_threads_set(int count) { atomic_store(&wanted, count < 1 ? 1 : count); }

void saccade_threads_enter(void) {
    int count = atomic_load_explicit(&wanted, memory_order_relaxed);
    if (count == 0 || count == entered) return;
    prepare();
    if (omp_parallel) omp_set_threads(count);
    entered = count;
}

int saccade_threads_count(void) {
    prepare();
    saccade_threads_enter();
    return omp_parallel ? omp_max_threads() : 1;
}

struct region {
    void (*body)(void *, long, long);
    void *context;
    long count;
};

static void run_share(void *argument) {
    const struct region *region = argument;
    long team = omp_team(), index = omp_thread();
    // The first `extra` parts hold one more than the others.
    long size = region->count / team, extra = region->count % team;
    long begin = index * size + (index < extra ? index : extra);
    long end = begin + size + (index < extra ? 1 : 0);
    if (begin < end) region->body(region->context, begin, end);
}

void saccade_threads_for(long count, long grain, void *context, void (*body)(void *, long, long)) {
    if (count <= 0) return;
    long parts = grain > 0 ? count / grain : count;
    long threads = parts > 1 ? saccade_threads_count() : 1;
    if (parts < threads) threads = parts;
    if (threads <= 1) {
        body(context, 0, count);
        return;
    }
    struct region region = {body, context, count};
    omp_parallel(run_share, &region, (unsigned)threads, 0);
}
