/* Static: what can be read of the file, and what loading it does. */
#include "judge.h"

#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* MARK: The file, every offset checked */

typedef struct image {
    const uint8_t *bytes;
    size_t size;
    const Elf64_Phdr *segments;
    unsigned segment_count;
    const Elf64_Dyn *dynamic;
    size_t dynamic_count;
    const Elf64_Shdr *sections;
    unsigned section_count;
} image;

static const void *part(const image *i, uint64_t at, uint64_t size) {
    return at <= i->size && size <= i->size - at ? i->bytes + at : NULL;
}

static image open_image(void) {
    image i = {0};
    int file = open(judged.library, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || status.st_size < (off_t)sizeof(Elf64_Ehdr)) {
        fail("%s cannot be read or is no ELF file", judged.library);
        end_case();
    }
    i.size = (size_t)status.st_size;
    i.bytes = mmap(NULL, i.size, PROT_READ, MAP_PRIVATE, file, 0);
    const Elf64_Ehdr *head = (const void *)i.bytes;
    if (i.bytes == MAP_FAILED || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64) {
        fail("%s is not a 64-bit ELF file", judged.library);
        end_case();
    }
    i.segment_count = head->e_phnum;
    i.segments = part(&i, head->e_phoff, (uint64_t)head->e_phnum * sizeof *i.segments);
    i.section_count = head->e_shnum;
    i.sections = part(&i, head->e_shoff, (uint64_t)head->e_shnum * sizeof *i.sections);
    if (head->e_type != ET_DYN || !i.segments) {
        fail("%s is not a shared library", judged.library);
        end_case();
    }
    for (unsigned k = 0; k < i.segment_count; k++) {
        if (i.segments[k].p_type != PT_DYNAMIC) continue;
        i.dynamic = part(&i, i.segments[k].p_offset, i.segments[k].p_filesz);
        i.dynamic_count = i.dynamic ? i.segments[k].p_filesz / sizeof *i.dynamic : 0;
    }
    return i;
}

static uint64_t dynamic_value(const image *i, int64_t tag, int *found) {
    *found = 0;
    for (size_t k = 0; k < i->dynamic_count && i->dynamic[k].d_tag != DT_NULL; k++) {
        if (i->dynamic[k].d_tag != tag) continue;
        *found = 1;
        return i->dynamic[k].d_un.d_val;
    }
    return 0;
}

/* Where in the file a virtual address lies. */
static const char *at_address(const image *i, uint64_t address) {
    for (unsigned k = 0; k < i->segment_count; k++) {
        const Elf64_Phdr *s = &i->segments[k];
        if (s->p_type == PT_LOAD && address >= s->p_vaddr && address - s->p_vaddr < s->p_filesz)
            return part(i, s->p_offset + address - s->p_vaddr, 1);
    }
    return NULL;
}

void static_entry_symbol(void) {
    image i = open_image();
    unsigned exported = 0, entry = 0;
    char others[200] = "";
    for (unsigned k = 0; i.sections && k < i.section_count; k++) {
        if (i.sections[k].sh_type != SHT_DYNSYM || i.sections[k].sh_link >= i.section_count) continue;
        const Elf64_Sym *symbols = part(&i, i.sections[k].sh_offset, i.sections[k].sh_size);
        const Elf64_Shdr *texts = &i.sections[i.sections[k].sh_link];
        const char *names = part(&i, texts->sh_offset, texts->sh_size);
        if (!symbols || !names || texts->sh_size == 0 || names[texts->sh_size - 1] != 0) continue;
        for (size_t n = 0; n < i.sections[k].sh_size / sizeof *symbols; n++) {
            const Elf64_Sym *s = &symbols[n];
            int visible = ELF64_ST_BIND(s->st_info) != STB_LOCAL && ELF64_ST_VISIBILITY(s->st_other) != STV_HIDDEN;
            if (s->st_shndx == SHN_UNDEF || !visible || s->st_name >= texts->sh_size) continue;
            exported++;
            const char *name = names + s->st_name;
            if (strcmp(name, SLUICE_ENTRY) == 0) entry = 1;
            else if (strlen(others) + strlen(name) + 3 < sizeof others) sprintf(others + strlen(others), " %s", name);
        }
    }
    if (!entry) fail("the library exports no " SLUICE_ENTRY);
    else if (exported > 1) fail("it exports %u symbols more than its entry:%s. Link with -fvisibility=hidden or PluginAPI/plugin.map", exported - 1, others);
}

void static_relocations(void) {
    image i = open_image();
    int found;
    dynamic_value(&i, DT_TEXTREL, &found);
    int flagged = (dynamic_value(&i, DT_FLAGS, &(int){0}) & DF_TEXTREL) != 0;
    if (found || flagged) fail("it has text relocations: compile all of it with -fPIC");
    for (unsigned k = 0; k < i.segment_count; k++) {
        if (i.segments[k].p_type == PT_LOAD && (i.segments[k].p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
            fail("a segment is writable and executable");
    }
}

void static_stack(void) {
    image i = open_image();
    for (unsigned k = 0; k < i.segment_count; k++) {
        if (i.segments[k].p_type == PT_GNU_STACK && i.segments[k].p_flags & PF_X)
            fail("it asks for an executable stack: link with -z noexecstack");
    }
}

static int starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static int is_of_runtime(const char *name) {
    static const char *const known[] = {"libc.so", "libm.so", "libdl.so", "librt.so", "libpthread.so", "libgcc_s.so", "libstdc++.so",
                                        "ld-linux", "libswift", "lib_Foundation", "libFoundation", "libdispatch.so", "libBlocksRuntime.so",
                                        "lib_Internationalization", "lib_FoundationICU", "libutil.so", "libresolv.so"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (starts(name, known[i])) return 1;
    }
    return 0;
}

static int is_installed(const char *name) {
    static const char *const folders[] = {"/lib", "/usr/lib", "/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu",
                                          "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib"};
    char path[600];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (access(path, R_OK) == 0) return 1;
    }
    return 0;
}

void static_dependencies(void) {
    image i = open_image();
    int found;
    const char *names = at_address(&i, dynamic_value(&i, DT_STRTAB, &found));
    if (!names) return;
    for (size_t k = 0; k < i.dynamic_count && i.dynamic[k].d_tag != DT_NULL; k++) {
        if (i.dynamic[k].d_tag != DT_NEEDED) continue;
        const char *name = names + i.dynamic[k].d_un.d_val;
        if ((const uint8_t *)name < i.bytes || (const uint8_t *)name >= i.bytes + i.size) continue;
        if (strchr(name, '/')) fail("it needs %s by a path of the machine that built it", name);
        else if (starts(name, "libNIO") || starts(name, "libSluice")) fail("it needs %s: the host's own libraries are not a plugin's", name);
        else if (is_of_runtime(name)) continue;
        else if (is_installed(name)) note("it needs %s, which the operator has to install", name);
        else fail("it needs %s, which is not in the system's folders: link it statically", name);
    }
}

/* MARK: The descriptor */

static void check_text(const char *what, sluice_text text, size_t most) {
    if (text.size == 0 || !text.data) fail("the descriptor's %s is empty", what);
    else if (text.size > most) fail("the descriptor's %s is longer than %zu bytes", what, most);
}

static void check_id(sluice_text id) {
    check_text("id", id, 32);
    for (uint64_t i = 0; i < id.size && i < 32; i++) {
        char c = id.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            fail("the id '%.*s' is not [a-z0-9-]", (int)id.size, id.data);
            return;
        }
    }
}

void static_descriptor(void) {
    const sluice_module *m = generation_open(judged.library)->module;
    if (m->struct_size < offsetof(sluice_module, destroy) + sizeof m->destroy) fail("the descriptor's struct_size is %u, v1.0 has %zu", m->struct_size, sizeof *m);
    if (m->abi_major != SLUICE_ABI_MAJOR) fail("the descriptor's abi_major is %u", m->abi_major);
    if (m->abi_minor > SLUICE_ABI_MINOR) fail("it needs ABI 1.%u; this kit judges 1.%u", m->abi_minor, SLUICE_ABI_MINOR);
    if (m->flags || m->reserved) fail("flags and reserved are to be 0");
    check_id(m->id);
    check_text("version", m->version, 64);
    if (m->description.size) check_text("description", m->description, 256);
    else note("the descriptor has no description: one line for listings");
    if (m->description.size && memchr(m->description.data, '\n', m->description.size)) fail("the description is not one line");
    if (m->interface_count == 0) fail("it names no interface: nothing would ever be called");
    for (uint32_t i = 0; i < m->interface_count && m->interfaces; i++) {
        unsigned revision;
        char noun[64];
        if (!m->interfaces[i] || sscanf(m->interfaces[i], "sluice.%63[a-z]/%u", noun, &revision) != 2)
            fail("interface %u is not of the form sluice.noun/1", i);
    }
    if (m->config_schema.size && !m->configure) fail("it has a config_schema and no configure");
}

static int named(const sluice_module *m, const char *id) {
    for (uint32_t i = 0; i < m->interface_count; i++) {
        if (strcmp(m->interfaces[i], id) == 0) return 1;
    }
    return 0;
}

void static_manifest(void) {
    if (!judged.has_manifest) not_applicable("no manifest was given: --manifest FILE");
    const sluice_module *m = generation_open(judged.library)->module;
    if (strlen(judged.id) != m->id.size || memcmp(judged.id, m->id.data, m->id.size) != 0)
        fail("the manifest's id is '%s', the library says '%.*s'", judged.id, (int)m->id.size, m->id.data);
    if (judged.version && (strlen(judged.version) != m->version.size || memcmp(judged.version, m->version.data, m->version.size) != 0))
        fail("the manifest's version is '%s', the library says '%.*s'", judged.version, (int)m->version.size, m->version.data);
    for (int i = 0; i < judged.interface_count; i++) {
        if (!named(m, judged.interfaces[i])) fail("the manifest names %s, the library does not offer it", judged.interfaces[i]);
    }
    for (uint32_t i = 0; i < m->interface_count; i++) {
        if (!offers(m->interfaces[i])) fail("the library offers %s, the manifest does not name it", m->interfaces[i]);
    }
}

void static_entry_quick(void) {
    uint64_t began = thread_cpu_ns();
    generation *g = generation_open(judged.library);
    uint64_t loading = thread_cpu_ns() - began;
    sluice_module_entry entry = (sluice_module_entry)dlsym(g->image, SLUICE_ENTRY);
    sluice_hello hello = {sizeof hello, SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR, 0, {"sluice", 6}, {"1.0.0", 5}};
    uint64_t slowest = 0;
    for (int i = 0; i < 1000; i++) {
        sluice_error error = {sizeof error, 0, ""};
        uint64_t start = thread_cpu_ns();
        if (entry(&hello, &error) != g->module) {
            fail("the entry answers with another descriptor at each call: make it static");
            return;
        }
        uint64_t taken = thread_cpu_ns() - start;
        if (taken > slowest) slowest = taken;
    }
    if (loading > 3000000000u) fail("loading took %u ms: do nothing in constructors and little in the entry", (unsigned)(loading / 1000000u));
    if (slowest > 100000000u) fail("a call of the entry took %u ms", (unsigned)(slowest / 1000000u));
}

static unsigned descriptor_count(void) {
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) return 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

void static_no_threads(void) {
    unsigned threads = thread_count(), descriptors = descriptor_count();
    generation_open(judged.library);
    usleep(20000);
    if (thread_count() > threads) fail("loading it started %u thread(s): start nothing before create", thread_count() - threads);
    if (descriptor_count() > descriptors) fail("loading it left %u descriptor(s) open", descriptor_count() - descriptors);
}
