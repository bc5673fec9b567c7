/*
 * One loop that plays all of the host's threads: what is [control] or on a lane runs one after the other, on a thread of its own each
 * time when hostility says so. Workers are real threads. The plugin sees a clock that the cases can put forward.
 */
#include "judge.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define HOPS 4
#define WORKERS 4

_Thread_local place here;
unsigned slow_calls;
char slowest_call[64];
uint64_t slowest_ns;

static uint64_t added_ns;

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t thread_cpu_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }
uint64_t real_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
uint64_t now_ns(void) { return real_ns() + __atomic_load_n(&added_ns, __ATOMIC_RELAXED); }
void advance(uint64_t nanoseconds) { __atomic_fetch_add(&added_ns, nanoseconds, __ATOMIC_RELAXED); }

uint64_t next_random(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* MARK: Calls, measured */

#define SOFT_NS 2000000u
#define HARD_NS 500000000u

/* How long this thread has been ready and had no processor; 0 where the kernel does not tell. */
static uint64_t kept_waiting_ns(void) {
    static _Thread_local int file = -1;
    char text[96];
    unsigned long long ran, waited = 0;
    if (file == -1) file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 ? pread(file, text, sizeof text - 1, 0) : 0;
    if (size <= 0) return 0;
    text[size] = 0;
    return sscanf(text, "%llu %llu", &ran, &waited) == 2 ? waited : 0;
}

measured entering(const char *call) {
    measured m = {real_ns(), thread_cpu_ns(), kept_waiting_ns(), here.call};
    here.call = call;
    here.depth++;
    current_call = call;
    return m;
}

/* A call that was kept waiting for a processor is not the plugin's fault: that time does not count. */
void left(measured m) {
    const char *call = here.call;
    here.call = m.outer;
    here.depth--;
    if (!m.outer) current_call = NULL;
    uint64_t wall = real_ns() - m.wall, cpu = thread_cpu_ns() - m.cpu;
    if (wall < SOFT_NS) return;
    uint64_t starved = kept_waiting_ns() - m.starved;
    wall = wall > starved ? wall - starved : 0;
    if (wall < SOFT_NS) return;
    slow_calls++;
    if (wall > slowest_ns) {
        slowest_ns = wall;
        snprintf(slowest_call, sizeof slowest_call, "%s", call);
    }
    if (wall > HARD_NS) {
        broke(BROKE_BLOCKED, "%s took %u ms (hard limit 500 ms) and %s: move work that waits to sluice.task run", call,
              (unsigned)(wall / 1000000u), cpu > wall / 2 ? "computed" : "slept or waited");
    }
}

/* MARK: Turns */

typedef struct errand {
    int tag;
    uint64_t lane;
    turn_work work;
    void *context;
} errand;

static pthread_mutex_t hop_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hop_change = PTHREAD_COND_INITIALIZER;
static errand *hop_errands[HOPS];
static unsigned next_hop, hops_made;

static void perform(const errand *e) {
    place before = here;
    here = (place){e->tag, e->lane, NULL, 0};
    e->work(e->context);
    here = before;
}

static void *hop(void *number) {
    size_t mine = (size_t)number;
    pthread_mutex_lock(&hop_lock);
    for (;;) {
        while (!hop_errands[mine]) pthread_cond_wait(&hop_change, &hop_lock);
        errand *e = hop_errands[mine];
        pthread_mutex_unlock(&hop_lock);
        perform(e);
        pthread_mutex_lock(&hop_lock);
        hop_errands[mine] = NULL;
        pthread_cond_broadcast(&hop_change);
    }
    return NULL;
}

void turn(int tag, uint64_t lane, turn_work work, void *context) {
    errand e = {tag, lane, work, context};
    if (!hostile.hops || here.tag != TAG_NONE) {
        perform(&e);
        return;
    }
    pthread_mutex_lock(&hop_lock);
    while (hops_made < HOPS) {
        pthread_t thread;
        pthread_create(&thread, NULL, hop, (void *)(size_t)hops_made++);
    }
    unsigned mine = next_hop++ % HOPS;
    hop_errands[mine] = &e;
    pthread_cond_broadcast(&hop_change);
    while (hop_errands[mine]) pthread_cond_wait(&hop_change, &hop_lock);
    pthread_mutex_unlock(&hop_lock);
}

/* MARK: What waits */

typedef struct posted {
    struct posted *next;
    errand errand;
} posted;

typedef struct task {
    struct task *next;
    generation *generation;
    sluice_task_work work, done;
    void *context;
} task;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change, work_change = PTHREAD_COND_INITIALIZER;
static posted *first, **last = &first;
static task *tasks, **last_task = &tasks;
static unsigned workers, waiting_tasks;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&change, &attributes);
}

void post(int tag, uint64_t lane, turn_work work, void *context) {
    pthread_once(&prepared, prepare);
    posted *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->errand = (errand){tag, lane, work, context};
    pthread_mutex_lock(&lock);
    *last = p;
    last = &p->next;
    pthread_cond_signal(&change);
    pthread_mutex_unlock(&lock);
}

static void finish_task(void *pointer) {
    task *t = pointer;
    if (t->done && !t->generation->ended) {
        measured m = entering("the done of a task");
        t->done(t->context);
        left(m);
    }
    __atomic_fetch_sub(&t->generation->tasks, 1, __ATOMIC_SEQ_CST);
    free(t);
}

static void *worker(void *unused) {
    (void)unused;
    here.tag = TAG_WORKER;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!tasks) pthread_cond_wait(&work_change, &lock);
        task *t = tasks;
        tasks = t->next;
        if (!tasks) last_task = &tasks;
        waiting_tasks--;
        pthread_mutex_unlock(&lock);
        here.call = "the work of a task";
        t->work(t->context);
        here.call = NULL;
        post(TAG_CONTROL, 0, finish_task, t);
        pthread_mutex_lock(&lock);
    }
    return NULL;
}

int task_submit(generation *g, sluice_task_work work, sluice_task_work done, void *context) {
    pthread_once(&prepared, prepare);
    task *t = calloc(1, sizeof *t);
    if (!t) abort();
    *t = (task){NULL, g, work, done, context};
    pthread_mutex_lock(&lock);
    if (waiting_tasks >= 10000) {
        pthread_mutex_unlock(&lock);
        free(t);
        return 0;
    }
    waiting_tasks++;
    __atomic_fetch_add(&g->tasks, 1, __ATOMIC_SEQ_CST);
    while (workers < WORKERS) {
        pthread_t thread;
        pthread_create(&thread, NULL, worker, NULL);
        workers++;
    }
    *last_task = t;
    last_task = &t->next;
    pthread_cond_signal(&work_change);
    pthread_mutex_unlock(&lock);
    return 1;
}

/* MARK: The loop */

int timers_run_due(void);

static int run_one(void) {
    pthread_mutex_lock(&lock);
    posted *p = first;
    if (p) {
        first = p->next;
        if (!first) last = &first;
    }
    pthread_mutex_unlock(&lock);
    if (!p) return 0;
    turn(p->errand.tag, p->errand.lane, p->errand.work, p->errand.context);
    free(p);
    return 1;
}

int run_until(int (*done)(void *), void *context, unsigned milliseconds) {
    pthread_once(&prepared, prepare);
    uint64_t end = real_ns() + (uint64_t)milliseconds * 1000000u;
    for (;;) {
        while (run_one()) {
        }
        timers_run_due();
        if (done && done(context)) return 1;
        uint64_t now = real_ns();
        if (now >= end) return 0;
        uint64_t until = now + 1000000u < end ? now + 1000000u : end;
        struct timespec t = {(time_t)(until / 1000000000u), (long)(until % 1000000000u)};
        pthread_mutex_lock(&lock);
        if (!first) pthread_cond_timedwait(&change, &lock, &t);
        pthread_mutex_unlock(&lock);
    }
}

void run_for(unsigned milliseconds) { run_until(NULL, NULL, milliseconds); }

/* MARK: The process */

unsigned thread_count(void) {
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/task");
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder));) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Memory that is the process's alone: what files lend can be had back. */
uint64_t resident_bytes(void) {
    FILE *file = fopen("/proc/self/status", "r");
    if (!file) return 0;
    char line[256];
    unsigned long kilobytes = 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "RssAnon: %lu", &kilobytes) == 1) break;
    }
    fclose(file);
    return (uint64_t)kilobytes << 10;
}
