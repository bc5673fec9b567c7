#define _GNU_SOURCE
#include "hostloader.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

struct search {
    uintptr_t address;
    size_t released;
};

static int look(struct dl_phdr_info *image, size_t size, void *context) {
    (void)size;
    struct search *search = context;
    int inside = 0;
    for (int i = 0; i < image->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        uintptr_t start = image->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && search->address >= start && search->address - start < segment->p_memsz) inside = 1;
    }
    if (!inside) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < image->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &image->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Whole pages only: the edges may hold a neighbour.
        uintptr_t first = (image->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
        uintptr_t last = (image->dlpi_addr + segment->p_vaddr + segment->p_memsz) / page * page;
        if (last > first && madvise((void *)first, last - first, MADV_DONTNEED) == 0) search->released += last - first;
    }
    return 1;
}

size_t hostloader_release_image(const void *address) {
    struct search search = {(uintptr_t)address, 0};
    dl_iterate_phdr(look, &search);
    return search.released;
}
