#define _GNU_SOURCE
#include "cores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__

#include <sched.h>

int saccade_cores(void) {
    // The kernel refuses a set that is too small for all the cores that there could be.
    for (int most = 1024; most <= 1 << 20; most *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)most);
        if (!set) break;
        size_t bytes = CPU_ALLOC_SIZE((size_t)most);
        CPU_ZERO_S(bytes, set);
        int count = sched_getaffinity(0, bytes, set) == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (count > 0) return count;
    }
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

#else

int saccade_cores(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

#endif

enum { PATH = 4096, LINE = 4096 };

// The first line of a file, or false.
static int read_line(const char *path, char *line) {
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    char *read = fgets(line, LINE, file);
    fclose(file);
    return read != NULL;
}

// What one group says: version 2 in `cpu.max` ("150000 100000" or "max 100000"), version 1 in two files (-1 for no limit).
static double quota_of(const char *folder) {
    char path[PATH], line[LINE];
    double quota = 0, period = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/cpu.max", folder) < sizeof path && read_line(path, line)) {
        if (sscanf(line, "%lf %lf", &quota, &period) != 2) return 0;
    } else {
        if ((size_t)snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder) >= sizeof path || !read_line(path, line)
            || sscanf(line, "%lf", &quota) != 1)
            return 0;
        if ((size_t)snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder) >= sizeof path || !read_line(path, line)
            || sscanf(line, "%lf", &period) != 1)
            return 0;
    }
    return quota > 0 && period > 0 ? quota / period : 0;
}

// The least that a group and those around it say.
static double least_quota(const char *mount, const char *group) {
    char folder[PATH];
    if ((size_t)snprintf(folder, sizeof folder, "%s%s", mount, group) >= sizeof folder) return 0;
    size_t shortest = strlen(mount);
    double least = 0;
    for (;;) {
        double quota = quota_of(folder);
        if (quota > 0 && (least == 0 || quota < least)) least = quota;
        char *last = strrchr(folder, '/');
        if (!last || (size_t)(last - folder) < shortest) return least;
        *last = 0;
    }
}

static int has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ',') && (at[length] == ',' || at[length] == 0)) return 1;
    return 0;
}

// The group of this process: in version 2 ("0::/path") where `version` is 2, of the controller cpu in version 1.
static int find_group(const char *root, int version, char *group) {
    char path[PATH], line[LINE];
    if ((size_t)snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= sizeof path) return 0;
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    int found = 0;
    while (!found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *name = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!name) continue;
        *name++ = 0;
        controllers++;
        if (version == 2 ? *controllers != 0 : !has_word(controllers, "cpu")) continue;
        strcpy(group, strcmp(name, "/") == 0 ? "" : name);
        found = 1;
    }
    fclose(file);
    return found;
}

double saccade_core_quota(const char *root) {
    char path[PATH], line[LINE];
    if ((size_t)snprintf(path, sizeof path, "%s/proc/self/mountinfo", root) >= sizeof path) return 0;
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    double least = 0;
    // 35 25 0:30 /part/of/it /where/it/is rw,nosuid shared:9 - cgroup2 cgroup2 rw
    while (fgets(line, sizeof line, file)) {
        char part[LINE], place[LINE], type[LINE], options[LINE], group[LINE];
        const char *rest = strstr(line, " - ");
        if (!rest || sscanf(line, "%*s %*s %*s %4095s %4095s", part, place) != 2) continue;
        if (sscanf(rest, " - %4095s %*s %4095s", type, options) != 2) continue;
        int version = strcmp(type, "cgroup2") == 0 ? 2 : strcmp(type, "cgroup") == 0 && has_word(options, "cpu") ? 1 : 0;
        if (version == 0 || !find_group(root, version, group)) continue;
        // In a container the group's name may be the host's, of which only a part is there to see.
        const char *visible = group;
        size_t length = strlen(part);
        if (length > 1 && strncmp(group, part, length) == 0 && (group[length] == '/' || group[length] == 0))
            visible = group + length;
        char mount[PATH];
        if ((size_t)snprintf(mount, sizeof mount, "%s%s", root, place) >= sizeof mount) continue;
        double quota = least_quota(mount, visible);
        if (quota > 0 && (least == 0 || quota < least)) least = quota;
    }
    fclose(file);
    return least;
}
