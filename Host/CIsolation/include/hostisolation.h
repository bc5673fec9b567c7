/*
 * What process isolation needs of the kernel and Swift cannot say: socket pairs, spawning with fixed descriptors, hardening.
 * Every function answers 0 or a count, or -errno; none keeps state but the table of creators.
 */
#ifndef HOSTISOLATION_H
#define HOSTISOLATION_H

#include <stddef.h>
#include <stdint.h>
#include <sluice/core.h>

/* A connected stream pair, close-on-exec, both above the descriptors that a child gets. */
int hostiso_socketpair(int pair[2]);
/* A pipe, close-on-exec; its reading end does not block. */
int hostiso_pipe(int pair[2]);
int hostiso_eventfd(void);
int hostiso_pidfd(int pid);
/* A descriptor of the same file, read-only, close-on-exec, above the descriptors that a child gets. */
int hostiso_open(const char *path);

/* send() that never raises SIGPIPE; with `wait` 0 it never waits. Bytes taken, or -errno. */
int64_t hostiso_send(int fd, const void *bytes, size_t size, int wait);
/* recv(); 0: the other end is gone. */
int64_t hostiso_receive(int fd, void *bytes, size_t size, int wait);

/* Starts `file` with the descriptors `fds` as 0, 1, 2 …; nothing else stays open, no signal blocked or ignored, a group of its own. */
int hostiso_spawn(const char *file, char *const argv[], char *const envp[], const int *fds, int count, int *pid);
/* Ends and reaps a child: its wait status, or -errno. With `kill` 0 it waits for its own end. */
int hostiso_reap(int pid, int kill, int *status);

typedef struct hostiso_sandbox {
    const char *const *readable; /* files and folders that may be read and executed */
    uint32_t readable_count;
    uint32_t writable_count;
    const char *const *writable; /* folders below which anything may be done */
    uint64_t memory;             /* bytes of writable private memory */
    uint32_t port_count;
    uint32_t reserved;
    const uint16_t *ports; /* TCP ports that may be connected to; with none there are no internet sockets */
} hostiso_sandbox;

/* What is in force; 0 where the kernel has it not. */
typedef struct hostiso_report {
    uint32_t no_new_privileges;
    uint32_t capabilities; /* 1: all dropped */
    uint32_t limits;
    uint32_t landlock; /* the ABI's number */
    uint32_t seccomp;
} hostiso_report;

/* Hardens the calling process for good, before it has a second thread. What the kernel refuses stays 0 in the report. */
void hostiso_restrict(const hostiso_sandbox *sandbox, int parent, hostiso_report *report);

/* `sluice_module.create` gets no context: so each of 256 places has a function of its own. */
#define HOSTISO_PLACES 256u
typedef int32_t (*hostiso_creator)(uint32_t place, const sluice_host *host, sluice_instance **instance, sluice_error *error);
typedef int32_t (*hostiso_create)(const sluice_host *host, sluice_instance **instance, sluice_error *error);
void hostiso_set_creator(hostiso_creator creator);
hostiso_create hostiso_create_at(uint32_t place);

/* Shared memory of `size` bytes that nobody can resize: a descriptor, close-on-exec. */
int hostiso_memory(size_t size);
/* Maps `size` bytes at `offset` twice in a row (size: a multiple of the page). NULL: no memory. */
void *hostiso_map_twice(int fd, size_t offset, size_t size, int writable);
void *hostiso_map(int fd, size_t size);
/* The size of an open file, or -errno. */
int64_t hostiso_size(int fd);
/* Names the calling thread, for who looks at the process. */
void hostiso_name_thread(const char *name);
/* The processors that the calling process may run on, at most `limit` of them; answers how many there are in the list. */
uint32_t hostiso_processors(uint32_t *list, uint32_t limit);
/* Confines the calling thread, and those that it begins, to these processors. None: nothing changes. 0 or -errno. */
int hostiso_set_processors(const uint32_t *list, uint32_t count);
/* Loads and stores of words that another process may change at any time. */
uint64_t hostiso_load_acquire(const uint64_t *word);
void hostiso_store_release(uint64_t *word, uint64_t value);
uint64_t hostiso_load_ordered(const uint64_t *word);
void hostiso_store_ordered(uint64_t *word, uint64_t value);
void hostiso_fence(void);

#endif
