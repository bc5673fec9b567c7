/* Service sluice.buffer/1: reference-counted memory that frames live in. */
#ifndef SLUICE_BUFFER_H
#define SLUICE_BUFFER_H
#include "core.h"
#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SERVICE_BUFFER "sluice.buffer/1"

/* A block of the host's. Writable by its maker until it is first pushed or shared, immutable from then on. */
typedef struct sluice_buffer {
    uint32_t struct_size;
    uint32_t reserved;
    uint8_t *data;
    uint64_t capacity; /* bytes at data */
} sluice_buffer;

typedef struct sluice_buffer_service {
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] A buffer of at least `size` bytes with one reference, the caller's; its bytes are undefined. NULL: over 64 MiB, or no memory. */
    sluice_buffer *(*allocate)(const sluice_host *host, uint64_t size);
    /* [any] One reference more. */
    void (*retain)(const sluice_host *host, sluice_buffer *buffer);
    /* [any] One reference less; the last one gives the memory back. NULL is ignored. */
    void (*release)(const sluice_host *host, sluice_buffer *buffer);
} sluice_buffer_service;

#ifdef __cplusplus
}
#endif
#endif
