#define _GNU_SOURCE
#include "CLoad.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

uint64_t cload_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

double cload_cpu_seconds(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return seconds(r.ru_utime) + seconds(r.ru_stime);
}

uint64_t cload_raise_descriptor_limit(void) {
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l)) return 0;
    l.rlim_cur = l.rlim_max;
    setrlimit(RLIMIT_NOFILE, &l);
    getrlimit(RLIMIT_NOFILE, &l);
    return (uint64_t)l.rlim_cur;
}

static volatile sig_atomic_t stopped;
static void stop(int number) {
    (void)number;
    stopped = 1;
}

void cload_catch_signals(void) {
    struct sigaction a = {.sa_handler = stop};
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int cload_stopped(void) { return stopped; }

// ---- epoll

int cload_poller(void) {
    int p = epoll_create1(EPOLL_CLOEXEC);
    return p < 0 ? -errno : p;
}

static int control(int poller, int operation, int descriptor, uint64_t key, uint32_t flags) {
    struct epoll_event e = {.data.u64 = key};
    if (flags & CLOAD_READABLE) e.events |= EPOLLIN;
    if (flags & CLOAD_WRITABLE) e.events |= EPOLLOUT;
    return epoll_ctl(poller, operation, descriptor, &e) ? -errno : 0;
}

int cload_watch(int poller, int descriptor, uint64_t key, uint32_t flags) {
    return control(poller, EPOLL_CTL_ADD, descriptor, key, flags);
}
int cload_rewatch(int poller, int descriptor, uint64_t key, uint32_t flags) {
    return control(poller, EPOLL_CTL_MOD, descriptor, key, flags);
}
int cload_unwatch(int poller, int descriptor) { return control(poller, EPOLL_CTL_DEL, descriptor, 0, 0); }

int cload_wait(int poller, struct cload_event *events, int capacity, uint64_t nanoseconds) {
    enum { most = 512 };
    struct epoll_event e[most];
    struct timespec t = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    int n = epoll_pwait2(poller, e, capacity < most ? capacity : most, &t, NULL);
    if (n < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++) {
        events[i].key = e[i].data.u64;
        events[i].flags = (e[i].events & EPOLLIN ? CLOAD_READABLE : 0) | (e[i].events & EPOLLOUT ? CLOAD_WRITABLE : 0) |
                          (e[i].events & (EPOLLERR | EPOLLHUP) ? CLOAD_HUNG_UP : 0);
    }
    return n;
}

// ---- sockets

uint32_t cload_resolve(const char *host) {
    struct addrinfo hint = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, NULL, &hint, &found)) return 0;
    struct sockaddr_in a;
    memcpy(&a, found->ai_addr, sizeof a);
    freeaddrinfo(found);
    return ntohl(a.sin_addr.s_addr);
}

static struct sockaddr_in internet(uint32_t address, uint16_t port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(address);
    return a;
}

static int fail(int descriptor) {
    int e = errno;
    close(descriptor);
    return -e;
}

int cload_connect(uint32_t address, uint16_t port, uint32_t source, int receive_buffer) {
    int one = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -errno;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (receive_buffer > 0) setsockopt(s, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (source) {
        struct sockaddr_in from = internet(source, 0);
        setsockopt(s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        if (bind(s, (struct sockaddr *)&from, sizeof from)) return fail(s);
    }
    struct sockaddr_in to = internet(address, port);
    if (connect(s, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) return fail(s);
    return s;
}

int cload_socket_error(int descriptor) {
    int e = 0;
    socklen_t n = sizeof e;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &e, &n) ? errno : e;
}

int cload_listen(uint16_t port) {
    int one = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0) return -errno;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    struct sockaddr_in a = internet(INADDR_LOOPBACK, port);
    if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 4096)) return fail(s);
    return s;
}

int cload_accept(int listener) {
    int one = 1, s = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (s < 0) return -errno;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return s;
}

static ssize_t outcome(ssize_t n) { return n < 0 ? -errno : n; }

ssize_t cload_receive(int descriptor, void *bytes, size_t count) {
    return outcome(recv(descriptor, bytes, count, MSG_DONTWAIT));
}

ssize_t cload_discard(int descriptor, size_t count) {
    return outcome(recv(descriptor, NULL, count, MSG_TRUNC | MSG_DONTWAIT));
}

ssize_t cload_send(int descriptor, const void *bytes, size_t count) {
    return outcome(send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT));
}

ssize_t cload_send2(int descriptor, const void *first, size_t first_count, const void *second, size_t second_count) {
    struct iovec v[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr m = {.msg_iov = v, .msg_iovlen = second_count ? 2 : 1};
    return outcome(sendmsg(descriptor, &m, MSG_NOSIGNAL | MSG_DONTWAIT));
}

void cload_close(int descriptor) { close(descriptor); }

void cload_reset(int descriptor) {
    struct linger l = {1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    close(descriptor);
}

void cload_half_close(int descriptor) { shutdown(descriptor, SHUT_WR); }

// ---- CRC-32C (Castagnoli, reflected)

static uint32_t table[256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
}

uint32_t cload_crc32c_table(uint32_t state, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    while (count--) state = table[(state ^ *p++) & 255] ^ (state >> 8);
    return state;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t state, const uint8_t *p, size_t count) {
    uint64_t c = state;
    for (; count >= 8; count -= 8, p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        c = _mm_crc32_u64(c, v);
    }
    state = (uint32_t)c;
    while (count--) state = _mm_crc32_u8(state, *p++);
    return state;
}

uint32_t cload_crc32c(uint32_t state, const void *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? hardware(state, bytes, count) : cload_crc32c_table(state, bytes, count);
}
#else
uint32_t cload_crc32c(uint32_t state, const void *bytes, size_t count) { return cload_crc32c_table(state, bytes, count); }
#endif
