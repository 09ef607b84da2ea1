// Where threads run, when there are more of them than cores.
//
// The kernel leaves two threads of ours on one core for as long as another is as busy with one of somebody else's: for it
// that is balanced. So we tell it; what a thread may run on stays as it was.
#pragma once

#include <stdbool.h>

// The core that the calling thread runs on.
int saccade_core(void);

// Moves a worker to a core, if it may run there and nobody is being moved just now.
bool saccade_move(int thread, int core);

// In a child of `fork`: whoever was moving a thread is not here.
void saccade_placing_forget(void);

// A core that the calling thread may run on, of those for which `is_used` says false; -1 where there is none.
int saccade_unused_core(bool (*is_used)(int core));
