/* Report lines on descriptor 3, and what is said when the plugin dies: in which of its functions, and why the memory was not there. */
#include "judge.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

uint32_t asked_about;
static unsigned failures;
static unsigned broken[32];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void write_all(const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = write(3, bytes, size);
        if (done <= 0) return;
        bytes += done;
        size -= (size_t)done;
    }
}

/* One line: tabs and line ends in the text become spaces. */
void report_raw(const char *kind, const char *text) {
    char line[2048];
    size_t size = strlen(kind), more = strlen(text);
    if (more > sizeof line - size - 2) more = sizeof line - size - 2;
    memcpy(line, kind, size);
    line[size++] = '\t';
    for (size_t i = 0; i < more; i++) line[size++] = (unsigned char)text[i] < 32 ? ' ' : text[i];
    line[size++] = '\n';
    write_all(line, size);
}

static void report(const char *kind, const char *format, va_list arguments) {
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    report_raw(kind, text);
}

void fail(const char *format, ...) {
    pthread_mutex_lock(&lock);
    unsigned count = ++failures;
    pthread_mutex_unlock(&lock);
    if (count > 8) return;
    va_list arguments;
    va_start(arguments, format);
    report("fail", format, arguments);
    va_end(arguments);
}

void note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report("note", format, arguments);
    va_end(arguments);
}

void at(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    report("at", format, arguments);
    va_end(arguments);
}

void not_applicable(const char *why) {
    report_raw("skip", why);
    end_case();
}

void end_case(void) {
    report_raw("end", "");
    _exit(0);
}

void broke(uint32_t what, const char *format, ...) {
    if (!(asked_about & what)) return;
    pthread_mutex_lock(&lock);
    unsigned seen = broken[__builtin_ctz(what)]++;
    pthread_mutex_unlock(&lock);
    if (seen >= 3) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fail("%s", text);
}

static void say_death(const char *what, const char *reason) {
    char line[512];
    const char *call = here.call ? here.call : "no call of the host's (a thread of its own, or the loader)";
    snprintf(line, sizeof line, "%s in %s%s%s", what, call, reason ? ": " : "", reason ? reason : "");
    report_raw("fail", line);
}

static void died(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    const char *reason = NULL;
    if (signal_number == SIGSEGV || signal_number == SIGBUS) reason = pages_reason(info->si_addr);
    char what[64];
    snprintf(what, sizeof what, "died by SIG%s", sigabbrev_np(signal_number) ? sigabbrev_np(signal_number) : "?");
    say_death(what, reason);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* On the main thread or another: names the call that a hop thread is in as well as it can. */
const char *volatile current_call;
static void hung(int signal_number) {
    (void)signal_number;
    char line[256];
    const char *call = here.call ? here.call : current_call;
    snprintf(line, sizeof line, "did not end in time%s%s", call ? "; it was in " : "", call ? call : "");
    report_raw("fail", line);
    _exit(9);
}

void watch_signals(unsigned seconds) {
    static char stack[64 << 10];
    stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternative, NULL);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = died;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
    const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
    signal(SIGALRM, hung);
    signal(SIGPIPE, SIG_IGN);
    if (seconds) alarm(seconds);
}
