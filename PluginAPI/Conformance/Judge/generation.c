/* One loaded image of the plugin, from dlopen to destroy. */
#include "judge.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static sluice_hello hello_of_this_host(void) {
    sluice_hello hello;
    memset(&hello, 0, sizeof hello);
    hello.struct_size = sizeof hello;
    hello.abi_major = SLUICE_ABI_MAJOR;
    hello.abi_minor = hostile.exact ? V1_0_MINOR : SLUICE_ABI_MINOR;
    hello.host_name = (sluice_text){"sluice", 6};
    hello.host_version = (sluice_text){"1.0.0", 5};
    return hello;
}

generation *generation_open(const char *path) {
    generation *g = calloc(1, sizeof *g);
    if (!g) abort();
    snprintf(g->path, sizeof g->path, "%s", path);
    here.call = "dlopen";
    g->image = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    here.call = NULL;
    if (!g->image) {
        fail("dlopen failed: %s", dlerror());
        end_case();
    }
    sluice_module_entry entry = (sluice_module_entry)dlsym(g->image, SLUICE_ENTRY);
    if (!entry) {
        fail("the library exports no " SLUICE_ENTRY ": mark it SLUICE_EXPORT and keep its C name");
        end_case();
    }
    loan *l = loan_open(SLUICE_ENTRY);
    sluice_hello hello = hello_of_this_host();
    const sluice_hello *lent = loan_struct(l, &hello);
    sluice_error *error = loan_error(l);
    measured m = entering(SLUICE_ENTRY);
    g->module = entry(lent, error);
    left(m);
    if (!g->module) {
        fail("the entry refused a host of ABI %u.%u: %s", SLUICE_ABI_MAJOR, SLUICE_ABI_MINOR,
             error && error->text[0] ? error->text : "it gave no reason");
        end_case();
    }
    loan_close(l);
    if (!g->module->create || !g->module->destroy || !g->module->get_interface) {
        fail("the descriptor has no create, get_interface or destroy");
        end_case();
    }
    return g;
}

const char *library_copy(void) {
    static unsigned number;
    char path[512];
    snprintf(path, sizeof path, "%s/generation-%u.so", judged.folder, ++number);
    int from = open(judged.library, O_RDONLY | O_CLOEXEC), to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    struct stat size;
    int good = from >= 0 && to >= 0 && fstat(from, &size) == 0;
    for (off_t left_over = good ? size.st_size : 0; good && left_over > 0;) {
        ssize_t done = sendfile(to, from, NULL, (size_t)left_over);
        if (done <= 0) good = 0;
        else left_over -= done;
    }
    if (from >= 0) close(from);
    if (to >= 0) close(to);
    if (!good) {
        fail("the library could not be copied to %s", path);
        end_case();
    }
    return strdup(path);
}

/* MARK: The host */

static const void *get_service(const sluice_host *host, const char *id) {
    generation *g = generation_of(host, "get_service");
    if (!g || !id || !granted(id)) return NULL;
    if (hostile.missing && strcmp(hostile.missing, id) == 0) return NULL;
    size_t size = 0;
    const void *table = service_table(id, &size);
    if (!table) return NULL;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    int place = 0;
    while (g->tables[place].of && g->tables[place].of != table) place++;
    if (!g->tables[place].of) {
        g->tables[place].of = table;
        g->tables[place].shown = lasting_struct(table, size, "a service table");
    }
    pthread_mutex_unlock(&lock);
    return g->tables[place].shown;
}

int granted(const char *service_id) {
    static const char *const always[] = {"log", "config", "time", "buffer", "metrics", "event", "task", "command", "transform", "source", "handover"};
    char noun[64] = "";
    unsigned revision;
    if (sscanf(service_id, "sluice.%63[a-z]/%u", noun, &revision) != 2) return 0;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) {
        if (strcmp(noun, always[i]) == 0) return 1;
    }
    if (!judged.has_manifest) return 1;
    for (int i = 0; i < judged.service_count; i++) {
        if (strcmp(noun, judged.services[i]) == 0) return 1;
    }
    return 0;
}

generation *generation_of(const sluice_host *host, const char *function) {
    if (!host || !host->context) {
        broke(BROKE_CONTRACT, "%s was called without the host that create was given", function);
        return NULL;
    }
    generation *g = host->context;
    if (g->ended) broke(BROKE_LATE, "%s was called after destroy had returned: end your threads and timers in deactivate", function);
    return g;
}

/* MARK: Steps, each in a turn of [control] */

typedef struct step {
    generation *generation;
    const char *json;
    int32_t status;
} step;

static void keep_reason(generation *g, const char *call, int32_t status, const sluice_error *error) {
    g->reason[0] = 0;
    if (status == SLUICE_OK || !error) return;
    check_reason(call, status, error);
    memcpy(g->reason, error->text, sizeof g->reason);
    g->reason[sizeof g->reason - 1] = 0;
}

static void create_turn(void *context) {
    step *s = context;
    generation *g = s->generation;
    sluice_host host;
    memset(&host, 0, sizeof host);
    host.struct_size = sizeof host;
    host.abi_minor = hostile.exact ? V1_0_MINOR : SLUICE_ABI_MINOR;
    host.context = g;
    host.get_service = get_service;
    g->host = lasting_struct(&host, SHOWN_SIZE(host), "the host struct");
    loan *l = loan_open("create");
    sluice_error *error = loan_error(l);
    sluice_instance **out = loan_copy(l, &(sluice_instance *){NULL}, sizeof(sluice_instance *));
    measured m = entering("create");
    s->status = g->module->create(g->host, out, error);
    left(m);
    if (s->status == SLUICE_OK) g->instance = *out;
    keep_reason(g, "create", s->status, error);
    if (s->status == SLUICE_OK && !g->instance) fail("create succeeded and made no instance");
    loan_close(l);
    if (s->status != SLUICE_OK) g->ended = 1;
}

static const void *table_of(generation *g, const char *id) {
    if (!offers(id)) return NULL;
    measured m = entering("get_interface");
    const void *table = g->module->get_interface(g->instance, id);
    left(m);
    return table;
}

static void look_up(void *context) {
    generation *g = context;
    g->auth = table_of(g, SLUICE_INTERFACE_AUTH);
    g->protocol = table_of(g, SLUICE_INTERFACE_PROTOCOL);
    g->sink = table_of(g, SLUICE_INTERFACE_SINK);
    g->routes = table_of(g, SLUICE_INTERFACE_ROUTES);
    g->command = table_of(g, SLUICE_INTERFACE_COMMAND);
    g->observer = table_of(g, SLUICE_INTERFACE_OBSERVER);
    g->selftest = table_of(g, SLUICE_INTERFACE_SELFTEST);
    g->handover = table_of(g, SLUICE_INTERFACE_HANDOVER);
    g->transform = table_of(g, SLUICE_INTERFACE_TRANSFORM);
    g->source = table_of(g, SLUICE_INTERFACE_SOURCE);
}

int offers(const char *interface_id) {
    for (int i = 0; i < judged.interface_count; i++) {
        if (strcmp(judged.interfaces[i], interface_id) == 0) return 1;
    }
    return 0;
}

int32_t generation_create(generation *g) {
    step s = {g, NULL, 0};
    turn(TAG_CONTROL, 0, create_turn, &s);
    if (s.status == SLUICE_OK && g->instance) turn(TAG_CONTROL, 0, look_up, g);
    return s.status;
}

static void configure_turn(void *context) {
    step *s = context;
    loan *l = loan_open("configure");
    sluice_text json = loan_text(l, s->json);
    sluice_error *error = loan_error(l);
    measured m = entering("configure");
    s->status = s->generation->module->configure(s->generation->instance, json, error);
    left(m);
    keep_reason(s->generation, "configure", s->status, error);
    loan_close(l);
}

int32_t generation_configure(generation *g, const char *json) {
    if (!g->module->configure) return SLUICE_OK;
    step s = {g, json, 0};
    turn(TAG_CONTROL, 0, configure_turn, &s);
    return s.status;
}

static void activate_turn(void *context) {
    step *s = context;
    loan *l = loan_open("activate");
    sluice_error *error = loan_error(l);
    measured m = entering("activate");
    s->status = s->generation->module->activate(s->generation->instance, error);
    left(m);
    keep_reason(s->generation, "activate", s->status, error);
    loan_close(l);
}

int32_t generation_activate(generation *g) {
    step s = {g, NULL, 0};
    if (g->module->activate) turn(TAG_CONTROL, 0, activate_turn, &s);
    g->active = s.status == SLUICE_OK;
    return s.status;
}

static void deactivate_turn(void *context) {
    generation *g = context;
    measured m = entering("deactivate");
    g->module->deactivate(g->instance);
    left(m);
}

void generation_deactivate(generation *g) {
    if (g->active && g->module->deactivate) turn(TAG_CONTROL, 0, deactivate_turn, g);
    g->active = 0;
}

static void destroy_turn(void *context) {
    generation *g = context;
    measured m = entering("destroy");
    g->module->destroy(g->instance);
    left(m);
    g->ended = 1;
}

static int no_tasks(void *context) { return __atomic_load_n(&((generation *)context)->tasks, __ATOMIC_SEQ_CST) == 0; }

void generation_destroy(generation *g) {
    if (!g->instance) return;
    run_until(no_tasks, g, 5000);
    turn(TAG_CONTROL, 0, destroy_turn, g);
    g->instance = NULL;
}

/* MARK: Whole lives */

static int32_t generation_test(generation *g) { return g->selftest ? run_selftest(g) : SLUICE_OK; }

generation *try_bring_up(int *refused_without_reason) {
    generation *g = generation_open(judged.library);
    *refused_without_reason = 0;
    int32_t status = generation_create(g);
    if (status == SLUICE_OK && (status = generation_configure(g, judged.config)) == SLUICE_OK &&
        (status = generation_test(g)) == SLUICE_OK && (status = generation_activate(g)) == SLUICE_OK)
        return g;
    *refused_without_reason = g->reason[0] == 0;
    if (g->instance) generation_destroy(g);
    return NULL;
}

generation *bring_up_from(const char *path) {
    generation *g = generation_open(path);
    const char *step = "create";
    int32_t status = generation_create(g);
    if (status == SLUICE_OK) status = generation_configure(g, judged.config), step = "configure";
    if (status == SLUICE_OK) status = generation_test(g), step = "selftest run";
    if (status == SLUICE_OK) status = generation_activate(g), step = "activate";
    if (status == SLUICE_OK) return g;
    fail("%s failed with status %d: %s", step, status, g->reason[0] ? g->reason : "no reason");
    end_case();
}

generation *bring_up(void) { return bring_up_from(judged.library); }

void bring_down(generation *g) {
    run_until(no_tasks, g, 5000);
    generation_deactivate(g);
    generation_destroy(g);
}
