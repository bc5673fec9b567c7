/* The services that every plugin has, and kv: log config time buffer metrics event task kv. */
#include "services.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

void scan_text(const char *what, sluice_text text) {
    if (text.size && text.data && memmem(text.data, text.size, SECRET, strlen(SECRET)))
        broke(BROKE_SECRET, "%s holds a secret of the question (a password, token or bearer): leave it out", what);
}

void check_control(const char *function, int worker_too) {
    if (here.tag == TAG_CONTROL || (worker_too && here.tag == TAG_WORKER)) return;
    broke(BROKE_CONTROL, "%s was called on %s: it is [control]%s", function,
          here.tag == TAG_LANE ? "a lane" : here.tag == TAG_WORKER ? "a worker" : "a thread of the plugin's own",
          worker_too ? " or [worker]" : "; use sluice.task post");
}

void check_lane(const char *function, uint64_t lane) {
    if (here.tag == TAG_LANE && here.lane == lane) return;
    broke(BROKE_LANE, "%s was called on %s: its thread is the lane of its connection or stream", function,
          here.tag == TAG_CONTROL ? "[control]" : here.tag == TAG_WORKER ? "a worker" : here.tag == TAG_LANE ? "another lane"
                                                                                             : "a thread of the plugin's own");
}

/* MARK: log */

static int32_t log_enabled(const sluice_host *host, int32_t level) {
    return generation_of(host, "log enabled") && level >= SLUICE_LOG_TRACE;
}

static void log_write(const sluice_host *host, int32_t level, sluice_text message, const sluice_pair *fields, uint32_t count) {
    if (!generation_of(host, "log write")) return;
    if (level < SLUICE_LOG_TRACE || level > SLUICE_LOG_ERROR) broke(BROKE_CONTRACT, "log write: level %d does not exist", level);
    scan_text("a log line", message);
    for (uint32_t i = 0; i < count && i < 64; i++) {
        scan_text("a log field", fields[i].key);
        scan_text("a log field", fields[i].value);
    }
}

static const sluice_log_service log_table = {sizeof log_table, 0, log_enabled, log_write};

/* MARK: config */

static int32_t config_app(const sluice_host *host, sluice_text app, sluice_text_receiver receive, void *context) {
    if (!generation_of(host, "config app") || !receive) return SLUICE_E_INVALID;
    if (app.size != 4 || memcmp(app.data, "live", 4) != 0) return SLUICE_E_NOT_FOUND;
    loan *l = loan_open("the text of config app");
    receive(context, loan_text(l, judged.app_config));
    loan_close(l);
    return SLUICE_OK;
}

static void config_apps(const sluice_host *host, sluice_text_receiver receive, void *context) {
    if (!generation_of(host, "config apps") || !receive) return;
    loan *l = loan_open("the text of config apps");
    receive(context, loan_text(l, "live"));
    loan_close(l);
}

static sluice_text config_folder(const sluice_host *host) {
    static char path[512];
    generation_of(host, "config data_folder");
    snprintf(path, sizeof path, "%s/data", judged.folder);
    mkdir(path, 0700);
    return (sluice_text){path, strlen(path)};
}

static const sluice_config_service config_table = {sizeof config_table, 0, config_app, config_apps, config_folder};

/* MARK: time */

typedef struct timer {
    struct timer *next;
    generation *generation;
    sluice_handle handle;
    sluice_timer_fired fired;
    void *context;
    uint64_t deadline, period;
} timer;

static timer *timers;
static pthread_mutex_t timer_lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t time_monotonic(const sluice_host *host) {
    generation_of(host, "time monotonic_ns");
    return now_ns();
}

static int64_t time_wall(const sluice_host *host) {
    generation_of(host, "time wall_us");
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int32_t time_start(const sluice_host *host, uint64_t delay, uint64_t period, sluice_timer_fired fired, void *context,
                          sluice_handle *out) {
    generation *g = generation_of(host, "time start");
    if (!g || !fired || !out) return SLUICE_E_INVALID;
    if (fails_now() || g->timers >= 1000) return SLUICE_E_LIMIT;
    timer *t = calloc(1, sizeof *t);
    if (!t) abort();
    *t = (timer){NULL, g, 0, fired, context, now_ns() + delay, period};
    *out = t->handle = handle_make(KIND_TIMER, t);
    __atomic_fetch_add(&g->timers, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&timer_lock);
    t->next = timers;
    timers = t;
    pthread_mutex_unlock(&timer_lock);
    return SLUICE_OK;
}

static void end_timer(timer *t) {
    pthread_mutex_lock(&timer_lock);
    for (timer **place = &timers; *place; place = &(*place)->next) {
        if (*place == t) {
            *place = t->next;
            break;
        }
    }
    pthread_mutex_unlock(&timer_lock);
    __atomic_fetch_sub(&t->generation->timers, 1, __ATOMIC_SEQ_CST);
}

static int32_t time_cancel(const sluice_host *host, sluice_handle handle) {
    if (!generation_of(host, "time cancel")) return SLUICE_E_INVALID;
    timer *t = handle_take(KIND_TIMER, handle);
    if (!t) return SLUICE_E_STALE;
    end_timer(t);
    return SLUICE_OK;
}

static void fire_turn(void *pointer) {
    timer *t = pointer;
    if (!handle_find(KIND_TIMER, t->handle) || t->generation->ended) return;
    if (t->period == 0) {
        handle_take(KIND_TIMER, t->handle);
        end_timer(t);
    } else {
        t->deadline = now_ns() + t->period;
    }
    measured m = entering("a timer's fired");
    t->fired(t->context, now_ns());
    left(m);
}

/* The timers whose time has come. Timers are never freed: a case is short. */
int timers_run_due(void);
int timers_run_due(void) {
    timer *due[64];
    int count = 0;
    uint64_t now = now_ns();
    pthread_mutex_lock(&timer_lock);
    for (timer *t = timers; t && count < 64; t = t->next) {
        if (t->deadline <= now) due[count++] = t;
    }
    pthread_mutex_unlock(&timer_lock);
    for (int i = 0; i < count; i++) turn(TAG_CONTROL, 0, fire_turn, due[i]);
    return count;
}

static const sluice_time_service time_table = {sizeof time_table, 0, time_monotonic, time_wall, time_start, time_cancel};

/* MARK: metrics */

static int32_t metrics_define(const sluice_host *host, uint32_t kind, sluice_text name, sluice_text help, const sluice_pair *labels,
                              uint32_t count, sluice_handle *out) {
    generation *g = generation_of(host, "metrics define");
    check_control("metrics define", 0);
    if (!g || !out) return SLUICE_E_INVALID;
    if (kind < SLUICE_METRIC_COUNTER || kind > SLUICE_METRIC_HISTOGRAM || name.size == 0 || name.size > 64) {
        broke(BROKE_CONTRACT, "metrics define: kind %u or its name is not what the header allows", kind);
        return SLUICE_E_INVALID;
    }
    for (uint64_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') continue;
        broke(BROKE_CONTRACT, "metrics define: the name '%.*s' is not [a-z0-9_]", (int)name.size, name.data);
        break;
    }
    (void)help;
    for (uint32_t i = 0; i < count; i++) scan_text("a metric's label", labels[i].value);
    if (fails_now()) return SLUICE_E_LIMIT;
    *out = handle_make(KIND_METRIC, g);
    return SLUICE_OK;
}

static void metrics_record(const sluice_host *host, sluice_handle metric, double value) {
    generation_of(host, "metrics record");
    (void)metric;
    (void)value;
}

static const sluice_metrics_service metrics_table = {sizeof metrics_table, 0, metrics_define, metrics_record};

/* MARK: event */

static int32_t event_emit(const sluice_host *host, sluice_text type, sluice_text json) {
    if (!generation_of(host, "event emit")) return SLUICE_E_INVALID;
    scan_text("an event", json);
    if (type.size == 0 || type.size > 64 || json.size < 2 || json.size > 16 << 10 || json.data[0] != '{') {
        broke(BROKE_CONTRACT, "event emit: a type of 1 to 64 bytes and a JSON object of at most 16 KiB are wanted");
        return SLUICE_E_INVALID;
    }
    return fails_now() ? SLUICE_E_LIMIT : SLUICE_OK;
}

static const sluice_event_service event_table = {sizeof event_table, 0, event_emit};

/* MARK: task */

static int32_t task_run(const sluice_host *host, sluice_task_work work, sluice_task_work done, void *context) {
    generation *g = generation_of(host, "task run");
    if (!g || !work) return SLUICE_E_INVALID;
    if (fails_now()) return SLUICE_E_LIMIT;
    return task_submit(g, work, done, context) ? SLUICE_OK : SLUICE_E_LIMIT;
}

typedef struct posted_work {
    generation *generation;
    sluice_task_work work;
    void *context;
} posted_work;

static void posted_turn(void *pointer) {
    posted_work *p = pointer;
    if (!p->generation->ended) {
        measured m = entering("the work of task post");
        p->work(p->context);
        left(m);
    }
    __atomic_fetch_sub(&p->generation->tasks, 1, __ATOMIC_SEQ_CST);
    free(p);
}

static int32_t task_post(const sluice_host *host, sluice_task_work work, void *context) {
    generation *g = generation_of(host, "task post");
    if (!g || !work) return SLUICE_E_INVALID;
    if (fails_now() || g->tasks > 10000) return SLUICE_E_LIMIT;
    posted_work *p = malloc(sizeof *p);
    if (!p) abort();
    *p = (posted_work){g, work, context};
    __atomic_fetch_add(&g->tasks, 1, __ATOMIC_SEQ_CST);
    post(TAG_CONTROL, 0, posted_turn, p);
    return SLUICE_OK;
}

static const sluice_task_service task_table = {sizeof task_table, 0, task_run, task_post};

/* MARK: which table */

const void *service_table(const char *id, size_t *size) {
#define TABLE(id, table) {id, &table, sizeof table, V1_0_SIZE(table)}
    static const struct {
        const char *id;
        const void *table;
        size_t size, size_1_0;
    } all[] = {
        TABLE(SLUICE_SERVICE_LOG, log_table),
        TABLE(SLUICE_SERVICE_CONFIG, config_table),
        TABLE(SLUICE_SERVICE_TIME, time_table),
        TABLE(SLUICE_SERVICE_METRICS, metrics_table),
        TABLE(SLUICE_SERVICE_EVENT, event_table),
        TABLE(SLUICE_SERVICE_TASK, task_table),
        TABLE(SLUICE_SERVICE_BUFFER, buffer_table),
        TABLE(SLUICE_SERVICE_KV, kv_table),
        TABLE(SLUICE_SERVICE_AUTH, auth_table),
        TABLE(SLUICE_SERVICE_NET, net_table),
        TABLE(SLUICE_SERVICE_STREAM, stream_table),
        TABLE(SLUICE_SERVICE_BROADCAST, broadcast_table),
        TABLE(SLUICE_SERVICE_EXCHANGE, exchange_table),
        TABLE(SLUICE_SERVICE_COMMAND, command_table),
        TABLE(SLUICE_SERVICE_FETCH, fetch_table),
        TABLE(SLUICE_SERVICE_TRANSFORM, transform_table),
        TABLE(SLUICE_SERVICE_SOURCE, source_table),
        TABLE(SLUICE_SERVICE_HANDOVER, handover_table),
    };
#undef TABLE
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i].id, id) != 0) continue;
        *size = hostile.exact ? all[i].size_1_0 : all[i].size;
        return all[i].table;
    }
    return NULL;
}
