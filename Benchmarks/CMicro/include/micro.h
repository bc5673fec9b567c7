/*
 * What Swift cannot do for sluice-micro: counting every allocation of the process, a clock, a sink for results, and a host and a
 * C plugin without any work in them, so that what is measured is the border itself.
 */
#ifndef MICRO_H
#define MICRO_H
#include <sluice/sluice.h>
#include <stddef.h>
#include <stdint.h>

/* Of the whole process, all threads and loaded libraries, since its start. */
typedef struct micro_allocations {
    uint64_t calls; /* malloc, calloc, realloc, aligned allocations */
    uint64_t frees; /* of memory there was; a realloc of such counts as one */
    uint64_t bytes; /* as asked for */
} micro_allocations;

micro_allocations micro_allocations_now(void);

/* Bytes that the calling thread's allocations hold now, the allocator's own headers included. For programs of one thread. */
uint64_t micro_live_bytes(void);

/* Monotonic nanoseconds. */
uint64_t micro_now_ns(void);

/* Sleeps for a tenth of a millisecond. */
void micro_pause(void);

/* Makes the compiler believe that the bytes at `pointer` are read and may have been written. */
void micro_touch(const void *pointer);

/* Raises the limit of open descriptors to the hard one. */
void micro_raise_file_limit(void);

/* A socket connected to 127.0.0.1:port, or -errno. */
int micro_connect(uint16_t port);

/*
 * A thread that reads and discards whatever the sockets have. The sockets are its own from now on. NULL without memory.
 */
typedef struct micro_reader micro_reader;
micro_reader *micro_reader_start(const int *sockets, size_t count);
/* Bytes read so far. */
uint64_t micro_reader_bytes(const micro_reader *reader);
/* Ends the thread and closes the sockets. */
void micro_reader_stop(micro_reader *reader);

/* The table of a sink in C that adds up the sizes of its frames and does nothing else, and its one sink. */
const sluice_sink_interface *micro_sink_table(void);
uint64_t *micro_sink(void);

/*
 * A host whose services do nothing but count: time, net, stream, broadcast, and auth that allows everything when
 * micro_host_answer is called. One connection, one question at a time. Not thread-safe.
 */
const sluice_host *micro_host(void);

/* Frames pushed, records appended, and bytes sent, their sizes added up. */
typedef struct micro_host_figures {
    uint64_t frames, frame_bytes, records, record_bytes, sent_bytes;
} micro_host_figures;
micro_host_figures micro_host_now(void);

/* Answers the question that was asked last with ALLOW, as the host does in a later turn. 1 when there was one. */
int micro_host_answer(void);

#endif
