#define _GNU_SOURCE
#include "placing.h"

#ifdef __linux__

#include <sched.h>
#include <stdatomic.h>

// On machines with more cores than this threads stay where the kernel has them.
enum { MOST_CORES = CPU_SETSIZE };

int saccade_core(void) { return sched_getcpu(); }

// Two that moved one thread at once could take the other's single core for what it may run on.
static atomic_bool moving;

void saccade_placing_forget(void) { moving = false; }

static bool move(int thread, int core) {
    cpu_set_t before, only;
    if (core < 0 || core >= MOST_CORES || sched_getaffinity(thread, sizeof before, &before)) return false;
    if (!CPU_ISSET(core, &before)) return false;
    CPU_ZERO(&only);
    CPU_SET(core, &only);
    bool moved = sched_setaffinity(thread, sizeof only, &only) == 0;
    sched_setaffinity(thread, sizeof before, &before);
    return moved;
}

bool saccade_move(int thread, int core) {
    if (atomic_exchange(&moving, true)) return false;
    bool moved = move(thread, core);
    atomic_store(&moving, false);
    return moved;
}

int saccade_unused_core(bool (*is_used)(int core)) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed)) return -1;
    for (int core = 0; core < MOST_CORES; core++)
        if (CPU_ISSET(core, &allowed) && !is_used(core)) return core;
    return -1;
}

#endif
