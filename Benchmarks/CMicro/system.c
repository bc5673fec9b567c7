/* Clock, limits, and the far ends of players' sockets. */
#define _GNU_SOURCE
#include "micro.h"
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

uint64_t micro_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void micro_pause(void) {
    struct timespec pause = {0, 100000};
    nanosleep(&pause, NULL);
}

void micro_touch(const void *pointer) { __asm__ volatile("" : : "r"(pointer) : "memory"); }

void micro_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int micro_connect(uint16_t port) {
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0) return -errno;
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(client, (struct sockaddr *)&address, sizeof address)) {
        int why = errno;
        close(client);
        return -why;
    }
    return client;
}

struct micro_reader {
    pthread_t thread;
    int *sockets;
    size_t count;
    _Atomic uint64_t bytes;
    _Atomic int stop;
};

static void *run(void *context) {
    micro_reader *reader = context;
    static char ignored[1 << 20];
    while (!atomic_load_explicit(&reader->stop, memory_order_relaxed)) {
        int idle = 1;
        for (size_t i = 0; i < reader->count; i++) {
            /* MSG_TRUNC: the kernel throws the bytes away without copying them. */
            ssize_t got = recv(reader->sockets[i], ignored, sizeof ignored, MSG_DONTWAIT | MSG_TRUNC);
            if (got <= 0) continue;
            atomic_fetch_add_explicit(&reader->bytes, (uint64_t)got, memory_order_relaxed);
            idle = 0;
        }
        if (idle) micro_pause();
    }
    return NULL;
}

micro_reader *micro_reader_start(const int *sockets, size_t count) {
    micro_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->sockets = malloc(count * sizeof *sockets + 1);
    if (!reader->sockets) {
        free(reader);
        return NULL;
    }
    memcpy(reader->sockets, sockets, count * sizeof *sockets);
    reader->count = count;
    if (pthread_create(&reader->thread, NULL, run, reader)) {
        free(reader->sockets);
        free(reader);
        return NULL;
    }
    return reader;
}

uint64_t micro_reader_bytes(const micro_reader *reader) { return atomic_load_explicit(&reader->bytes, memory_order_relaxed); }

void micro_reader_stop(micro_reader *reader) {
    atomic_store_explicit(&reader->stop, 1, memory_order_relaxed);
    pthread_join(reader->thread, NULL);
    for (size_t i = 0; i < reader->count; i++) close(reader->sockets[i]);
    free(reader->sockets);
    free(reader);
}
