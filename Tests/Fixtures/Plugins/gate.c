/*
 * A complete authentication plugin in C: the gate opens for whoever's address says key=open.
 *
 * The answer comes later and from another thread, by the host's task service, as it would from a database. `?key=open&lie=1` shows that a
 * second answer changes nothing; `key=away` is a back end that is down; `key=silent` never answers; `key=skip` abstains; `key=sleep` keeps
 * the host's thread for a second.
 * Commands: `gate say WORD…`, `gate fail`, `gate hang`.
 */
#define _POSIX_C_SOURCE 200809L
#include <sluice/sluice.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_auth_service *auth;
    const sluice_task_service *task;
    const sluice_command_service *command;
    const sluice_log_service *log;
};

typedef struct question {
    sluice_instance *instance;
    sluice_handle handle;
    uint32_t decision;
    int twice;
} question;

static sluice_text text(const char *s) {
    sluice_text t = {s, strlen(s)};
    return t;
}

static int is(sluice_text t, const char *s) { return t.size == strlen(s) && (t.size == 0 || memcmp(t.data, s, t.size) == 0); }

static void refuse(sluice_error *error, const char *reason) {
    if (!error) return;
    strncpy(error->text, reason, sizeof error->text - 1);
}

/* [worker] */
static void answer(void *context) {
    question *q = context;
    sluice_verdict v;
    memset(&v, 0, sizeof v);
    v.struct_size = sizeof v;
    v.decision = q->decision;
    v.principal = text("somebody");
    v.ttl_ms = 60000;
    if (q->decision == SLUICE_VERDICT_DENY) {
        v.reason = text("SHUT");
        v.message = text("the gate is shut: add ?key=open");
    }
    q->instance->auth->answer(q->instance->host, q->handle, &v);
    if (q->twice) {
        v.decision = SLUICE_VERDICT_DENY;
        q->instance->auth->answer(q->instance->host, q->handle, &v);
    }
    free(q);
}

/* [control] */
static int32_t decide(sluice_instance *instance, sluice_handle handle, const sluice_auth_request *request) {
    question *q = calloc(1, sizeof *q);
    if (!q) return SLUICE_E_LIMIT;
    q->instance = instance;
    q->handle = handle;
    q->decision = SLUICE_VERDICT_DENY;
    for (uint32_t i = 0; i < request->query_count; i++) {
        sluice_pair pair = request->query[i];
        if (is(pair.key, "lie")) q->twice = 1;
        if (!is(pair.key, "key")) continue;
        if (is(pair.value, "open")) q->decision = SLUICE_VERDICT_ALLOW;
        if (is(pair.value, "away")) q->decision = SLUICE_VERDICT_FAILED;
        if (is(pair.value, "skip")) q->decision = SLUICE_VERDICT_ABSTAIN;
        if (is(pair.value, "sleep")) {
            struct timespec second = {1, 0};
            nanosleep(&second, NULL);
        }
        if (is(pair.value, "silent")) {
            free(q);
            return SLUICE_OK;
        }
    }
    int32_t status = instance->task->run(instance->host, answer, NULL, q);
    if (status != SLUICE_OK) free(q);
    return status;
}

static int32_t run(sluice_instance *instance, sluice_handle call, const sluice_text *argv, uint32_t argc, sluice_error *error) {
    if (argc > 0 && is(argv[0], "fail")) {
        refuse(error, "as you wished");
        return SLUICE_E_FAILED;
    }
    if (argc > 0 && is(argv[0], "hang")) return SLUICE_OK;
    char out[256] = "";
    for (uint32_t i = 1; i < argc; i++) {
        size_t used = strlen(out), room = sizeof out - used - 2, size = argv[i].size < room ? (size_t)argv[i].size : room;
        memcpy(out + used, argv[i].data, size);
        memcpy(out + used + size, "\n", 2);
    }
    instance->command->reply(instance->host, call, argc > 1 ? 0 : 2, text(out), text(argc > 1 ? "" : "usage: gate say WORD...\n"));
    return SLUICE_OK;
}

static const sluice_auth_interface auth_table = {sizeof auth_table, 0, decide, NULL};
static const sluice_command_interface command_table = {sizeof command_table, 0, run};

static int32_t create(const sluice_host *host, sluice_instance **out, sluice_error *error) {
    sluice_instance *instance = calloc(1, sizeof *instance);
    if (!instance) return SLUICE_E_LIMIT;
    instance->host = host;
    instance->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    instance->task = host->get_service(host, SLUICE_SERVICE_TASK);
    instance->command = host->get_service(host, SLUICE_SERVICE_COMMAND);
    instance->log = host->get_service(host, SLUICE_SERVICE_LOG);
    if (!instance->auth || !instance->task || !instance->command || !instance->log) {
        refuse(error, "the manifest has to grant the service auth");
        free(instance);
        return SLUICE_E_DENIED;
    }
    *out = instance;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *instance, const char *id) {
    (void)instance;
    if (strcmp(id, SLUICE_INTERFACE_AUTH) == 0) return &auth_table;
    if (strcmp(id, SLUICE_INTERFACE_COMMAND) == 0) return &command_table;
    return NULL;
}

static void destroy(sluice_instance *instance) { free(instance); }

static const char *const interfaces[] = {SLUICE_INTERFACE_AUTH, SLUICE_INTERFACE_COMMAND};

static sluice_module module = {
    .struct_size = sizeof(sluice_module),
    .abi_major = SLUICE_ABI_MAJOR,
    .abi_minor = SLUICE_ABI_MINOR,
    .id = {"gate", 4},
    .version = {"1.0.0", 5},
    .description = {"opens for key=open", 18},
    .interfaces = interfaces,
    .interface_count = 2,
    .create = create,
    .get_interface = get_interface,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    if (hello->abi_major != SLUICE_ABI_MAJOR) {
        refuse(error, "gate needs a host of ABI 1");
        return NULL;
    }
    return &module;
}
