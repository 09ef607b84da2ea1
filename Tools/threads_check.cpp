// Drives the team of threads as nothing else does: many callers at once, regions that wait inside, forks, exceptions,
// strangers on the cores. Says what went wrong and exits with 1; a lost wake-up shows as a run that does not end.
//
//     threads_check THREADS CALLERS REGIONS STRANGERS FORKS
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <csignal>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

extern "C" {
#include "team.h"
}

namespace {

enum class Kind { plain, working, barrier, spinning, throwing, nested };

struct Region {
    Kind kind;
    unsigned shares;
    std::atomic<unsigned> ran[SACCADE_MOST_THREADS] = {};
    std::atomic<unsigned> arrived{0}, early{0}, wrong{0};
    // Not atomic: each share writes its own before the barrier, and all read all behind it.
    unsigned notes[SACCADE_MOST_THREADS] = {};
};

void run_inner(void *data) {
    auto *region = static_cast<Region *>(data);
    if (saccade_team_share() != 0 || saccade_team_shares() != 1 || !saccade_team_is_inside()) region->wrong++;
}

void run(void *data) {
    auto *region = static_cast<Region *>(data);
    unsigned share = saccade_team_share();
    if (saccade_team_shares() != region->shares || share >= region->shares) region->wrong++;
    region->ran[share]++;
    region->notes[share] = share + 1;
    switch (region->kind) {
    case Kind::plain: break;
    case Kind::working: {  // so long that a share is met by whoever takes its core
        auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(share % 2 ? 100 : 20);
        while (std::chrono::steady_clock::now() < end) {}
        break;
    }
    case Kind::barrier:
        for (int round = 0; round < 2; round++) {
            region->arrived++;
            saccade_team_barrier();
            if (region->arrived < region->shares * (round + 1)) region->early++;
            for (unsigned other = 0; other < region->shares; other++)
                if (region->notes[other] != other + 1) region->early++;
            saccade_team_barrier();
        }
        break;
    case Kind::spinning:  // as some of oneDNN's generated code does
        region->arrived++;
        while (region->arrived < region->shares) std::this_thread::yield();
        break;
    case Kind::throwing:
        try {
            throw std::runtime_error("thrown in a share");
        } catch (const std::exception &) {
            region->arrived++;
        }
        break;
    case Kind::nested: saccade_team_run(run_inner, region, region->shares); break;
    }
}

// How many cores the calling thread may run on: a process that it starts inherits that.
int cores() {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}
const int all_cores = cores();

// Whether a region did what it should.
bool try_region(Kind kind, unsigned shares) {
    Region region{kind, shares};
    saccade_team_run(run, &region, shares);
    if (cores() != all_cores) return false;
    for (unsigned share = 0; share < shares; share++)
        if (region.ran[share] != 1) return false;
    if (saccade_team_is_inside() || saccade_team_share() != 0) return false;
    return region.early == 0 && region.wrong == 0 && (kind != Kind::throwing || region.arrived == shares);
}

Kind kind_of(unsigned number) {
    switch (number % 64) {
    case 1: return Kind::spinning;
    case 2: case 17: case 33: case 49: return Kind::barrier;
    case 5: case 37: return Kind::throwing;
    case 9: case 41: return Kind::nested;
    case 12: case 13: case 14: case 15: return Kind::working;
    default: return Kind::plain;
    }
}

unsigned failures_of(unsigned regions, unsigned threads, unsigned seed) {
    unsigned failures = 0, state = seed * 2654435761u + 1;
    for (unsigned i = 0; i < regions; i++) {
        state = state * 1664525u + 1013904223u;
        unsigned shares = 2 + (state >> 8) % (threads - 1);
        if (!try_region(kind_of(state >> 16), shares)) failures++;
        if ((state >> 20) % 512 == 0) usleep(300);  // long enough for workers to fall asleep
    }
    return failures;
}

// Every thread of the team notes whether it may still run on all cores, once nobody is moved any more.
void note_cores(void *data) {
    saccade_team_barrier();
    // It may be on its way just now, but not for long.
    for (int look = 0; cores() != all_cores; look++) {
        if (look == 100) return (void)(*static_cast<std::atomic<unsigned> *>(data))++;
        usleep(1000);
    }
}

// A child has no workers: it must start its own.
bool try_fork(unsigned threads) {
    pid_t child = fork();
    if (child == 0) _exit(failures_of(100, threads, 7) == 0 ? 0 : 1);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

pid_t start_stranger() {
    pid_t stranger = fork();
    if (stranger != 0) return stranger;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (volatile unsigned long i = 0;; i = i + 1) {}
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 6) return 64;
    // Whoever started this may have blocked the signal that is to end a run which does not end.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    alarm(120);
    unsigned threads = std::atoi(arguments[1]), callers = std::atoi(arguments[2]), regions = std::atoi(arguments[3]);
    std::vector<pid_t> strangers;
    for (int i = 0; i < std::atoi(arguments[4]); i++) strangers.push_back(start_stranger());
    if (saccade_team_start(threads) != (int)threads) return std::puts("threads could not be started"), 1;

    std::atomic<unsigned> failures{0}, forks{0};
    std::vector<std::thread> tasks;
    for (unsigned caller = 0; caller < callers; caller++)
        tasks.emplace_back([=, &failures] { failures += failures_of(regions / callers, threads, caller + 1); });
    for (int i = 0; i < std::atoi(arguments[5]); i++) {
        if (!try_fork(threads)) forks++;
        usleep(10000);
    }
    for (auto &task : tasks) task.join();
    std::atomic<unsigned> bound{0};
    usleep(20000);
    saccade_team_run(note_cores, &bound, threads);
    failures += bound;
    for (pid_t stranger : strangers) kill(stranger, SIGKILL), waitpid(stranger, nullptr, 0);
    std::printf(
        "%u threads, %u callers, %u regions, %s strangers: %u regions and %u forks went wrong\n", threads, callers,
        regions, arguments[4], failures.load(), forks.load());
    return failures == 0 && forks == 0 ? 0 : 1;
}
