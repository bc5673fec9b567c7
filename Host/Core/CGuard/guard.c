#define _GNU_SOURCE
#include "hostguard.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct place {
    _Alignas(64) _Atomic uint64_t call;
    _Atomic uint64_t since;
    _Atomic uint64_t told;
    _Atomic uint32_t thread;
    char name[16];
};

static struct place places[HOSTGUARD_PLACES];
/// Where threads write that found no place; nobody reads it.
static struct place nowhere;
static _Thread_local struct place *own;

static char plugins[256][48];
static pthread_mutex_t plugins_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *_Atomic functions[256];

static atomic_int is_armed;
static char mark_path[4096];
static char mark_new[4096];
static struct sigaction before[NSIG];
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};

// MARK: places

static pthread_key_t at_end;
static pthread_once_t at_end_once = PTHREAD_ONCE_INIT;

static void give_back(void *pointer) {
    struct place *place = pointer;
    own = &nowhere;
    atomic_store_explicit(&place->call, 0, memory_order_relaxed);
    atomic_store_explicit(&place->thread, 0, memory_order_release);
}

static void make_key(void) { pthread_key_create(&at_end, give_back); }

/// A plugin that recurses without end leaves no stack for the handler: it gets one of its own. Never given back: a thread ends rarely.
static void give_stack(void) {
    stack_t old;
    if (sigaltstack(NULL, &old) != 0 || !(old.ss_flags & SS_DISABLE)) return;
    stack_t stack = {.ss_size = 128 << 10};
    stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp != MAP_FAILED) sigaltstack(&stack, NULL);
}

static struct place *take(void) {
    pthread_once(&at_end_once, make_key);
    uint32_t thread = (uint32_t)syscall(SYS_gettid);
    for (int i = 0; i < HOSTGUARD_PLACES; i++) {
        uint32_t none = 0;
        // UINT32_MAX: taken, not yet to be read.
        if (!atomic_compare_exchange_strong(&places[i].thread, &none, UINT32_MAX)) continue;
        prctl(PR_GET_NAME, places[i].name);
        atomic_store_explicit(&places[i].thread, thread, memory_order_release);
        pthread_setspecific(at_end, &places[i]);
        if (atomic_load(&is_armed)) give_stack();
        return own = &places[i];
    }
    return own = &nowhere;
}

hostguard_before hostguard_enter(uint64_t call, uint64_t since) {
    struct place *place = own ? own : take();
    hostguard_before old = {atomic_load_explicit(&place->call, memory_order_relaxed),
                            atomic_load_explicit(&place->since, memory_order_relaxed)};
    atomic_store_explicit(&place->since, since, memory_order_relaxed);
    atomic_store_explicit(&place->call, call | HOSTGUARD_INSIDE, memory_order_release);
    return old;
}

void hostguard_leave(hostguard_before old) {
    struct place *place = own ? own : &nowhere;
    if (old.call & HOSTGUARD_INSIDE) {
        atomic_store_explicit(&place->since, old.since, memory_order_relaxed);
        atomic_store_explicit(&place->call, old.call, memory_order_release);
    } else {
        uint64_t call = atomic_load_explicit(&place->call, memory_order_relaxed);
        atomic_store_explicit(&place->call, call & ~HOSTGUARD_INSIDE, memory_order_release);
    }
}

int hostguard_claim(uint64_t since) { return !own || own == &nowhere || atomic_exchange(&own->told, since) != since; }

int hostguard_look(uint32_t index, hostguard_view *view) {
    if (index >= HOSTGUARD_PLACES) return 0;
    struct place *place = &places[index];
    view->thread = atomic_load_explicit(&place->thread, memory_order_acquire);
    if (view->thread == 0 || view->thread == UINT32_MAX) return 0;
    view->call = atomic_load_explicit(&place->call, memory_order_acquire);
    view->since = atomic_load_explicit(&place->since, memory_order_acquire);
    view->told = atomic_load_explicit(&place->told, memory_order_relaxed);
    memcpy(view->name, place->name, sizeof view->name);
    return atomic_load_explicit(&place->call, memory_order_acquire) == view->call;
}

int hostguard_tell(uint32_t index, uint64_t since) {
    return index < HOSTGUARD_PLACES && atomic_exchange(&places[index].told, since) != since;
}

uint32_t hostguard_plugin(const char *id) {
    uint32_t found = 0;
    pthread_mutex_lock(&plugins_lock);
    for (uint32_t i = 1; i < 256 && !found; i++) {
        if (plugins[i][0] == 0) {
            snprintf(plugins[i], sizeof plugins[i], "%s", id);
            found = i;
        } else if (strcmp(plugins[i], id) == 0) {
            found = i;
        }
    }
    pthread_mutex_unlock(&plugins_lock);
    return found;
}

void hostguard_function(uint8_t function, const char *name) { atomic_store(&functions[function], name); }

void hostguard_thread_name(char name[16]) { prctl(PR_GET_NAME, name); }
void hostguard_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

// MARK: the mark. From here on only what a signal handler may call.

struct text {
    size_t size;
    char bytes[32 << 10];
};

static struct text mark;

static void put(const char *string) {
    for (; *string && mark.size < sizeof mark.bytes; string++) mark.bytes[mark.size++] = *string;
}

static void put_word(const char *string) {
    char word[2] = {0, 0};
    if (!string || !*string) string = "-";
    for (; *string; string++) {
        word[0] = *string > ' ' && *string < 127 ? *string : '_';
        put(word);
    }
}

static void put_number(uint64_t number) {
    char digits[24];
    int at = sizeof digits;
    digits[--at] = 0;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(digits + at);
}

static void put_place(struct place *place, int failed, uint64_t now) {
    uint32_t thread = atomic_load_explicit(&place->thread, memory_order_acquire);
    uint64_t call = atomic_load_explicit(&place->call, memory_order_acquire);
    uint64_t since = atomic_load_explicit(&place->since, memory_order_relaxed);
    uint32_t plugin = call >> HOSTGUARD_PLUGIN_SHIFT & 0xFF;
    if (thread == 0 || plugin == 0) return;
    int inside = (call & HOSTGUARD_INSIDE) && !(call & HOSTGUARD_ELSEWHERE);
    put("thread ");
    put_number(thread);
    put(" ");
    put_word(place->name);
    put(!inside ? " last " : failed ? " failed " : atomic_load(&place->told) == since ? " hung " : " inside ");
    put_word(plugins[plugin]);
    put(" ");
    put_word(atomic_load(&functions[call & HOSTGUARD_FUNCTION_MASK]));
    put(" ");
    put_number(inside && now > since ? (now - since) / 1000000 : 0);
    put("\n");
}

static int write_mark(const char *path, const char *temporary, int signal, int is_own) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    uint64_t now = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
    mark.size = 0;
    put("sluice-mark 1 signal ");
    put_number((uint64_t)signal);
    put(is_own ? " own\n" : " outside\n");
    for (int i = 0; i < HOSTGUARD_PLACES; i++) put_place(&places[i], is_own && &places[i] == own, now);
    put("end\n");
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return errno;
    size_t written = 0;
    while (written < mark.size) {
        ssize_t count = write(file, mark.bytes + written, mark.size - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        written += (size_t)count;
    }
    close(file);
    if (written < mark.size) return ENOSPC;
    return rename(temporary, path) == 0 ? 0 : errno;
}

int hostguard_mark(const char *path, int signal, int is_own) {
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) return ENAMETOOLONG;
    return write_mark(path, temporary, signal, is_own);
}

static void failed(int signal, siginfo_t *info, void *context) {
    (void)context;
    static atomic_int is_marked;
    int saved = errno;
    // What the kernel says of this thread, or what this process did to itself; not what somebody sent.
    int is_own = info->si_code > 0 || info->si_pid == getpid();
    // Another thread of the same death waits for the first one's end, which is its own.
    if (atomic_exchange(&is_marked, 1)) {
        struct timespec moment = {1, 0};
        nanosleep(&moment, NULL);
    } else {
        write_mark(mark_path, mark_new, signal, is_own);
    }
    sigaction(signal, &before[signal], NULL);
    errno = saved;
    // A fault happens again on return, under whoever handled it before (the runtime's backtrace, else the system). The others do not.
    if (info->si_code <= 0 || signal == SIGTRAP || signal == SIGABRT) syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
}

/// exit() from inside a plugin: no signal, and the host is gone all the same.
static void left(void) {
    if (own && own != &nowhere && atomic_load(&own->call) & HOSTGUARD_INSIDE) write_mark(mark_path, mark_new, 0, 1);
}

int hostguard_arm(const char *path) {
    if (snprintf(mark_path, sizeof mark_path, "%s", path) >= (int)sizeof mark_path) return ENAMETOOLONG;
    if (snprintf(mark_new, sizeof mark_new, "%s.new", path) >= (int)sizeof mark_new) return ENAMETOOLONG;
    atomic_store(&is_armed, 1);
    give_stack();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = failed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        if (sigaction(fatal[i], &action, &before[fatal[i]]) != 0) return errno;
    }
    return atexit(left) == 0 ? 0 : ENOMEM;
}
