// How many cores this process may use.
#pragma once

// Those that it may be scheduled on: the system's, or fewer by affinity (`taskset`, `docker --cpuset-cpus`). At least 1.
int saccade_cores(void);

// What its control groups allow of them in the mean, in cores, such as 1.5 for `docker --cpus 1.5`; 0 where nothing is said.
//
// `root` is where the system's files are: "" but in tests.
double saccade_core_quota(const char *root);
