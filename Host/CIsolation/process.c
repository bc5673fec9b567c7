#define _GNU_SOURCE
#include "hostisolation.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FREE 16

// Children get their descriptors by dup2 to 0, 1, 2 …: the sources have to lie above.
static int lift(int fd) {
    if (fd < 0 || fd >= FIRST_FREE) return fd;
    int lifted = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);
    int error = errno;
    close(fd);
    errno = error;
    return lifted;
}

static int lift_pair(int pair[2]) {
    pair[0] = lift(pair[0]);
    int first = errno;
    pair[1] = lift(pair[1]);
    if (pair[0] >= 0 && pair[1] >= 0) return 0;
    int error = pair[0] < 0 ? first : errno;
    if (pair[0] >= 0) close(pair[0]);
    if (pair[1] >= 0) close(pair[1]);
    return -error;
}

int hostiso_socketpair(int pair[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -errno;
    return lift_pair(pair);
}

int hostiso_pipe(int pair[2]) {
    if (pipe2(pair, O_CLOEXEC) != 0) return -errno;
    int result = lift_pair(pair);
    if (result == 0) fcntl(pair[0], F_SETFL, O_NONBLOCK);
    return result;
}

int hostiso_eventfd(void) {
    int fd = lift(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    return fd < 0 ? -errno : fd;
}

int hostiso_pidfd(int pid) {
    int fd = lift((int)syscall(SYS_pidfd_open, pid, 0));
    return fd < 0 ? -errno : fd;
}

int hostiso_open(const char *path) {
    int fd = lift(open(path, O_RDONLY | O_CLOEXEC));
    return fd < 0 ? -errno : fd;
}

int64_t hostiso_send(int fd, const void *bytes, size_t size, int wait) {
    for (;;) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
        if (n >= 0) return n;
        if (errno != EINTR) return -errno;
    }
}

int64_t hostiso_receive(int fd, void *bytes, size_t size, int wait) {
    for (;;) {
        ssize_t n = recv(fd, bytes, size, wait ? 0 : MSG_DONTWAIT);
        if (n >= 0) return n;
        if (errno != EINTR) return -errno;
    }
}

int hostiso_spawn(const char *file, char *const argv[], char *const envp[], const int *fds, int count, int *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return -error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return -error;
    }
    for (int i = 0; i < count && !error; i++) error = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, count);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!error) error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error) error = posix_spawnattr_setpgroup(&attributes, 0);
    if (!error) {
        error = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    }
    pid_t child = 0;
    if (!error) error = posix_spawn(&child, file, &actions, &attributes, argv, envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    *pid = child;
    return -error;
}

int hostiso_reap(int pid, int end, int *status) {
    if (end) kill(pid, SIGKILL);
    for (;;) {
        pid_t found = waitpid(pid, status, 0);
        if (found == pid) return 0;
        if (errno != EINTR) return -errno;
    }
}

int hostiso_memory(size_t size) {
    int fd = lift((int)syscall(SYS_memfd_create, "sluice-ring", 1u /* MFD_CLOEXEC */ | 2u /* MFD_ALLOW_SEALING */));
    if (fd < 0) return -errno;
    // Sealed: a peer that cuts the file short would kill who touches the pages.
    if (ftruncate(fd, (off_t)size) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

void *hostiso_map(int fd, size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? NULL : p;
}

void *hostiso_map_twice(int fd, size_t offset, size_t size, int writable) {
    char *place = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return NULL;
    int rights = PROT_READ | (writable ? PROT_WRITE : 0);
    for (int i = 0; i < 2; i++) {
        if (mmap(place + i * size, size, rights, MAP_SHARED | MAP_FIXED, fd, (off_t)offset) == MAP_FAILED) {
            munmap(place, 2 * size);
            return NULL;
        }
    }
    return place;
}

int64_t hostiso_size(int fd) {
    struct stat s;
    return fstat(fd, &s) == 0 ? (int64_t)s.st_size : -errno;
}

uint64_t hostiso_load_acquire(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
void hostiso_store_release(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
uint64_t hostiso_load_ordered(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
void hostiso_store_ordered(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
void hostiso_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

void hostiso_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

uint32_t hostiso_processors(uint32_t *list, uint32_t limit) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
    uint32_t count = 0;
    for (uint32_t cpu = 0; cpu < CPU_SETSIZE && count < limit; cpu++)
        if (CPU_ISSET(cpu, &set)) list[count++] = cpu;
    return count;
}

int hostiso_set_processors(const uint32_t *list, uint32_t count) {
    if (count == 0) return 0;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (uint32_t i = 0; i < count; i++)
        if (list[i] < CPU_SETSIZE) CPU_SET(list[i], &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : -errno;
}
