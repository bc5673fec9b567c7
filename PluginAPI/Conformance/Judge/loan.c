/*
 * What the host lends for the time of a call. Ordinarily plain memory that stays for a while; when hostility asks for it, pages whose
 * end is the struct's end and which are gone when the call has returned. A fault there has a reason that can be told.
 */
#include "judge.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096u
#define ROOM 256u
#define KEPT_LOANS 256
#define MOST_REGIONS 16384

typedef struct region {
    char *start;
    size_t size; /* without the guard page behind */
    const char *name;
    const char *state;
} region;

typedef struct lent_piece {
    struct lent_piece *next;
    void *data;
    size_t size;
    int mapped;
} lent_piece;

struct loan {
    const char *call;
    lent_piece *pieces;
};

static region regions[MOST_REGIONS];
static unsigned region_next;
static loan *kept[KEPT_LOANS];
static unsigned kept_next;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t whole_pages(size_t size) { return (size + PAGE - 1) / PAGE * PAGE; }

static region *region_of(const void *address) {
    for (unsigned i = 0; i < MOST_REGIONS; i++) {
        if (regions[i].start && (const char *)address >= regions[i].start &&
            (const char *)address < regions[i].start + regions[i].size + PAGE)
            return &regions[i];
    }
    return NULL;
}

const char *pages_reason(const void *address) {
    static char text[256];
    region *found = region_of(address);
    if (!found) return NULL;
    int behind = (const char *)address >= found->start + found->size;
    snprintf(text, sizeof text, "%s %s", behind ? "it touched what is behind the end of" : found->state, found->name);
    return text;
}

void *pages_make(size_t size, const char *name) {
    size_t whole = whole_pages(size ? size : 1);
    char *start = mmap(NULL, whole + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    mprotect(start + whole, PAGE, PROT_NONE);
    pthread_mutex_lock(&lock);
    region *place = &regions[region_next++ % MOST_REGIONS];
    if (place->start && strcmp(place->state, "it touched, after it was given back,") == 0) munmap(place->start, place->size + PAGE);
    *place = (region){start, whole, name, "it touched"};
    pthread_mutex_unlock(&lock);
    return start + whole - (size ? size : 1);
}

/* Room behind it, which reads as zero: who reads too far is not the matter of every case. */
static void *pages_with_room(size_t size, const char *name) {
    char *data = pages_make((size + ROOM + 15) / 16 * 16, name);
    return data ? memset(data, 0, (size + ROOM + 15) / 16 * 16) : NULL;
}

void pages_protect(void *data, size_t size, int readable, const char *why) {
    char *start = (char *)((uintptr_t)data / PAGE * PAGE);
    pthread_mutex_lock(&lock);
    region *found = region_of(data);
    if (found) found->state = why;
    pthread_mutex_unlock(&lock);
    mprotect(start, whole_pages((size_t)((char *)data - start) + size), readable ? PROT_READ : PROT_NONE);
}

void pages_give_back(void *data, size_t size) { pages_protect(data, size ? size : 1, 0, "it touched, after it was given back,"); }

static int maps(void) { return hostile.unmap_borrowed || hostile.exact; }

loan *loan_open(const char *call) {
    loan *l = calloc(1, sizeof *l);
    if (!l) abort();
    l->call = call;
    return l;
}

static void *piece(loan *l, size_t size) {
    lent_piece *made = malloc(sizeof *made);
    void *data = hostile.exact ? pages_make(size, l->call) : maps() ? pages_with_room(size, l->call) : calloc(1, size + ROOM);
    if (!data || !made) abort();
    *made = (lent_piece){l->pieces, data, size, maps()};
    l->pieces = made;
    return data;
}

void *loan_copy(loan *l, const void *bytes, size_t size) {
    void *data = piece(l, size);
    if (size) memcpy(data, bytes, size);
    return data;
}

static void inflate(void *data, const void *value, size_t size) {
    memcpy(data, value, size);
    memset((char *)data + size, 0xA5, hostile.inflated);
    *(uint32_t *)data = (uint32_t)size + hostile.inflated;
}

void *loan_struct_of(loan *l, const void *value, size_t size) {
    void *data = piece(l, size + hostile.inflated);
    inflate(data, value, size);
    return data;
}

void *loan_array_of(loan *l, const void *values, size_t step, size_t size, uint32_t count, uint32_t *stride) {
    *stride = (uint32_t)size + hostile.inflated;
    char *data = piece(l, (size_t)*stride * count);
    for (uint32_t i = 0; i < count; i++) inflate(data + (size_t)i * *stride, (const char *)values + i * step, size);
    return data;
}

sluice_text loan_text_of(loan *l, const void *bytes, size_t size) {
    if (size == 0) return (sluice_text){NULL, 0};
    return (sluice_text){loan_copy(l, bytes, size), size};
}

sluice_text loan_text(loan *l, const char *text) { return loan_text_of(l, text, strlen(text)); }

sluice_bytes loan_bytes(loan *l, const void *bytes, size_t size) {
    sluice_text text = loan_text_of(l, bytes, size);
    return (sluice_bytes){(const uint8_t *)text.data, text.size};
}

const sluice_pair *loan_pairs(loan *l, const char *const *words, uint32_t *count) {
    sluice_pair pairs[64];
    *count = 0;
    for (; words[0] && *count < 64; words += 2) {
        pairs[(*count)++] = (sluice_pair){loan_text(l, words[0]), loan_text(l, words[1])};
    }
    return *count ? loan_copy(l, pairs, *count * sizeof *pairs) : NULL;
}

sluice_error *loan_error(loan *l) {
    if (hostile.no_error) return NULL;
    sluice_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = (uint32_t)SHOWN_SIZE(error);
    return loan_copy(l, &error, SHOWN_SIZE(error));
}

void check_reason(const char *call, int32_t status, const sluice_error *error) {
    if (status == SLUICE_OK || status == SLUICE_AGAIN || !error) return;
    size_t size = strnlen(error->text, sizeof error->text);
    if (size == 0) broke(BROKE_REASON, "%s refused with status %d and no reason: write one into error->text", call, status);
    if (size == sizeof error->text) broke(BROKE_REASON, "%s: the reason does not end with a zero byte", call);
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)error->text[i] >= 32) continue;
        broke(BROKE_REASON, "%s: the reason is not one line of text", call);
        break;
    }
}

static void forget(loan *l) {
    for (lent_piece *p = l->pieces, *next; p; p = next) {
        next = p->next;
        if (!p->mapped) free(p->data);
        free(p);
    }
    free(l);
}

void loan_close(loan *l) {
    for (lent_piece *p = l->pieces; p; p = p->next) {
        if (p->mapped && hostile.unmap_borrowed) pages_give_back(p->data, p->size);
    }
    pthread_mutex_lock(&lock);
    loan **slot = &kept[kept_next++ % KEPT_LOANS];
    loan *old = *slot;
    *slot = l;
    pthread_mutex_unlock(&lock);
    if (old) forget(old);
}

void *lasting_struct(const void *value, size_t size, const char *name) {
    void *data = hostile.exact ? pages_make(size, name) : malloc(size + hostile.inflated);
    if (!data) abort();
    inflate(data, value, size);
    return data;
}
