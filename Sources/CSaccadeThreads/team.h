// One team of threads for the whole process: whoever calls is one of them while its region lasts.
//
// A region is a function that is called once for each of its shares, all of them at once where threads are free. Shares
// are claimed, not given out: whoever opened the region runs whatever no worker has come for, so that nobody waits for a
// thread that has lost its core. Only what waits inside a share (a barrier) needs as many threads as there are shares.
#pragma once

#include <stdbool.h>

enum { SACCADE_MOST_THREADS = 256 };

// Starts workers, until `size` threads can compute at once with the caller among them. Returns how many can.
int saccade_team_start(int size);

// Calls `body(data)` for each of `shares`, and returns when all of them have returned. Inside a share it does so on the
// calling thread, one region of a single share: regions do not nest. No exception may leave `body`.
void saccade_team_run(void (*body)(void *), void *data, unsigned shares);

// Waits until every share of the calling thread's region is here.
void saccade_team_barrier(void);

// Whether the calling thread runs one of several shares.
bool saccade_team_is_inside(void);
// Which one it runs, and of how many; 0 of 1 outside.
unsigned saccade_team_share(void);
unsigned saccade_team_shares(void);

// How often the calling thread has met others so far: at the ends of its regions, and at barriers in them.
unsigned long saccade_team_meetings(void);
