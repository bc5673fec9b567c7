#define _GNU_SOURCE
#include "hostloader.h"

#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct search {
    const uintptr_t *addresses;
    size_t count;
    size_t bytes;
};

static int compare(const void *a, const void *b) {
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}

/// Whether one of the sorted addresses lies in [start, end).
static int any(const struct search *search, uintptr_t start, uintptr_t end) {
    size_t low = 0, high = search->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (search->addresses[middle] < start) low = middle + 1;
        else high = middle;
    }
    return low < search->count && search->addresses[low] < end;
}

static int look(struct dl_phdr_info *image, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    int meant = 0;
    for (int i = 0; i < image->dlpi_phnum && !meant; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        uintptr_t start = image->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD) meant = any(search, start, start + segment->p_memsz);
    }
    if (!meant) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first[16], last[16];
    int count = 0;
    for (int i = 0; i < image->dlpi_phnum && count < 16; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Whole pages only: the edges may hold a neighbour.
        first[count] = (image->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
        last[count] = (image->dlpi_addr + segment->p_vaddr + segment->p_memsz) / page * page;
        if (last[count] > first[count]) count++;
    }
    // The headers lie in what is given back: to look at them once more would bring 64 KiB of it in again.
    for (int i = 0; i < count; i++) {
        if (madvise((void *)first[i], last[i] - first[i], MADV_DONTNEED) == 0) search->bytes += last[i] - first[i];
    }
    return 0;
}

size_t hostloader_release_images(const void *const *addresses, size_t count) {
    if (count == 0) return 0;
    uintptr_t *sorted = malloc(count * sizeof *sorted);
    if (!sorted) return 0;
    for (size_t i = 0; i < count; i++) sorted[i] = (uintptr_t)addresses[i];
    qsort(sorted, count, sizeof *sorted, compare);
    struct search search = {sorted, count, 0};
    dl_iterate_phdr(look, &search);
    free(sorted);
    return search.bytes;
}

static int measure(struct dl_phdr_info *image, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    size_t all = 0;
    int meant = 0;
    for (int i = 0; i < image->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        uintptr_t start = image->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD) continue;
        all += segment->p_memsz;
        if (any(search, start, start + segment->p_memsz)) meant = 1;
    }
    if (meant) search->bytes = all;
    return meant;
}

size_t hostloader_image_size(const void *address) {
    uintptr_t only = (uintptr_t)address;
    struct search search = {&only, 1, 0};
    dl_iterate_phdr(measure, &search);
    return search.bytes;
}

void hostloader_close_from(int first) { closefrom(first); }
