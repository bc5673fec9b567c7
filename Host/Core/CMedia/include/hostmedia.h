/* Reference-counted media buffers: the memory behind sluice_buffer. Owned by the host; plugins reach it through sluice.buffer only. */
#ifndef HOSTMEDIA_H
#define HOSTMEDIA_H
#include <sluice/buffer.h>
#include <sluice/stream.h>

/* A buffer of at least `size` bytes with one reference; NULL over 64 MiB or without memory. */
sluice_buffer *hostmedia_buffer_allocate(uint64_t size);
void hostmedia_buffer_retain(sluice_buffer *buffer);
void hostmedia_buffer_release(sluice_buffer *buffer);
/* Buffers alive in this process: for leak checks and metrics. */
uint64_t hostmedia_buffers_alive(void);

#endif
