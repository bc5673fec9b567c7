/* Handles: a slot and how often it was used, so that a late use is seen to be late. */
#include "judge.h"

#include <pthread.h>

#define SLOTS 65536u

static struct {
    void *object;
    uint32_t generation;
    uint8_t kind;
} slots[SLOTS];
static uint32_t free_from = 1, free_slots[SLOTS], free_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

sluice_handle handle_make(int kind, void *object) {
    pthread_mutex_lock(&lock);
    uint32_t slot = free_count ? free_slots[--free_count] : free_from < SLOTS ? free_from++ : 0;
    sluice_handle handle = 0;
    if (slot) {
        slots[slot].object = object;
        slots[slot].kind = (uint8_t)kind;
        handle = ((uint64_t)++slots[slot].generation << 32) | slot;
    }
    pthread_mutex_unlock(&lock);
    return handle;
}

static uint32_t valid(int kind, sluice_handle handle) {
    uint32_t slot = (uint32_t)handle;
    if (slot == 0 || slot >= SLOTS || slots[slot].kind != kind || slots[slot].generation != handle >> 32) return 0;
    return slots[slot].object ? slot : 0;
}

void *handle_find(int kind, sluice_handle handle) {
    pthread_mutex_lock(&lock);
    uint32_t slot = valid(kind, handle);
    void *object = slot ? slots[slot].object : NULL;
    pthread_mutex_unlock(&lock);
    return object;
}

void *handle_take(int kind, sluice_handle handle) {
    pthread_mutex_lock(&lock);
    uint32_t slot = valid(kind, handle);
    void *object = slot ? slots[slot].object : NULL;
    if (slot) {
        slots[slot].object = NULL;
        free_slots[free_count++] = slot;
    }
    pthread_mutex_unlock(&lock);
    return object;
}
