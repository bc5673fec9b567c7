#include "hostmedia.h"
#include <stdatomic.h>
#include <stdlib.h>

/* The block: count and public face in front, bytes behind, 64-byte aligned. */
typedef struct block {
    sluice_buffer face; /* first, so that a sluice_buffer pointer is a block pointer */
    _Atomic uint64_t references;
} block;

#define LIMIT ((uint64_t)64 << 20)
#define HEADER ((sizeof(block) + 63) / 64 * 64)

static _Atomic uint64_t alive;

sluice_buffer *hostmedia_buffer_allocate(uint64_t size) {
    if (size > LIMIT) return NULL;
    block *b = malloc(HEADER + (size ? size : 1));
    if (!b) return NULL;
    b->face.struct_size = sizeof(sluice_buffer);
    b->face.reserved = 0;
    b->face.data = (uint8_t *)b + HEADER;
    b->face.capacity = size;
    atomic_init(&b->references, 1);
    atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
    return &b->face;
}

void hostmedia_buffer_retain(sluice_buffer *buffer) {
    if (buffer) atomic_fetch_add_explicit(&((block *)buffer)->references, 1, memory_order_relaxed);
}

void hostmedia_buffer_release(sluice_buffer *buffer) {
    if (!buffer) return;
    block *b = (block *)buffer;
    if (atomic_fetch_sub_explicit(&b->references, 1, memory_order_acq_rel) != 1) return;
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
    free(b);
}

uint64_t hostmedia_buffers_alive(void) { return atomic_load_explicit(&alive, memory_order_relaxed); }
