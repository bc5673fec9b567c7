/* The allocator's functions, defined in the executable so that every image of the process calls these; they count and go on to glibc. */
#include "micro.h"
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static _Atomic uint64_t calls, frees, asked;

static void *counted(void *memory, size_t size) {
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&asked, size, memory_order_relaxed);
    return memory;
}

void *malloc(size_t size) { return counted(__libc_malloc(size), size); }
void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size), count * size); }
void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *out = memory;
    return 0;
}

void *realloc(void *memory, size_t size) {
    if (memory) atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
    return counted(__libc_realloc(memory, size), size);
}

void free(void *memory) {
    if (memory) atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
    __libc_free(memory);
}

uint64_t micro_live_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

micro_allocations micro_allocations_now(void) {
    return (micro_allocations){atomic_load_explicit(&calls, memory_order_relaxed),
                               atomic_load_explicit(&frees, memory_order_relaxed),
                               atomic_load_explicit(&asked, memory_order_relaxed)};
}
