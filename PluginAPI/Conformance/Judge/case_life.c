/* Life: from create to destroy, often, in any order that the host may choose, and beside another generation. */
#include "judge.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <unistd.h>

#define MEBIBYTE (1u << 20)

void life_activate(void) {
    generation *g = generation_open(judged.library);
    uint64_t early = 0;
    for (unsigned i = 0; i < 1000; i++) {
        if (generation_create(g) != SLUICE_OK || generation_configure(g, judged.config) != SLUICE_OK || generation_activate(g) != SLUICE_OK) {
            fail("life %u of 1000 was refused: %s", i, g->reason);
            end_case();
        }
        if (i % 50 == 0) exercise_briefly(g);
        bring_down(g);
        g->ended = 0;
        if (i == 199) early = resident_bytes();
    }
    uint64_t late = resident_bytes();
    uint64_t grown = late > early ? late - early : 0;
    if (grown > 32 * MEBIBYTE) fail("800 lives left %llu KiB behind: destroy has to free what create made", (unsigned long long)(grown >> 10));
    else note("800 lives left %llu KiB behind", (unsigned long long)(grown >> 10));
}

void life_destroy(void) {
    generation *g = generation_open(judged.library);
    for (unsigned state = 0; state < 6; state++) {
        g->ended = 0;
        if (generation_create(g) != SLUICE_OK) fail("create was refused: %s", g->reason);
        if (state == 1) generation_configure(g, "{");
        if (state >= 2) generation_configure(g, judged.config);
        if (state == 3 && g->selftest) run_selftest(g);
        if (state >= 4) generation_activate(g);
        if (state == 5) exercise_briefly(g);
        bring_down(g);
    }
    run_for(100);
}

void life_bad_configuration(void) {
    generation *g = bring_up();
    if (!g->module->configure) not_applicable("it takes no configuration");
    static const char *const wrong[] = {"", "{", "[]", "null", "0", "\"text\"", "{\"conformance\":1}", "\xff\xfe"};
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) refused += generation_configure(g, wrong[i]) != SLUICE_OK;
    for (int i = 0; i < judged.bad_config_count; i++) refused += generation_configure(g, judged.bad_configs[i]) != SLUICE_OK;
    char *deep = malloc(200001);
    if (deep) {
        memset(deep, '[', 200000);
        deep[200000] = 0;
        refused += generation_configure(g, deep) != SLUICE_OK;
    }
    if (generation_configure(g, judged.config) != SLUICE_OK) fail("after refused configurations a good one is refused: %s", g->reason);
    question *q = g->auth ? ask(g, SLUICE_ACTION_PUBLISH, 1, 0) : NULL;
    if (q) wait_settled(q, 5000);
    if (q && !is_settled(q)) fail("after refused configurations it answers no question any more");
    note("%u of %zu wrong configurations were refused", refused, sizeof wrong / sizeof *wrong + (size_t)judged.bad_config_count + 1);
    bring_down(g);
}

void life_two_generations(void) {
    generation *one = bring_up_from(library_copy()), *two = bring_up_from(library_copy());
    if (one->module == two->module) fail("two copies of the library share one descriptor: a global symbol interposes");
    exercise(one);
    exercise(two);
    bring_down(one);
    exercise(two);
    question *q = two->auth ? ask(two, SLUICE_ACTION_PUBLISH, 1, 0) : NULL;
    if (q) wait_settled(q, 5000);
    if (q && !is_settled(q)) fail("when the first generation is gone the second answers no question any more");
    bring_down(two);
}

void life_after_destroy(void) {
    asked_about = BROKE_LATE;
    generation *g = bring_up();
    exercise(g);
    bring_down(g);
    run_for(500);
}

/* MARK: Reload */

static int stays_mapped(void *image) {
    struct link_map *map = image;
    for (const ElfW(Dyn) *d = map->l_ld; d && d->d_tag != DT_NULL; d++) {
        if (d->d_tag == DT_FLAGS_1 && d->d_un.d_val & DF_1_NODELETE) return 1;
    }
    return 0;
}

/* An image that cannot be unloaded costs what it writes of itself; the host says so to its operator. */
#define KIBIBYTES_STAYING 1024u
#define KIBIBYTES_GOING 64u

void life_reload(void) {
    unsigned count = judged.reloads > 0 ? (unsigned)judged.reloads : 1000, warm = count / 10;
    uint64_t early = 0;
    int stays = 0;
    generation *previous = NULL;
    for (unsigned i = 0; i < count; i++) {
        const char *path = library_copy();
        generation *g = bring_up_from(path);
        unlink(path);
        free((void *)path);
        stays = stays_mapped(g->image);
        exercise_briefly(g);
        if (previous) {
            bring_down(previous);
            if (!stays) dlclose(previous->image);
        }
        previous = g;
        if (i == warm) early = resident_bytes();
    }
    if (previous) bring_down(previous);
    uint64_t late = resident_bytes(), grown = late > early ? (late - early) / (count - warm ? count - warm : 1) >> 10 : 0;
    unsigned ceiling = stays ? KIBIBYTES_STAYING : KIBIBYTES_GOING;
    if (grown > ceiling) fail("each reload leaves %llu KiB behind (%u are allowed)", (unsigned long long)grown, ceiling);
    else note("%u reloads; each leaves %llu KiB behind%s", count, (unsigned long long)grown, stays ? " (the image stays mapped)" : "");
}
