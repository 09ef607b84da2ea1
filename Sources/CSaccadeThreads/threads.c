#define _GNU_SOURCE
#include "threads.h"

#include "cores.h"
#include "openmp.h"
#include "team.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

// Where regions run: on our team, on OpenMP's own where oneDNN could not be redirected, or on the caller alone.
static enum { ON_OURS, ON_OPENMP, ON_CALLER } where;
static struct saccade_openmp openmp;
static const char *reason;  // why not on our team

static atomic_int wanted;  // 0: nobody asked
static atomic_int started;  // threads of our team
static _Thread_local int entered;

static int usual_count(void) {
    int cores = saccade_cores();
    const char *text = getenv("OMP_NUM_THREADS");
    long asked = text ? strtol(text, NULL, 10) : 0;
    if (asked >= 1) return asked < cores ? (int)asked : cores;
    double quota = saccade_core_quota("");
    if (quota <= 0 || quota >= cores) return cores;
    // Of a core and a half both are used: one would leave a third of what is allowed.
    return (int)quota + (quota > (int)quota);
}

static int own_count(void) {
    int count = atomic_load_explicit(&started, memory_order_relaxed);
    if (count) return count;
    int asked = atomic_load(&wanted);
    count = saccade_team_start(asked ? asked : usual_count());
    atomic_store(&started, count);
    return count;
}

static void find_team(void) {
    where = ON_CALLER;
    reason = "oneDNN computes without OpenMP";
    if (!saccade_openmp_find(&openmp)) return;
    reason = saccade_openmp_redirect(&openmp, own_count);
    where = reason ? ON_OPENMP : ON_OURS;
}

static void prepare(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_team);
}

const char *saccade_threads_foreign(void) {
    prepare();
    return reason;
}

int saccade_threads_most(void) {
    int cores = saccade_cores();
    return cores < SACCADE_MOST_THREADS ? cores : SACCADE_MOST_THREADS;
}

void saccade_threads_set(int count) {
    int most = saccade_threads_most();
    atomic_store(&wanted, count < 1 ? 1 : count < most ? count : most);
    atomic_store(&started, 0);
}

void saccade_threads_enter(void) {
    prepare();
    if (where != ON_OPENMP) return;
    int count = atomic_load_explicit(&wanted, memory_order_relaxed);
    if (count == 0 || count == entered) return;
    openmp.set_threads(count);
    entered = count;
}

int saccade_threads_count(void) {
    saccade_threads_enter();
    switch (where) {
    case ON_OURS: return own_count();
    case ON_OPENMP: return openmp.max_threads();
    default: return 1;
    }
}

unsigned long saccade_threads_meetings(void) { return saccade_team_meetings(); }

// MARK: Loops

// A thread's own part of a loop, and how far it is.
struct part {
    _Alignas(64) atomic_long next;
    long end;
};

struct loop {
    void (*body)(void *, long, long);
    void *context;
    long piece;
    long count;
    struct part *parts;
};

// Takes pieces of its own part, which is the same in every loop over as much, so that it finds in its cache what it has
// left there; and then of the others'.
static void run_pieces(struct loop *loop, long own) {
    for (long i = 0; i < loop->count; i++) {
        struct part *part = &loop->parts[(own + i) % loop->count];
        for (;;) {
            long begin = atomic_fetch_add(&part->next, loop->piece), end = begin + loop->piece;
            if (begin >= part->end) break;
            loop->body(loop->context, begin, end < part->end ? end : part->end);
        }
    }
}

static void run_on_team(void *loop) { run_pieces(loop, saccade_team_share()); }
static void run_on_openmp(void *loop) { run_pieces(loop, openmp.thread()); }

// So many pieces does each thread's part have: what is left to do when a thread has lost its core is then little.
enum { PIECES = 4 };

void saccade_threads_for(long count, long grain, void *context, void (*body)(void *, long, long)) {
    if (count <= 0) return;
    if (grain < 1) grain = 1;
    long threads = count / grain > 1 ? saccade_threads_count() : 1;
    if (count / grain < threads) threads = count / grain;
    if (threads > SACCADE_MOST_THREADS) threads = SACCADE_MOST_THREADS;
    if (threads <= 1 || (where == ON_OURS && saccade_team_is_inside())) {
        body(context, 0, count);
        return;
    }
    struct part parts[threads];
    struct loop loop = {body, context, 0, threads, parts};
    // The first `extra` parts hold one more than the others.
    long size = count / threads, extra = count % threads;
    for (long i = 0; i < threads; i++) {
        atomic_init(&parts[i].next, i * size + (i < extra ? i : extra));
        parts[i].end = (i + 1) * size + (i + 1 < extra ? i + 1 : extra);
    }
    loop.piece = (size + PIECES) / PIECES > grain ? (size + PIECES) / PIECES : grain;
    if (where == ON_OURS)
        saccade_team_run(run_on_team, &loop, (unsigned)threads);
    else
        openmp.parallel(run_on_openmp, &loop, (unsigned)threads, 0);
}
