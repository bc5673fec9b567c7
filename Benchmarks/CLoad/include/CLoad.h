// What sluice-load needs of Linux and the processor, and Swift cannot import well: epoll with a timeout in nanoseconds, reading
// that drops bytes in the kernel, sockets with a chosen source address, a signal flag, CRC-32C in hardware.
#ifndef CLOAD_H
#define CLOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CLOAD_READABLE 1u
#define CLOAD_WRITABLE 2u
// The peer has gone, wholly (hang-up, error).
#define CLOAD_HUNG_UP 4u

// One ready descriptor: the key given to cload_watch and CLOAD_… flags.
struct cload_event {
    uint64_t key;
    uint32_t flags;
};

// CLOCK_MONOTONIC in nanoseconds.
uint64_t cload_now(void);
// User and system time of this process, in seconds.
double cload_cpu_seconds(void);
// Raises the descriptor limit to what is allowed; returns it.
uint64_t cload_raise_descriptor_limit(void);

// SIGINT and SIGTERM set a flag (read by cload_stopped); SIGPIPE is ignored.
void cload_catch_signals(void);
int cload_stopped(void);

// Each returns -errno on failure.
int cload_poller(void);
int cload_watch(int poller, int descriptor, uint64_t key, uint32_t flags);
int cload_rewatch(int poller, int descriptor, uint64_t key, uint32_t flags);
int cload_unwatch(int poller, int descriptor);
// Waits at most `nanoseconds`; returns the number of events filled in.
int cload_wait(int poller, struct cload_event *events, int capacity, uint64_t nanoseconds);

// IPv4 address of a host name, in host byte order; 0 when there is none.
uint32_t cload_resolve(const char *host);
// Begins to connect a non-blocking socket with TCP_NODELAY; `source` 0 leaves the source address to the kernel and
// `receive_buffer` 0 the size of SO_RCVBUF.
int cload_connect(uint32_t address, uint16_t port, uint32_t source, int receive_buffer);
// The pending error of a socket, 0 when it is connected.
int cload_socket_error(int descriptor);
// Listens on 127.0.0.1; several may share a port, the kernel then spreads connections over them.
int cload_listen(uint16_t port);
int cload_accept(int listener);

// Bytes read or written, 0 at the end of input, -errno on failure.
ssize_t cload_receive(int descriptor, void *bytes, size_t count);
// Drops up to `count` bytes in the kernel, without a copy.
ssize_t cload_discard(int descriptor, size_t count);
ssize_t cload_send(int descriptor, const void *bytes, size_t count);
// A gather-write of two pieces.
ssize_t cload_send2(int descriptor, const void *first, size_t first_count, const void *second, size_t second_count);
void cload_close(int descriptor);
// Closes with RST: what is unsent or unread is thrown away.
void cload_reset(int descriptor);
// Sends FIN and keeps reading.
void cload_half_close(int descriptor);

// CRC-32C over bytes, continuing from `state` (begin with 0xffffffff, invert at the end).
uint32_t cload_crc32c(uint32_t state, const void *bytes, size_t count);
// The same without the processor's instruction, for comparison in tests.
uint32_t cload_crc32c_table(uint32_t state, const void *bytes, size_t count);

#endif
