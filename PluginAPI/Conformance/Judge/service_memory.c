/* Services buffer and kv: memory that is counted, and state that outlives an instance but not its case. */
#include "services.h"

#include <pthread.h>

typedef struct block {
    sluice_buffer shown;
    int references;
    int mapped;
    int read_only; /* the host's own: media */
} block;

static block *block_of(sluice_buffer *b) { return (block *)b; }

static block *make_block(size_t size, int mapped, const char *name) {
    block *b = calloc(1, sizeof *b);
    if (!b) abort();
    b->shown.struct_size = sizeof b->shown;
    b->shown.capacity = size;
    b->references = 1;
    b->mapped = mapped;
    b->shown.data = mapped ? pages_make(size, name) : malloc(size ? size : 1);
    if (!b->shown.data) abort();
    return b;
}

/* The head stays: a release too many has to be seen. The bytes stay a while: only one case is about their use after that. */
static void drop(block *b) {
    static uint8_t *waiting[512];
    static unsigned next;
    if (__atomic_sub_fetch(&b->references, 1, __ATOMIC_SEQ_CST) != 0) return;
    if (b->mapped) {
        pages_give_back(b->shown.data, b->shown.capacity);
        return;
    }
    uint8_t **place = &waiting[__atomic_fetch_add(&next, 1, __ATOMIC_SEQ_CST) % 512];
    free(__atomic_exchange_n(place, b->shown.data, __ATOMIC_SEQ_CST));
}

sluice_buffer *buffer_of_host(const void *bytes, size_t size) {
    block *b = make_block(size, hostile.frames_read_only || hostile.unmap_released, "a frame's data");
    if (size) memcpy(b->shown.data, bytes, size);
    b->read_only = 1;
    if (hostile.frames_read_only) pages_protect(b->shown.data, size ? size : 1, 1, "it wrote into");
    return &b->shown;
}

void buffer_release_host(sluice_buffer *b) { drop(block_of(b)); }
void buffer_retain_host(sluice_buffer *b) { __atomic_add_fetch(&block_of(b)->references, 1, __ATOMIC_SEQ_CST); }

static sluice_buffer *allocate(const sluice_host *host, uint64_t size) {
    generation *g = generation_of(host, "buffer allocate");
    if (!g || size > 64u << 20 || fails_now()) return NULL;
    block *b = make_block(size, hostile.unmap_released, "a buffer's data");
    memset(b->shown.data, 0xA5, size);
    __atomic_fetch_add(&g->buffers, 1, __ATOMIC_SEQ_CST);
    return &b->shown;
}

static void retain(const sluice_host *host, sluice_buffer *buffer) {
    generation *g = generation_of(host, "buffer retain");
    if (!g || !buffer) return;
    if (__atomic_fetch_add(&block_of(buffer)->references, 1, __ATOMIC_SEQ_CST) <= 0)
        broke(BROKE_BUFFER, "buffer retain of a buffer that was given back: retain while you still have a reference");
    __atomic_fetch_add(&g->buffers, 1, __ATOMIC_SEQ_CST);
}

static void release(const sluice_host *host, sluice_buffer *buffer) {
    generation *g = generation_of(host, "buffer release");
    if (!g || !buffer) return;
    if (block_of(buffer)->references <= 0) {
        broke(BROKE_BUFFER, "buffer release of a buffer that was given back before: one release per reference");
        return;
    }
    __atomic_fetch_sub(&g->buffers, 1, __ATOMIC_SEQ_CST);
    drop(block_of(buffer));
}

const sluice_buffer_service buffer_table = {sizeof buffer_table, 0, allocate, retain, release};

/* MARK: kv */

typedef struct entry {
    struct entry *next;
    char *key;
    uint8_t *value;
    size_t key_size, size;
} entry;

static entry *entries;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static entry **find(sluice_text key) {
    entry **place = &entries;
    while (*place && ((*place)->key_size != key.size || memcmp((*place)->key, key.data, key.size) != 0)) place = &(*place)->next;
    return place;
}

static int32_t kv_get(const sluice_host *host, sluice_text key, sluice_kv_receiver receive, void *context) {
    check_control("kv get", 1);
    if (!generation_of(host, "kv get") || !receive) return SLUICE_E_INVALID;
    loan *l = loan_open("the value of kv get");
    pthread_mutex_lock(&lock);
    entry *e = *find(key);
    sluice_bytes value = e ? loan_bytes(l, e->value, e->size) : (sluice_bytes){NULL, 0};
    pthread_mutex_unlock(&lock);
    if (e) receive(context, loan_text_of(l, key.data, key.size), value);
    loan_close(l);
    return e ? SLUICE_OK : SLUICE_E_NOT_FOUND;
}

static int32_t kv_change(const sluice_host *host, sluice_text key, const sluice_bytes *value, sluice_error *error) {
    check_control(value ? "kv put" : "kv remove", 1);
    if (!generation_of(host, value ? "kv put" : "kv remove")) return SLUICE_E_INVALID;
    if (key.size == 0 || key.size > 256 || (value && value->size > 64 << 10))
        return say_why(error, SLUICE_E_LIMIT, "keys of 1 to 256 bytes, values of at most 64 KiB");
    if (value && fails_now()) return say_why(error, SLUICE_E_FAILED, "the disk is full, says the conformance kit");
    pthread_mutex_lock(&lock);
    entry **place = find(key), *old = *place;
    if (old) *place = old->next;
    if (value) {
        entry *made = calloc(1, sizeof *made);
        if (!made) abort();
        made->key = malloc(key.size);
        made->value = malloc(value->size ? value->size : 1);
        if (!made->key || !made->value) abort();
        memcpy(made->key, key.data, key.size);
        if (value->size) memcpy(made->value, value->data, value->size);
        made->key_size = key.size;
        made->size = value->size;
        made->next = entries;
        entries = made;
    }
    pthread_mutex_unlock(&lock);
    if (old) {
        free(old->key);
        free(old->value);
        free(old);
    }
    return SLUICE_OK;
}

static int32_t kv_put(const sluice_host *host, sluice_text key, sluice_bytes value, sluice_error *error) {
    return kv_change(host, key, &value, error);
}

static int32_t kv_remove(const sluice_host *host, sluice_text key, sluice_error *error) { return kv_change(host, key, NULL, error); }

static int by_key(const void *a, const void *b) {
    const entry *x = *(entry *const *)a, *y = *(entry *const *)b;
    int order = memcmp(x->key, y->key, x->key_size < y->key_size ? x->key_size : y->key_size);
    return order ? order : (x->key_size > y->key_size) - (x->key_size < y->key_size);
}

static int32_t kv_each(const sluice_host *host, sluice_text prefix, sluice_kv_receiver receive, void *context) {
    check_control("kv each", 1);
    if (!generation_of(host, "kv each") || !receive) return SLUICE_E_INVALID;
    entry *found[256];
    size_t count = 0;
    for (entry *e = entries; e && count < 256; e = e->next) {
        if (e->key_size >= prefix.size && memcmp(e->key, prefix.data, prefix.size) == 0) found[count++] = e;
    }
    qsort(found, count, sizeof *found, by_key);
    loan *l = loan_open("a value of kv each");
    for (size_t i = 0; i < count && i < 250; i++) {
        receive(context, loan_text_of(l, found[i]->key, found[i]->key_size), loan_bytes(l, found[i]->value, found[i]->size));
    }
    loan_close(l);
    return SLUICE_OK;
}

const sluice_kv_service kv_table = {sizeof kv_table, 0, kv_get, kv_put, kv_remove, kv_each};
