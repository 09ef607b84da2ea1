// The OpenMP runtime that oneDNN was built with, and our team in its place.
#pragma once

#include <stdbool.h>

// The runtime's own functions, found in the process.
struct saccade_openmp {
    void (*parallel)(void (*)(void *), void *, unsigned, unsigned);  // libgomp has it, and LLVM's libomp too
    void (*barrier)(void);
    void (*set_threads)(int);
    int (*max_threads)(void);
    int (*thread)(void);
    int (*team)(void);
    int (*is_inside)(void);
};

// Returns false where there is none.
bool saccade_openmp_find(struct saccade_openmp *runtime);

// Lets oneDNN, and nothing else in the process, find our team where it looks for OpenMP: the addresses that the dynamic
// linker has put into the library's own table are exchanged. `max_threads` is what oneDNN will be told.
//
// Whatever is not as expected leaves everything as it is, and the result says what: another version of oneDNN than 2, a
// runtime other than libgomp, another function of it than the six that are known. NULL: it is done.
const char *saccade_openmp_redirect(const struct saccade_openmp *runtime, int (*max_threads)(void));
