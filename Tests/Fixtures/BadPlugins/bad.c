// A plugin that does what the stream's name of a question says: answers, or dies in one of the ways that plugins die, or tries what a
// plugin's process must not. With -DAT_CREATE, -DAT_CONFIGURE or -DAT_SELFTEST it aborts there; with -DAT_ACTIVATE at its second life.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <signal.h>
#include <sluice/draft/drafts.h>
#include <sluice/sluice.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct sluice_instance {
    const sluice_host *host;
    const sluice_auth_service *auth;
    const sluice_command_service *command;
    const sluice_exchange_service *exchange;
    const sluice_kv_service *kv;
    const sluice_config_service *config;
    const sluice_log_service *log;
    const sluice_metrics_service *metrics;
    const sluice_event_service *event;
    const sluice_stream_service *stream;
    const sluice_task_service *task;
    const sluice_time_service *time;
    char configuration[256];
    int events;
    sluice_handle late;
};

static sluice_text text(const char *s) { return (sluice_text){s, strlen(s)}; }

static int is(sluice_text t, const char *s) { return t.size == strlen(s) && memcmp(t.data, s, t.size) == 0; }

static void answer(sluice_instance *p, sluice_handle question, uint32_t decision, const char *reason) {
    sluice_verdict v;
    memset(&v, 0, sizeof v);
    v.struct_size = sizeof v;
    v.decision = decision;
    v.reason = text(reason);
    v.http_status = 403;
    sluice_pair attributes[2] = {{text("group"), text("g")}, {text("linger_s"), text("180")}};
    v.attributes = attributes;
    v.attribute_count = 2;
    p->auth->answer(p->host, question, &v);
}

static const char *code(int failed) { return failed ? strerrorname_np(errno) : "DONE"; }

// Looks a name up at a name server on that port.
static const char *resolve(int port) {
    res_init();
    _res.nscount = 1;
    _res.nsaddr_list[0].sin_family = AF_INET;
    _res.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    _res.nsaddr_list[0].sin_port = htons((uint16_t)port);
    struct addrinfo *found = NULL, hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    if (getaddrinfo("catalogue.example.test", "1", &hints, &found)) return "NO_NAME";
    int good = ((struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr == htonl(0x7F000009);
    freeaddrinfo(found);
    return good ? "DONE" : "OTHER";
}

// What a plugin's process must not be able to do: "DONE" when it could, else why not.
static const char *attempt(sluice_text what) {
    if (is(what, "shadow")) return code(open("/etc/shadow", O_RDONLY) < 0);
    if (is(what, "environ") || is(what, "memory-of-host")) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/%s", getppid(), is(what, "environ") ? "environ" : "mem");
        return code(open(path, O_RDONLY) < 0);
    }
    if (is(what, "home")) return code(open("/root", O_RDONLY) < 0);
    if (is(what, "write")) return code(open("/tmp/sluice-outside", O_WRONLY | O_CREAT, 0600) < 0);
    if (is(what, "inet")) return code(socket(AF_INET, SOCK_STREAM, 0) < 0);
    if (is(what, "connect-1") || is(what, "connect-2") || is(what, "bind")) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(is(what, "connect-2") ? 2 : 1)};
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (is(what, "bind")) return code(bind(s, (struct sockaddr *)&to, sizeof to) < 0);
        return code(connect(s, (struct sockaddr *)&to, sizeof to) < 0);
    }
    if (is(what, "udp")) return code(socket(AF_INET, SOCK_DGRAM, 0) < 0);
    if (is(what, "mptcp")) return code(socket(AF_INET, SOCK_STREAM, 262) < 0);
    if (is(what, "fastopen")) {
        // To a port that is granted, even.
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(1)};
        int s = socket(AF_INET, SOCK_STREAM, 0);
        return code(sendto(s, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to) < 0);
    }
    if (what.size > 8 && memcmp(what.data, "resolve-", 8) == 0) return resolve(atoi(what.data + 8));
    if (is(what, "unix")) return code(socket(AF_UNIX, SOCK_STREAM, 0) < 0);
    if (is(what, "exec")) {
        char *argv[] = {"/bin/true", NULL};
        return code(execve("/bin/true", argv, argv + 1) < 0);
    }
    if (is(what, "fork")) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        return code(child < 0);
    }
    if (is(what, "ptrace")) return code(ptrace(PTRACE_ATTACH, getppid(), 0, 0) < 0);
    if (is(what, "kill")) return code(kill(getppid(), SIGTERM) < 0);
    if (is(what, "memfd")) return code(memfd_create("x", 0) < 0);
    if (is(what, "bpf")) return code(syscall(SYS_bpf, 0, 0, 0) < 0);
    if (is(what, "mount")) return code(syscall(SYS_mount, "x", "/", "tmpfs", 0, 0) < 0);
    if (is(what, "setuid")) return code(setuid(1) < 0);
    if (is(what, "memory")) {
        char *block = malloc(2ull << 30);
        if (!block) return code(1);
        memset(block, 1, 2ull << 30);
        return "DONE";
    }
    if (is(what, "environment")) return getenv("PATH") || getenv("HOME") ? "DONE" : "EMPTY";
    if (is(what, "descriptors")) {
        for (int fd = 5; fd < 256; fd++) {
            if (fcntl(fd, F_GETFD) >= 0) return "DONE";
        }
        return "NONE";
    }
    return NULL;
}

static void late(void *context) {
    sluice_instance *p = context;
    usleep(20000);
    answer(p, p->late, SLUICE_VERDICT_ALLOW, "LATE");
}

static int32_t decide(sluice_instance *p, sluice_handle question, const sluice_auth_request *request) {
    sluice_text what = request->stream;
    if (is(what, "abort")) abort();
    if (is(what, "exit")) exit(3);
    if (is(what, "null")) *(volatile int *)8 = 1;
    if (is(what, "loop")) {
        for (volatile int i = 0;; i++) {
        }
    }
    if (is(what, "gigabytes")) memset(malloc(2ull << 30), 1, 2ull << 30);
    if (is(what, "say")) {
        fprintf(stderr, "famous last words\n");
        abort();
    }
    if (is(what, "silent")) return SLUICE_OK;
    if (is(what, "refuse")) return SLUICE_E_INVALID;
    if (is(what, "garbage")) {
        // Behind the library's back: bytes that are no message.
        if (write(3, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16) != 16) abort();
        return SLUICE_OK;
    }
    if (is(what, "hangup")) {
        close(3);
        for (;;) pause();
    }
    if (is(what, "twice")) {
        answer(p, question, SLUICE_VERDICT_ALLOW, "ONE");
        answer(p, question, SLUICE_VERDICT_DENY, "TWO");
        return SLUICE_OK;
    }
    if (is(what, "foreign")) {
        // An answer to a question that is somebody else's.
        answer(p, question + 1, SLUICE_VERDICT_ALLOW, "STOLEN");
        unsigned char forged[16] = {0};
        uint64_t other = question + 1;
        memcpy(forged + 8, &other, 8);
        unsigned short kind = 70;
        memcpy(forged + 4, &kind, 2);
        if (write(3, forged, 16) != 16) abort();
        answer(p, question, SLUICE_VERDICT_DENY, "MINE");
        return SLUICE_OK;
    }
    if (is(what, "late")) {
        p->late = question;
        p->task->run(p->host, late, NULL, p);
        return SLUICE_OK;
    }
    const char *tried = attempt(what);
    if (tried) {
        answer(p, question, SLUICE_VERDICT_DENY, tried);
        return SLUICE_OK;
    }
    answer(p, question, SLUICE_VERDICT_ALLOW, p->configuration);
    return SLUICE_OK;
}

static void cancel(sluice_instance *p, sluice_handle question) { (void)p, (void)question; }

static const sluice_auth_interface auth_interface = {sizeof(sluice_auth_interface), 0, decide, cancel};

struct sink {
    char text[4096];
    size_t size;
};

static void add(struct sink *s, const void *bytes, size_t size) {
    if (s->size + size > sizeof s->text) return;
    memcpy(s->text + s->size, bytes, size);
    s->size += size;
}

static void got_value(void *c, sluice_text key, sluice_bytes value) {
    add(c, key.data, key.size);
    add(c, "=", 1);
    add(c, value.data, value.size);
    add(c, ";", 1);
}
static void got_text(void *c, sluice_text t) {
    add(c, t.data, t.size);
    add(c, ";", 1);
}
static void got_stream(void *c, const sluice_stream_info *info) {
    char line[64];
    add(c, info->name.data, info->name.size);
    add(c, line, (size_t)snprintf(line, sizeof line, ":%u;", info->track_count));
}

static int32_t run(sluice_instance *p, sluice_handle call, const sluice_text *argv, uint32_t argc, sluice_error *error) {
    (void)error;
    static struct sink out;
    out.size = 0;
    int32_t status = 0;
    if (argc == 0) return SLUICE_E_INVALID;
    if (is(argv[0], "say")) {
        for (uint32_t i = 1; i < argc; i++) got_text(&out, argv[i]);
    } else if (is(argv[0], "put")) {
        status = p->kv->put(p->host, argv[1], (sluice_bytes){(const uint8_t *)argv[2].data, argv[2].size}, NULL);
    } else if (is(argv[0], "get")) {
        status = p->kv->get(p->host, argv[1], got_value, &out);
    } else if (is(argv[0], "each")) {
        status = p->kv->each(p->host, argv[1], got_value, &out);
    } else if (is(argv[0], "app")) {
        status = p->config->app(p->host, argv[1], got_text, &out);
    } else if (is(argv[0], "apps")) {
        p->config->apps(p->host, got_text, &out);
    } else if (is(argv[0], "find")) {
        status = p->stream->find(p->host, argv[1], argv[2], got_stream, &out);
    } else if (is(argv[0], "folder")) {
        got_text(&out, p->config->data_folder(p->host));
    } else if (is(argv[0], "events")) {
        char line[16];
        add(&out, line, (size_t)snprintf(line, sizeof line, "%d", p->events));
    } else if (is(argv[0], "flood")) {
        for (int i = 0; i < 300000; i++) p->log->write(p->host, SLUICE_LOG_INFO, text("flood"), NULL, 0);
    } else if (is(argv[0], "abort")) {
        abort();
    }
    p->command->reply(p->host, call, status, (sluice_text){out.text, out.size}, (sluice_text){0, 0});
    return SLUICE_OK;
}

static const sluice_command_interface command_interface = {sizeof(sluice_command_interface), 0, run};

static void event(sluice_instance *p, sluice_text type, sluice_text json) {
    (void)type, (void)json;
    p->events++;
}
static const sluice_observer_interface observer_interface = {sizeof(sluice_observer_interface), 0, event};

static int32_t handle(sluice_instance *p, const sluice_request *request, void *sink, sluice_error *error) {
    (void)sink, (void)error;
    if (request->route == 1) abort();
    sluice_pair header = {text("x-route"), request->method};
    sluice_response r;
    memset(&r, 0, sizeof r);
    r.struct_size = sizeof r;
    r.status = 201;
    r.headers = &header;
    r.header_count = 1;
    r.body = request->body;
    if (request->route == 2) {
        sluice_bytes piece = {(const uint8_t *)"piece;", 6};
        int32_t status = p->exchange->begin(p->host, request->exchange, &r);
        if (status == SLUICE_OK) status = p->exchange->write(p->host, request->exchange, piece);
        if (status >= 0) status = p->exchange->write(p->host, request->exchange, piece);
        if (status >= 0) status = p->exchange->end(p->host, request->exchange);
        // Over: nothing of it can be said any more.
        if (p->exchange->write(p->host, request->exchange, piece) != SLUICE_E_STALE) abort();
        return status;
    }
    p->exchange->respond(p->host, request->exchange, &r);
    return SLUICE_OK;
}
static const sluice_route route_list[3] = {
    {sizeof(sluice_route), SLUICE_ROUTE_ADMIN, {"GET POST", 8}, {"/api/v1/plugins/bad/echo", 24}, 0, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_ADMIN, {"GET", 3}, {"/api/v1/plugins/bad/abort", 25}, 0, 0},
    {sizeof(sluice_route), SLUICE_ROUTE_ADMIN, {"POST", 4}, {"/api/v1/plugins/bad/pieces", 26}, 0, 0},
};
static const sluice_routes_interface routes_interface = {
    sizeof(sluice_routes_interface), sizeof(sluice_route), route_list, 3, 0, handle};

static int32_t selftest(sluice_instance *p, sluice_error *error) {
    (void)p;
#ifdef AT_SELFTEST
    abort();
#endif
    if (strstr(p->configuration, "unfit")) {
        strcpy(error->text, "unfit");
        return SLUICE_E_FAILED;
    }
    return SLUICE_OK;
}
static const sluice_selftest_interface selftest_interface = {sizeof(sluice_selftest_interface), 0, selftest};

static int32_t create(const sluice_host *host, sluice_instance **instance, sluice_error *error) {
    (void)error;
#ifdef AT_CREATE
    abort();
#endif
#ifdef HANGS
    for (;;) pause();
#endif
    sluice_instance *p = calloc(1, sizeof *p);
    p->host = host;
    p->auth = host->get_service(host, SLUICE_SERVICE_AUTH);
    p->command = host->get_service(host, SLUICE_SERVICE_COMMAND);
    p->exchange = host->get_service(host, SLUICE_SERVICE_EXCHANGE);
    p->kv = host->get_service(host, SLUICE_SERVICE_KV);
    p->config = host->get_service(host, SLUICE_SERVICE_CONFIG);
    p->log = host->get_service(host, SLUICE_SERVICE_LOG);
    p->metrics = host->get_service(host, SLUICE_SERVICE_METRICS);
    p->event = host->get_service(host, SLUICE_SERVICE_EVENT);
    p->stream = host->get_service(host, SLUICE_SERVICE_STREAM);
    p->task = host->get_service(host, SLUICE_SERVICE_TASK);
    p->time = host->get_service(host, SLUICE_SERVICE_TIME);
    if (host->get_service(host, SLUICE_SERVICE_NET)) abort();
    sluice_handle metric = 0;
    if (p->metrics->define(host, SLUICE_METRIC_COUNTER, text("lives_total"), text("lives"), NULL, 0, &metric) == SLUICE_OK) {
        p->metrics->record(host, metric, 1);
        p->metrics->record(host, metric + 1, 1000);
    }
    *instance = p;
    return SLUICE_OK;
}

static const void *get_interface(sluice_instance *p, const char *id) {
    (void)p;
    if (!strcmp(id, SLUICE_INTERFACE_AUTH)) return &auth_interface;
    if (!strcmp(id, SLUICE_INTERFACE_COMMAND)) return &command_interface;
    if (!strcmp(id, SLUICE_INTERFACE_OBSERVER)) return &observer_interface;
    if (!strcmp(id, SLUICE_INTERFACE_ROUTES)) return &routes_interface;
    if (!strcmp(id, SLUICE_INTERFACE_SELFTEST)) return &selftest_interface;
    return NULL;
}

static int32_t configure(sluice_instance *p, sluice_text json, sluice_error *error) {
#ifdef AT_CONFIGURE
    abort();
#endif
    if (json.size >= sizeof p->configuration) {
        strcpy(error->text, "too long");
        return SLUICE_E_INVALID;
    }
    memcpy(p->configuration, json.data, json.size);
    p->configuration[json.size] = 0;
    return SLUICE_OK;
}

// -DAT_ACTIVATE: a file in the data folder tells that this is not the first life.
static int32_t activate(sluice_instance *p, sluice_error *error) {
    (void)error;
    char path[4096];
    sluice_text folder = p->config->data_folder(p->host);
    snprintf(path, sizeof path, "%.*s/lives", (int)folder.size, folder.data);
#ifdef AT_ACTIVATE
    if (access(path, F_OK) == 0) abort();
#endif
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1) return SLUICE_E_FAILED;
    close(fd);
    p->event->emit(p->host, text("active"), text("{}"));
    sluice_pair field = {text("configuration"), text(p->configuration)};
    p->log->write(p->host, SLUICE_LOG_WARNING, text("active"), &field, 1);
    return SLUICE_OK;
}

static void deactivate(sluice_instance *p) { (void)p; }
static void destroy(sluice_instance *p) { free(p); }

static const char *const interfaces[] = {
    SLUICE_INTERFACE_AUTH, SLUICE_INTERFACE_COMMAND, SLUICE_INTERFACE_OBSERVER, SLUICE_INTERFACE_ROUTES, SLUICE_INTERFACE_SELFTEST,
#ifdef MEDIA
    "sluice.sink/1",
#endif
};

static const sluice_module module = {
    .struct_size = sizeof module,
    .abi_major = SLUICE_ABI_MAJOR,
    .abi_minor = SLUICE_ABI_MINOR,
    .id = {"bad", 3},
    .version = {"1.0.0", 5},
    .description = {"does what it is told", 20},
    .interfaces = interfaces,
    .interface_count = sizeof interfaces / sizeof *interfaces,
    .config_schema = {"{\"type\":\"object\"}", 17},
    .create = create,
    .get_interface = get_interface,
    .configure = configure,
    .activate = activate,
    .deactivate = deactivate,
    .destroy = destroy,
};

SLUICE_EXPORT const sluice_module *sluice_module_v1(const sluice_hello *hello, sluice_error *error) {
    (void)hello, (void)error;
#ifdef AT_ENTRY
    abort();
#endif
    return &module;
}
