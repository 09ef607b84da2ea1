#define _GNU_SOURCE
#include "openmp.h"

#include "team.h"

#include <dlfcn.h>
#include <stddef.h>

bool saccade_openmp_find(struct saccade_openmp *runtime) {
    runtime->parallel = (void (*)(void (*)(void *), void *, unsigned, unsigned))dlsym(RTLD_DEFAULT, "GOMP_parallel");
    runtime->barrier = (void (*)(void))dlsym(RTLD_DEFAULT, "GOMP_barrier");
    runtime->set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    runtime->max_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    runtime->thread = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_thread_num");
    runtime->team = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_num_threads");
    runtime->is_inside = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_in_parallel");
    return runtime->parallel && runtime->barrier && runtime->set_threads && runtime->max_threads && runtime->thread
        && runtime->team && runtime->is_inside;
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// MARK: What oneDNN calls from then on

// Outside our regions the runtime answers: oneDNN may run inside a region of somebody else's.
static struct saccade_openmp theirs;
static int (*our_max_threads)(void);

static void parallel(void (*body)(void *), void *data, unsigned shares, unsigned flags) {
    (void)flags;  // where threads should run: the kernel decides
    saccade_team_run(body, data, shares ? shares : (unsigned)our_max_threads());
}

static void barrier(void) {
    if (saccade_team_is_inside())
        saccade_team_barrier();
    else
        theirs.barrier();
}

static int max_threads(void) { return our_max_threads(); }
static int thread(void) { return saccade_team_is_inside() ? (int)saccade_team_share() : theirs.thread(); }
static int team(void) { return saccade_team_is_inside() ? (int)saccade_team_shares() : theirs.team(); }
static int is_inside(void) { return saccade_team_is_inside() || theirs.is_inside(); }

enum { FUNCTIONS = 6, MOST_ENTRIES = 64 };

static const struct {
    const char *name;
    void (*ours)(void);
} functions[FUNCTIONS] = {
    {"GOMP_parallel", (void (*)(void))parallel},       {"GOMP_barrier", (void (*)(void))barrier},
    {"omp_get_max_threads", (void (*)(void))max_threads}, {"omp_get_num_threads", (void (*)(void))team},
    {"omp_get_thread_num", (void (*)(void))thread},    {"omp_in_parallel", (void (*)(void))is_inside},
};

static int index_of(const char *name) {
    for (int i = 0; i < FUNCTIONS; i++)
        if (strcmp(name, functions[i].name) == 0) return i;
    return -1;
}

static bool is_openmp(const char *name) {
    static const char *const beginnings[] = {"GOMP_", "GOACC_", "omp_", "__kmpc_", "kmp_"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0) return true;
    return false;
}

// MARK: oneDNN's table of addresses

// As the dynamic linker has loaded it.
struct library {
    ElfW(Addr) base;
    const ElfW(Dyn) *dynamic;
    ElfW(Addr) sealed, sealed_end;  // pages that were made read-only once the table was filled
};

static int match(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    struct library *library = data;
    if (info->dlpi_addr != library->base) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_DYNAMIC) library->dynamic = (const ElfW(Dyn) *)(library->base + part->p_vaddr);
        if (part->p_type == PT_GNU_RELRO) {
            library->sealed = library->base + part->p_vaddr;
            library->sealed_end = library->sealed + part->p_memsz;
        }
    }
    return 1;
}

struct table {
    struct library library;
    const char *names;
    const ElfW(Sym) *symbols;
    int count;
    struct {
        _Atomic(void (*)(void)) *place;
        int function;
    } entries[MOST_ENTRIES];
    const char *problem;
};

static bool holds_address(unsigned long type) {
#if defined(__x86_64__)
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#else
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#endif
}

static void collect(struct table *table, const ElfW(Rela) *entries, size_t bytes) {
    for (size_t i = 0; i < bytes / sizeof *entries && !table->problem; i++) {
        unsigned long symbol = ELF64_R_SYM(entries[i].r_info);
        if (symbol == 0) continue;
        const char *name = table->names + table->symbols[symbol].st_name;
        if (!is_openmp(name)) continue;
        int function = index_of(name);
        if (function < 0)
            table->problem = "oneDNN takes a function from OpenMP that is not known";
        else if (!holds_address(ELF64_R_TYPE(entries[i].r_info)) || entries[i].r_addend != 0)
            table->problem = "oneDNN is linked to OpenMP in a way that is not known";
        else if (table->count == MOST_ENTRIES)
            table->problem = "oneDNN is linked to OpenMP in too many places";
        else {
            table->entries[table->count].place =
                (_Atomic(void (*)(void)) *)(table->library.base + entries[i].r_offset);
            table->entries[table->count++].function = function;
        }
    }
}

// Fills the table's entries, or says what is unexpected.
static void read_table(struct table *table) {
    const ElfW(Rela) *relocations = NULL, *jumps = NULL;
    size_t relocation_bytes = 0, jump_bytes = 0, relative = 0;
    ElfW(Addr) base = table->library.base;
    for (const ElfW(Dyn) *entry = table->library.dynamic; entry->d_tag != DT_NULL; entry++) {
        // glibc has made addresses of these offsets, other systems leave them.
        ElfW(Addr) address = entry->d_un.d_ptr < base ? base + entry->d_un.d_ptr : entry->d_un.d_ptr;
        switch (entry->d_tag) {
        case DT_STRTAB: table->names = (const char *)address; break;
        case DT_SYMTAB: table->symbols = (const ElfW(Sym) *)address; break;
        case DT_RELA: relocations = (const ElfW(Rela) *)address; break;
        case DT_RELASZ: relocation_bytes = entry->d_un.d_val; break;
        case DT_RELACOUNT: relative = entry->d_un.d_val; break;
        case DT_JMPREL: jumps = (const ElfW(Rela) *)address; break;
        case DT_PLTRELSZ: jump_bytes = entry->d_un.d_val; break;
        case DT_PLTREL:
            if (entry->d_un.d_val != DT_RELA) table->problem = "oneDNN is linked in a way that is not known";
            break;
        }
    }
    if (!table->names || !table->symbols) table->problem = "oneDNN has no table of symbols";
    if (table->problem) return;
    // The first ones are about the library's own addresses.
    size_t skipped = relative * sizeof *relocations;
    if (relocations && relocation_bytes > skipped)
        collect(table, relocations + relative, relocation_bytes - skipped);
    if (jumps) collect(table, jumps, jump_bytes);
}

// Whether every function is there, and leads where the dynamic linker has found it.
static const char *problem_of(const struct table *table, void (*const originals[FUNCTIONS])(void)) {
    bool found[FUNCTIONS] = {false};
    for (int i = 0; i < table->count; i++) {
        int function = table->entries[i].function;
        found[function] = true;
        void (*now)(void) = atomic_load(table->entries[i].place);
        Dl_info place;
        // One that has not been called yet may still lead to the library's own code that looks it up.
        bool waits = dladdr((void *)now, &place) && (ElfW(Addr))place.dli_fbase == table->library.base;
        if (now != originals[function] && !waits) return "somebody else has taken OpenMP's place in oneDNN";
    }
    for (int i = 0; i < FUNCTIONS; i++) {
        Dl_info place;
        if (!found[i]) return "oneDNN does not take from OpenMP what is expected";
        if (!dladdr((void *)originals[i], &place) || !place.dli_fname || !strstr(place.dli_fname, "libgomp"))
            return "the OpenMP runtime is not libgomp";
    }
    return NULL;
}

static bool set_writable(const struct table *table, bool writable) {
    long page = sysconf(_SC_PAGESIZE);
    for (int i = 0; i < table->count; i++) {
        ElfW(Addr) place = (ElfW(Addr))table->entries[i].place;
        if (place < table->library.sealed || place >= table->library.sealed_end) continue;
        void *first = (void *)(place / (ElfW(Addr))page * (ElfW(Addr))page);
        if (mprotect(first, (size_t)page, writable ? PROT_READ | PROT_WRITE : PROT_READ)) return false;
    }
    return true;
}

struct version {
    int major, minor, patch;  // as dnnl_version_t begins, in all versions
};

const char *saccade_openmp_redirect(const struct saccade_openmp *runtime, int (*max)(void)) {
    const struct version *(*version)(void) = (const struct version *(*)(void))dlsym(RTLD_DEFAULT, "dnnl_version");
    Dl_info image;
    if (!version || !dladdr((void *)version, &image)) return "oneDNN is not a shared library";
    if (version()->major != 2) return "it is known of oneDNN 2 only";

    struct table table = {.library.base = (ElfW(Addr))image.dli_fbase};
    if (!dl_iterate_phdr(match, &table.library) || !table.library.dynamic) return "oneDNN is not a shared library";
    read_table(&table);
    if (table.problem) return table.problem;
    void (*const originals[FUNCTIONS])(void) = {
        (void (*)(void))runtime->parallel, (void (*)(void))runtime->barrier, (void (*)(void))runtime->max_threads,
        (void (*)(void))runtime->team,     (void (*)(void))runtime->thread,  (void (*)(void))runtime->is_inside,
    };
    const char *problem = problem_of(&table, originals);
    if (problem) return problem;

    theirs = *runtime;
    our_max_threads = max;
    if (!set_writable(&table, true)) {
        set_writable(&table, false);
        return "the system does not let the table of addresses be changed";
    }
    for (int i = 0; i < table.count; i++) atomic_store(table.entries[i].place, functions[table.entries[i].function].ours);
    set_writable(&table, false);
    return NULL;
}

#else

const char *saccade_openmp_redirect(const struct saccade_openmp *runtime, int (*max_threads)(void)) {
    (void)runtime, (void)max_threads;
    return "it is known of Linux on x86-64 and arm64 only";
}

#endif
