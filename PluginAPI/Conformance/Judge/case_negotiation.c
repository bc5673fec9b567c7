/* Negotiation: older and newer hosts, services that are not there, refusals. */
#include "judge.h"

#include <dlfcn.h>
#include <stdio.h>

static const char *const all_services[] = {
    SLUICE_SERVICE_LOG,  SLUICE_SERVICE_CONFIG, SLUICE_SERVICE_TIME, SLUICE_SERVICE_BUFFER, SLUICE_SERVICE_METRICS,
    SLUICE_SERVICE_EVENT, SLUICE_SERVICE_TASK,  SLUICE_SERVICE_COMMAND, SLUICE_SERVICE_STREAM, SLUICE_SERVICE_NET,
    SLUICE_SERVICE_BROADCAST, SLUICE_SERVICE_EXCHANGE, SLUICE_SERVICE_AUTH, SLUICE_SERVICE_KV, SLUICE_SERVICE_FETCH,
    SLUICE_SERVICE_TRANSFORM, SLUICE_SERVICE_SOURCE, SLUICE_SERVICE_HANDOVER,
};

void negotiation_unknown_ids(void) {
    static char longest[8192];
    memset(longest, 'x', sizeof longest - 1);
    const char *const unknown[] = {"sluice.conformance/0", "", "sluice.auth/4294967295", "sluice.auth", "auth", longest};
    generation *g = bring_up();
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        measured m = entering("get_interface of an unknown id");
        const void *table = g->module->get_interface(g->instance, unknown[i]);
        left(m);
        if (table) fail("get_interface(\"%.40s\") answers: NULL is the answer to ids that the descriptor does not name", unknown[i]);
    }
    for (uint32_t i = 0; i < g->module->interface_count; i++) {
        const char *id = g->module->interfaces[i];
        const uint32_t *one = g->module->get_interface(g->instance, id), *two = g->module->get_interface(g->instance, id);
        if (!one) fail("the descriptor names %s, get_interface answers NULL", id);
        else if (one != two) fail("get_interface(\"%s\") answers with another table at each call", id);
        else if (*one < 16) fail("the table of %s has the struct_size %u", id, *one);
    }
    bring_down(g);
}

void negotiation_wrong_major(void) {
    generation *g = generation_open(judged.library);
    sluice_module_entry entry = (sluice_module_entry)dlsym(g->image, SLUICE_ENTRY);
    for (uint32_t major = 0; major < 4; major += 2) {
        sluice_hello hello = {sizeof hello, major, 0, 0, {"sluice", 6}, {"9.0.0", 5}};
        sluice_error error = {sizeof error, 0, ""};
        measured m = entering(SLUICE_ENTRY " with another ABI major");
        const sluice_module *module = entry(&hello, &error);
        left(m);
        if (!module && error.text[0] == 0) fail("the entry refuses a host of ABI %u without a reason", major);
        if (module && module->abi_major != SLUICE_ABI_MAJOR) fail("the descriptor's major follows the host's: it is what you compiled with");
    }
    sluice_hello newer = {sizeof newer, SLUICE_ABI_MAJOR, 7, 0, {"sluice", 6}, {"1.7.0", 5}};
    sluice_error error = {sizeof error, 0, ""};
    if (!entry(&newer, &error)) fail("the entry refuses ABI 1.7: a greater minor is always good enough (%s)", error.text);
}

void negotiation_missing_services(void) {
    for (size_t i = 0; i < sizeof all_services / sizeof *all_services; i++) {
        if (!granted(all_services[i])) continue;
        /* Nobody has to answer without sluice.auth. */
        patience_ms = 50;
        hostile.missing = all_services[i];
        int silent;
        generation *g = try_bring_up(&silent);
        if (!g && silent) fail("without %s it refuses, and gives no reason", all_services[i]);
        if (!g) continue;
        exercise(g);
        bring_down(g);
    }
}

void negotiation_refusals(void) {
    asked_about = BROKE_REASON;
    generation *g = bring_up();
    static const char *const wrong[] = {"", "{", "[]", "null", "\"text\"", "{\"conformance\":"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) generation_configure(g, wrong[i]);
    for (int i = 0; i < judged.bad_config_count; i++) generation_configure(g, judged.bad_configs[i]);
    exercise(g);
    bring_down(g);
}

void negotiation_no_error(void) {
    hostile.no_error = 1;
    generation *g = bring_up();
    generation_configure(g, "{");
    exercise(g);
    bring_down(g);
    sluice_module_entry entry = (sluice_module_entry)dlsym(g->image, SLUICE_ENTRY);
    sluice_hello hello = {sizeof hello, 9, 0, 0, {"sluice", 6}, {"9.0.0", 5}};
    measured m = entering(SLUICE_ENTRY " with another ABI major and no place for a reason");
    entry(&hello, NULL);
    left(m);
}

void negotiation_exact_structs(void) {
    hostile.exact = 1;
    generation *g = bring_up();
    exercise(g);
    bring_down(g);
}

void negotiation_inflated_structs(void) {
    hostile.inflated = 64;
    generation *g = bring_up();
    exercise(g);
    if (g->auth) {
        question *q = ask(g, SLUICE_ACTION_PUBLISH, 1, 0);
        wait_settled(q, 5000);
        if (!is_settled(q)) fail("with larger structs a question gets no answer any more");
    }
    bring_down(g);
}
