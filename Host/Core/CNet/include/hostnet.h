/// Socket calls of the host's direct senders: what Swift cannot spell without errno, macros or varargs.
/// Owns nothing, allocates nothing but segments; every function may be called from any thread.
#ifndef HOSTNET_H
#define HOSTNET_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Sends one contiguous range without blocking and without SIGPIPE. Returns the bytes taken, or -errno.
static inline ssize_t hostnet_send(int fd, const void *bytes, size_t count) {
    // Not libc's send: that is a cancellation point and pays for it at each call.
    long r = syscall(SYS_sendto, fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
    return r >= 0 ? r : -(ssize_t)errno;
}

/// Gathers `count` ranges into one non-blocking send without SIGPIPE. Returns the bytes taken, or -errno.
static inline ssize_t hostnet_sendv(int fd, struct iovec *ranges, size_t count) {
    struct msghdr message = {0};
    message.msg_iov = ranges;
    message.msg_iovlen = count;
    ssize_t r = sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    return r >= 0 ? r : -(ssize_t)errno;
}

/// Monotonic nanoseconds (CLOCK_MONOTONIC), the clock of every deadline in the host.
uint64_t hostnet_now_ns(void);

/// Blocks this thread until a time of that clock.
void hostnet_sleep_until(uint64_t ns);

/// CPUs of this thread's affinity mask, at least 1.
int hostnet_cpu_count(void);

/// Anonymous zeroed pages, touched only as they are written; NULL when the system has none left.
void *hostnet_map(size_t bytes);

/// Gives pages of `hostnet_map` back.
void hostnet_unmap(void *pages, size_t bytes);

/// Inode of a descriptor's socket, 0 when it is closed; tells a recycled descriptor from the one that was meant.
uint64_t hostnet_inode(int fd);

/// Has large allocations come from, and go back to, the system one by one; once, before any thread is started.
void hostnet_return_memory(void);

#ifdef __cplusplus
}
#endif
#endif
