#define _GNU_SOURCE
#include "team.h"

#ifdef __linux__

#include "placing.h"
#include "waiting.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// How it fits together. A caller takes a slot, writes its region there and gives it a number that no region had before.
// Workers serve one region at a time, the `current` one, until all its shares are claimed: if two regions whose shares
// wait for each other inside were served at once, each could hold the workers that the other lacks, forever. `current`
// moves by compare-and-swap, so no thread ever holds a lock when the kernel takes its core away.
//
// A share's claim is the number of the last region that it was claimed in. Numbers only grow, so whoever comes late with
// the number of a region that is over finds nothing to claim.

enum { SLOTS = 64 };

// A claim's lowest bit: the share has returned.
#define CLAIMED(region) ((region) << 1)
#define RETURNED(region) ((region) << 1 | 1)

// In `done`, beside the count: the caller sleeps and wants to be woken.
#define SLEEPS (1u << 31)

struct slot {
    _Alignas(64) _Atomic uint64_t region;  // 0 between two regions
    void (*body)(void *);
    void *data;
    _Atomic uint32_t shares;
    _Atomic int caller, core;              // the thread that opened the region, and where it ran then
    _Alignas(64) _Atomic uint32_t done;    // shares that have returned
    _Atomic uint32_t arrived, phase;       // of the barrier inside
    _Atomic uint32_t at_barrier;           // sleepers there
    _Atomic uint64_t claims[SACCADE_MOST_THREADS];
    _Atomic int threads[SACCADE_MOST_THREADS];      // who has claimed them; a caller's number is negative
    _Atomic uint32_t waits[SACCADE_MOST_THREADS];   // the phase behind the barrier that each has come to
};

static struct slot slots[SLOTS];
static _Atomic uint64_t taken;    // a bit for each slot that somebody has
static _Atomic uint64_t open;     // a bit for each slot whose region may have unclaimed shares
static _Atomic uint64_t numbers;  // of the last region
static _Atomic uint64_t current;  // number << 6 | slot of the region that workers serve; 0: none

static _Atomic uint32_t epoch;    // moves with each new region: what spinning workers watch
static _Atomic uint32_t calls;    // moves when sleeping workers are wanted
static _Atomic int sleepers;      // workers asleep
static _Atomic int watchers;      // those of them that look from time to time
static _Atomic int running;       // threads inside a region, but those asleep at a barrier
static _Atomic int size = 1;      // how many should run at once
static _Atomic int last;          // the slot of the last region

static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int workers;
static _Atomic int worker_cores[SACCADE_MOST_THREADS];  // where they ran last

static _Thread_local struct {
    struct slot *slot;
    unsigned share, shares;
    unsigned long meetings;
} own = {.shares = 1};

bool saccade_team_is_inside(void) { return own.slot != NULL; }
unsigned saccade_team_share(void) { return own.share; }
unsigned saccade_team_shares(void) { return own.shares; }
unsigned long saccade_team_meetings(void) { return own.meetings; }

// MARK: Claiming

static bool has_unclaimed(struct slot *slot, uint64_t region) {
    unsigned shares = atomic_load(&slot->shares);
    for (unsigned share = 0; share < shares; share++)
        if (atomic_load(&slot->claims[share]) < CLAIMED(region)) return atomic_load(&slot->region) == region;
    return false;
}

// Claims a share, `preferred` where it is free: a thread that runs the same share of each layer finds its part of the last
// result in its cache. Returns -1 where all are claimed, or the region is over.
static int claim(struct slot *slot, uint64_t region, unsigned preferred) {
    unsigned shares = atomic_load(&slot->shares);
    for (unsigned i = 0; i < shares; i++) {
        unsigned share = (preferred + i) % shares;
        uint64_t last = atomic_load(&slot->claims[share]);
        while (last < CLAIMED(region))
            if (atomic_compare_exchange_weak(&slot->claims[share], &last, CLAIMED(region)))
                // The slot may have got a region with more shares since: then this was none of ours.
                return atomic_load(&slot->region) == region ? (int)share : -1;
    }
    return -1;
}

// The open region that was opened first, as `current` has it; 0 where there is none.
static uint64_t oldest(void) {
    uint64_t best = 0;
    for (uint64_t left = atomic_load(&open); left; left &= left - 1) {
        unsigned index = (unsigned)__builtin_ctzll(left);
        uint64_t region = atomic_load(&slots[index].region);
        if (region && (!best || region < best >> 6) && has_unclaimed(&slots[index], region)) best = region << 6 | index;
    }
    return best;
}

static void finish(struct slot *slot, uint64_t region, unsigned share, unsigned shares) {
    atomic_store(&slot->claims[share], RETURNED(region));
    uint32_t done = atomic_fetch_add(&slot->done, 1) + 1;
    if (done == (shares | SLEEPS)) saccade_wake(&slot->done, 1);
}

static void run_share(struct slot *slot, uint64_t region, unsigned share, bool is_worker) {
    unsigned shares = atomic_load(&slot->shares);
    atomic_store(&slot->threads[share], is_worker ? saccade_thread() : -saccade_thread());
    own.slot = slot, own.share = share, own.shares = shares;
    slot->body(slot->data);
    own.slot = NULL, own.share = 0, own.shares = 1;
    finish(slot, region, share, shares);
}

// MARK: Workers

// Whether a thread of ours was last seen on a core.
static bool is_used(int core) {
    for (int worker = 1; worker <= atomic_load(&workers); worker++)
        if (atomic_load(&worker_cores[worker]) == core) return true;
    for (uint64_t left = atomic_load(&taken); left; left &= left - 1)
        if (atomic_load(&slots[__builtin_ctzll(left)].core) == core) return true;
    return false;
}

static void note_core(unsigned worker) { atomic_store(&worker_cores[worker], saccade_core()); }

// A worker that runs where the caller was has driven it out, and goes elsewhere.
static void leave_core_of(struct slot *slot, unsigned worker) {
    note_core(worker);
    if (atomic_load(&worker_cores[worker]) != atomic_load(&slot->core)) return;
    int core = saccade_unused_core(is_used);
    if (core >= 0 && saccade_move(0, core)) note_core(worker);
}

static bool cores_are_free(void) { return atomic_load(&running) < atomic_load(&size); }

static void wake_workers(int count) {
    atomic_fetch_add(&calls, 1);
    saccade_wake(&calls, count);
}

// Whoever starts on a share may wait inside for those that are left: somebody must see to them.
static void hand_on_watch(void) {
    if (atomic_load(&sleepers) > 0 && atomic_load(&watchers) == 0 && oldest()) wake_workers(1);
}

// Runs one share of the region that workers serve now; false where nothing is to be done.
static bool serve(unsigned worker) {
    for (;;) {
        uint64_t serving = atomic_load(&current);
        if (serving) {
            struct slot *slot = &slots[serving & (SLOTS - 1)];
            int share = claim(slot, serving >> 6, worker);
            if (share >= 0) {
                note_core(worker);
                hand_on_watch();
                run_share(slot, serving >> 6, (unsigned)share, true);
                leave_core_of(slot, worker);
                return true;
            }
            atomic_compare_exchange_strong(&current, &serving, 0);
            continue;
        }
        uint64_t next = oldest(), none = 0;
        if (!next) return false;
        atomic_compare_exchange_strong(&current, &none, next);
    }
}

// Sleeps until there is something to do. While others compute on all cores, regions are opened without a word to workers,
// and one of these looks from time to time. Returns whether a share has been waiting all that time: then those who
// compute may be waiting for it, inside their own.
static bool sleep_until_wanted(uint32_t seen) {
    uint32_t call = atomic_load(&calls);
    atomic_fetch_add(&sleepers, 1);
    bool watches = !cores_are_free();
    uint64_t before = 0;
    if (watches) {
        atomic_fetch_add(&watchers, 1);
        before = oldest();
        saccade_sleep(&calls, call, 2000000);
        atomic_fetch_sub(&watchers, 1);
    } else if (atomic_load(&epoch) == seen && !oldest()) {
        saccade_sleep(&calls, call, 0);
    }
    atomic_fetch_sub(&sleepers, 1);
    return before && oldest() == before;
}

static void *work(void *index) {
    unsigned worker = (unsigned)(uintptr_t)index;
    bool overdue = false;
    for (;;) {
        uint32_t seen = atomic_load(&epoch);
        if (overdue || cores_are_free()) {
            atomic_fetch_add(&running, 1);
            while (serve(worker) && atomic_load(&running) <= atomic_load(&size)) {}
            atomic_fetch_sub(&running, 1);
        }
        overdue = false;
        if (cores_are_free()) {
            struct slot *slot = &slots[atomic_load(&last)];
            saccade_spun spun = saccade_spin(&epoch, seen, atomic_load(&slot->caller));
            if (spun == SACCADE_CHANGED) continue;
            // Whose core is gone may have this one: an idle core takes over who waits for another. The thread of a caller is
            // not ours to move; a process that it starts at that moment would be bound to one core for good.
        }
        overdue = sleep_until_wanted(seen);
    }
    return NULL;
}

// A child has its parent's memory and none of its other threads.
static void forget(void) {
    memset(slots, 0, sizeof slots);
    taken = open = current = 0;
    epoch = calls = 0;
    sleepers = watchers = running = workers = 0;
    pthread_mutex_init(&starting, NULL);
    saccade_thread_forget();
    saccade_placing_forget();
}

static void register_fork(void) { pthread_atfork(NULL, NULL, forget); }

int saccade_team_start(int wanted) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_fork);
    if (wanted > SACCADE_MOST_THREADS) wanted = SACCADE_MOST_THREADS;
    pthread_mutex_lock(&starting);
    // Signals are for the threads of the program.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (atomic_load(&workers) < wanted - 1) {
        pthread_t thread;
        int index = atomic_load(&workers) + 1;
        if (pthread_create(&thread, NULL, work, (void *)(uintptr_t)index)) break;
        char name[24];  // of which the kernel takes 15
        snprintf(name, sizeof name, "saccade-%d", index);
        pthread_setname_np(thread, name);
        pthread_detach(thread);
        atomic_store(&workers, index);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    int started = atomic_load(&workers) + 1;
    if (started > wanted) started = wanted;
    atomic_store(&size, started);
    pthread_mutex_unlock(&starting);
    return started;
}

// MARK: Callers

static unsigned take_slot(void) {
    for (;;) {
        uint64_t before = atomic_load(&taken);
        while (~before) {
            unsigned index = (unsigned)__builtin_ctzll(~before);
            if (atomic_compare_exchange_weak(&taken, &before, before | 1ull << index)) return index;
        }
        sched_yield();  // as many callers as slots: one of them will be done soon
    }
}

// There is something to claim: workers that spin see it, others must be called, as many as there are cores for, and one to
// watch where those are not enough.
static void call_workers(int wanted) {
    atomic_fetch_add(&epoch, 1);
    if (atomic_load(&sleepers) == 0) return;
    int count = atomic_load(&size) - atomic_load(&running);
    if (count < 0) count = 0;
    if (count < wanted && atomic_load(&watchers) == 0) count++;
    if (count > wanted) count = wanted;
    if (count > 0) wake_workers(count);
}

// The thread that a share is being run by, negative where it is the caller's; 0 where there is none.
static int runner(struct slot *slot, uint64_t region, unsigned share) {
    return atomic_load(&slot->claims[share]) == CLAIMED(region) ? atomic_load(&slot->threads[share]) : 0;
}

// Waits a little for `word` to change, which `thread` will do; false where it should go on asleep. A worker without a core
// gets the one that is about to become free.
static bool wait_awake(_Atomic uint32_t *word, uint32_t seen, int thread) {
    saccade_spun spun = saccade_spin(word, seen, thread < 0 ? -thread : thread);
    if (spun == SACCADE_LOST && thread > 0) saccade_move(thread, saccade_core());
    return spun == SACCADE_CHANGED;
}

static void wait_for_others(struct slot *slot, uint64_t region, unsigned shares) {
    for (;;) {
        uint32_t done = atomic_load(&slot->done);
        if ((done & ~SLEEPS) == shares) return;
        int late = 0;
        for (unsigned share = 0; share < shares && !late; share++) late = runner(slot, region, share);
        if (wait_awake(&slot->done, done, late)) continue;
        done = atomic_fetch_or(&slot->done, SLEEPS) | SLEEPS;
        if ((done & ~SLEEPS) < shares) saccade_sleep(&slot->done, done, 0);
    }
}

void saccade_team_run(void (*body)(void *), void *data, unsigned shares) {
    if (own.slot || shares <= 1) {
        unsigned share = own.share, of = own.shares;
        own.share = 0, own.shares = 1;
        body(data);
        own.share = share, own.shares = of;
        return;
    }
    if (shares > SACCADE_MOST_THREADS) shares = SACCADE_MOST_THREADS;
    // A barrier inside needs a thread for each share. Only a child of `fork` meets this, or a system without threads left.
    while (atomic_load(&workers) + 1 < (int)shares && saccade_team_start((int)shares) < (int)shares) saccade_nap(1000000);

    unsigned index = take_slot();
    struct slot *slot = &slots[index];
    uint64_t region = atomic_fetch_add(&numbers, 1) + 1;
    slot->body = body;
    slot->data = data;
    atomic_store(&slot->caller, saccade_thread());
    atomic_store(&slot->core, saccade_core());
    atomic_store(&slot->shares, shares);
    atomic_store(&slot->done, 0);
    atomic_store(&slot->arrived, 0);
    atomic_store(&slot->claims[0], CLAIMED(region));
    atomic_store(&slot->region, region);
    atomic_fetch_or(&open, 1ull << index);
    atomic_fetch_add(&running, 1);
    uint64_t none = 0;
    atomic_compare_exchange_strong(&current, &none, region << 6 | index);
    atomic_store(&last, (int)index);
    call_workers((int)shares - 1);

    for (int share = 0; share >= 0; share = claim(slot, region, 0)) run_share(slot, region, (unsigned)share, false);
    atomic_fetch_and(&open, ~(1ull << index));
    wait_for_others(slot, region, shares);

    atomic_fetch_sub(&running, 1);
    atomic_store(&slot->region, 0);
    atomic_fetch_and(&taken, ~(1ull << index));
    own.meetings++;
}

void saccade_team_barrier(void) {
    struct slot *slot = own.slot;
    if (!slot || own.shares <= 1) return;
    if (own.share == 0) own.meetings++;
    uint64_t region = atomic_load(&slot->region);
    uint32_t phase = atomic_load(&slot->phase);
    atomic_store(&slot->waits[own.share], phase + 1);
    if (atomic_fetch_add(&slot->arrived, 1) + 1 == own.shares) {
        atomic_store(&slot->arrived, 0);
        atomic_fetch_add(&slot->phase, 1);
        if (atomic_load(&slot->at_barrier)) saccade_wake(&slot->phase, (int)own.shares);
        return;
    }
    while (atomic_load(&slot->phase) == phase) {
        int late = 0;
        for (unsigned share = 0; share < own.shares && !late; share++)
            if (atomic_load(&slot->waits[share]) != phase + 1) late = runner(slot, region, share);
        if (wait_awake(&slot->phase, phase, late)) return;
        // Whoever sleeps leaves its core to a worker that has not come yet.
        atomic_fetch_sub(&running, 1);
        atomic_fetch_add(&slot->at_barrier, 1);
        call_workers((int)own.shares - 1);
        saccade_sleep(&slot->phase, phase, 0);
        atomic_fetch_sub(&slot->at_barrier, 1);
        atomic_fetch_add(&running, 1);
    }
}

#endif
