// What each thread is inside of: one place per thread, written by two stores when a plugin is called and when it returns, read by the
// watchdog and, when the process dies of itself, by the handler of the fatal signal, which writes it down. Knows no plugin: a call is a
// word. All functions may be called on any thread.
#ifndef HOSTGUARD_H
#define HOSTGUARD_H
#include <stdint.h>

/// Threads that have places; further ones are not watched.
#define HOSTGUARD_PLACES 128

/// The word of a call: bits 0 to 7 the function, 8 to 15 the plugin's number (0: none), 16 to 47 what the watchdog knows it by.
#define HOSTGUARD_FUNCTION_MASK UINT64_C(0xFF)
#define HOSTGUARD_PLUGIN_SHIFT 8
#define HOSTGUARD_SERIAL_SHIFT 16
/// The function runs in the plugin's own process: it cannot be what ends this one.
#define HOSTGUARD_ELSEWHERE (UINT64_C(1) << 62)
/// Inside of it now; without: the last one.
#define HOSTGUARD_INSIDE (UINT64_C(1) << 63)

/// What a thread was inside of before; taken by `enter`, given back by `leave`.
typedef struct hostguard_before {
    uint64_t call, since;
} hostguard_before;

/// The calling thread goes into a call, at that time (monotonic ns).
hostguard_before hostguard_enter(uint64_t call, uint64_t since);

/// It comes back.
void hostguard_leave(hostguard_before before);

/// The calling thread says of a call that it came back from, which began at `since`, that it took too long. Returns 0 when the watchdog
/// was first.
int hostguard_claim(uint64_t since);

/// A place as the watchdog sees it.
typedef struct hostguard_view {
    uint64_t call, since, told;
    uint32_t thread;
    char name[16];
} hostguard_view;

/// Reads a place, 0 to HOSTGUARD_PLACES - 1. Returns 0 when no thread has it, or when it changes at this moment.
int hostguard_look(uint32_t place, hostguard_view *view);

/// The watchdog says so of the call that a place is inside of. Returns 0 when the thread was first.
int hostguard_tell(uint32_t place, uint64_t since);

/// The number of a plugin for call words, 1 to 255; 0 when there is none left. The same for the same id.
uint32_t hostguard_plugin(const char *id);

/// The name of a function for the mark; `name` lives as long as the process.
void hostguard_function(uint8_t function, const char *name);

/// The calling thread's name as the system has it; and gives it one.
void hostguard_thread_name(char name[16]);
void hostguard_name_thread(const char *name);

/// From now on a fatal signal, and an exit from inside a plugin, leave a mark at `path` before what would have happened happens.
/// Once, before other threads are there. Returns 0, or an errno.
int hostguard_arm(const char *path);

/// Writes the mark as the handler does; `own`: the calling thread is the one that failed. Returns 0, or an errno.
int hostguard_mark(const char *path, int signal, int own);

#endif
