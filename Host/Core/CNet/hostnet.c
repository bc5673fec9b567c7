#define _GNU_SOURCE
#include "hostnet.h"

#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

uint64_t hostnet_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void hostnet_sleep_until(uint64_t ns) {
    struct timespec t = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);  // an interrupted sleep is a shorter pause
}

int hostnet_cpu_count(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? n : 1;
}

void *hostnet_map(size_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void hostnet_unmap(void *pages, size_t bytes) { munmap(pages, bytes); }

uint64_t hostnet_inode(int fd) {
    struct stat s;
    return fstat(fd, &s) == 0 ? (uint64_t)s.st_ino : 0;
}

// glibc raises its threshold to the largest block that was ever freed (a plugin's library, read whole, while it was staged); from then
// on segments and messages are cut out of the heap, and holes of a megabyte stay with the process.
void hostnet_return_memory(void) { mallopt(M_MMAP_THRESHOLD, 256 << 10); }
