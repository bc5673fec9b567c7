/* The parts of the hostile host, shared by its cases. Nothing here is freed at the end: the process ends with its case. */
#ifndef JUDGE_H
#define JUDGE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CConformance.h"
#include "v1_0.h"

#include <sluice/draft/drafts.h>
#include <sluice/sluice.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* MARK: What is judged (child.c) */

#define MOST_WORDS 64
typedef struct judged_library {
    const char *library, *folder, *case_name, *config, *app_config, *step_settings, *source_settings, *id, *version;
    int has_manifest, reloads;
    const char *interfaces[MOST_WORDS], *services[MOST_WORDS], *bad_configs[MOST_WORDS];
    int interface_count, service_count, bad_config_count;
    uint64_t seed;
    uint8_t *capture;
    size_t capture_size;
} judged_library;
extern judged_library judged;

/* MARK: Reports (report.c) */

void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Where a case is, for the report of a failure or death: "round 7, seed 123". Only the last counts. */
void at(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The plugin does not have what the case is about. Ends the process. */
void not_applicable(const char *why) __attribute__((noreturn));
/* Ends the case; what was reported before counts. */
void end_case(void) __attribute__((noreturn));
void report_raw(const char *kind, const char *text);
void watch_signals(unsigned seconds);

/* What a plugin must not do, found while it is called. Only the case that asks about it fails; others pass over it. */
#define BROKE_LANE 1u
#define BROKE_CONTROL 2u
#define BROKE_ANSWERED_TWICE 4u
#define BROKE_LATE 8u
#define BROKE_SECRET 16u
#define BROKE_CONTRACT 32u
#define BROKE_BUFFER 64u
#define BROKE_MEDIA 128u
#define BROKE_REASON 256u
#define BROKE_BLOCKED 512u
#define BROKE_RESPONSE 1024u
extern uint32_t asked_about;
void broke(uint32_t what, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define SECRET "c0nformance-canary-7f3a"

/* MARK: How hostile the host is at the moment (child.c) */

typedef struct hostility {
    int unmap_borrowed;   /* arguments are gone after the call */
    int exact;            /* a struct's end is a page's end */
    uint32_t inflated;    /* bytes of poison behind each struct */
    int frames_read_only; /* media handed to the plugin cannot be written */
    int unmap_released;   /* buffers are gone after their last release */
    int no_error;         /* sluice_error * is NULL */
    int hops;             /* each call comes on another thread */
    int fail_every;       /* each n-th service call that can fail does; 0: none */
    const char *missing;  /* a service that get_service does not know */
} hostility;
extern hostility hostile;
/* Whether this service call is one that fails. */
int fails_now(void);

/* MARK: Memory that is lent (loan.c) */

typedef struct loan loan;
loan *loan_open(const char *call);
void *loan_copy(loan *, const void *bytes, size_t size);
/* A struct that begins with struct_size; the copy's size is what hostility says. */
/* What is shown of it: all, or what a host of v1.0 knows of it, when exact structs are asked for. */
#define SHOWN_SIZE(value) (hostile.exact ? V1_0_SIZE(value) : sizeof(value))
#define loan_struct(l, value) loan_struct_of(l, value, SHOWN_SIZE(*(value)))
void *loan_struct_of(loan *, const void *value, size_t size);
/* An array of such structs with its stride. */
#define loan_array(l, values, count, stride) loan_array_of(l, values, sizeof *(values), SHOWN_SIZE(*(values)), count, stride)
void *loan_array_of(loan *, const void *values, size_t step, size_t size, uint32_t count, uint32_t *stride);
sluice_text loan_text(loan *, const char *text);
sluice_text loan_text_of(loan *, const void *bytes, size_t size);
sluice_bytes loan_bytes(loan *, const void *bytes, size_t size);
/* Pairs of C texts: key, value, key, value … NULL. */
const sluice_pair *loan_pairs(loan *, const char *const *words, uint32_t *count);
sluice_error *loan_error(loan *);
/* A refusal has to have a reason. */
void check_reason(const char *call, int32_t status, const sluice_error *);
void loan_close(loan *);
/* A struct that stays, as the host and its tables do. */
void *lasting_struct(const void *value, size_t size, const char *name);
/* Mapped memory of its own, its end at a page's end. */
void *pages_make(size_t size, const char *name);
void pages_protect(void *data, size_t size, int readable, const char *why);
void pages_give_back(void *data, size_t size);
/* What is known of an address: the reason for a fault there, or NULL. */
const char *pages_reason(const void *address);

/* MARK: Threads, turns, time (turn.c) */

#define TAG_NONE 0
#define TAG_CONTROL 1
#define TAG_LANE 2
#define TAG_WORKER 3
typedef struct place {
    int tag;
    uint64_t lane;
    const char *call;
    int depth;
} place;
extern _Thread_local place here;
extern const char *volatile current_call;

typedef void (*turn_work)(void *context);
/* Runs `work` as [control] or on a lane, on another thread when hostility says so, and waits for it. */
void turn(int tag, uint64_t lane, turn_work work, void *context);
/* Around each call of a function of the plugin. */
typedef struct measured {
    uint64_t wall, cpu, starved;
    const char *outer;
} measured;
measured entering(const char *call);
void left(measured);
/* Later, from the loop. */
void post(int tag, uint64_t lane, turn_work work, void *context);
/* Runs what was posted, and timers, until `done` says so; 0 when `milliseconds` of real time were over before. */
int run_until(int (*done)(void *), void *context, unsigned milliseconds);
void run_for(unsigned milliseconds);
uint64_t real_ns(void);
uint64_t thread_cpu_ns(void);
/* The clock that the plugin sees: the real one and what was added. */
uint64_t now_ns(void);
void advance(uint64_t nanoseconds);
extern unsigned slow_calls;
extern char slowest_call[64];
extern uint64_t slowest_ns;
unsigned thread_count(void);
uint64_t resident_bytes(void);
uint64_t next_random(uint64_t *state);

struct generation;
int task_submit(struct generation *, sluice_task_work work, sluice_task_work done, void *context);

/* MARK: Handles (handle.c) */

#define KIND_QUESTION 1
#define KIND_TIMER 2
#define KIND_CONNECTION 3
#define KIND_PUBLICATION 4
#define KIND_GRANT 5
#define KIND_OPERATION 6
#define KIND_SINK 7
#define KIND_EXCHANGE 8
#define KIND_COMMAND 9
#define KIND_METRIC 10
#define KIND_FETCH 11
#define KIND_TRANSFORM 12
#define KIND_SOURCE 13
sluice_handle handle_make(int kind, void *object);
void *handle_find(int kind, sluice_handle);
/* The object, and the handle is stale from now on. */
void *handle_take(int kind, sluice_handle);

/* MARK: Generations (generation.c) */

typedef struct generation {
    char path[512];
    void *image;
    const sluice_module *module;
    sluice_instance *instance;
    sluice_host *host;
    int active;
    volatile int ended;
    long buffers, timers, tasks; /* leases; touched atomically */
    const sluice_auth_interface *auth;
    const sluice_protocol_interface *protocol;
    const sluice_sink_interface *sink;
    const sluice_routes_interface *routes;
    const sluice_command_interface *command;
    const sluice_observer_interface *observer;
    const sluice_selftest_interface *selftest;
    const sluice_handover_interface *handover;
    const sluice_transform_interface *transform;
    const sluice_source_interface *source;
    struct {
        const void *of, *shown;
    } tables[20]; /* one more than there are services */
    char reason[SLUICE_ERROR_TEXT_SIZE];
} generation;

/* dlopen and the entry; ends the case with a failure when they fail. */
generation *generation_open(const char *path);
int32_t generation_create(generation *);
int32_t generation_configure(generation *, const char *json);
int32_t generation_activate(generation *);
void generation_deactivate(generation *);
void generation_destroy(generation *);
/* A copy of the library under a new name, as a reload makes it. */
const char *library_copy(void);
/* All of it, up to active; ends the case with a failure when the plugin refuses. */
generation *bring_up(void);
generation *bring_up_from(const char *path);
/* The same, but a refusal is an answer: NULL, with `reason` told by the plugin. */
generation *try_bring_up(int *refused_without_reason);
/* Waits for tasks, deactivates, destroys. */
void bring_down(generation *);
int offers(const char *interface_id);
const void *service_table(const char *id, size_t *size);
generation *generation_of(const sluice_host *, const char *function);
int granted(const char *service_id);

/* MARK: What is done to a plugin */

/* questions (act_auth.c) */
typedef struct question {
    generation *generation;
    sluice_handle handle;
    uint32_t action, decision;
    volatile int answers, refused, cancelled;
    uint64_t asked_ns, answered_ns;
} question;
extern volatile long questions_answered;
extern long answers_stale_for; /* answers that a hostile host does not take any more, from then on */
question *ask(generation *, uint32_t action, unsigned variant, uint64_t deadline_ns);
question *ask_with(generation *, uint32_t action, sluice_text *texts, unsigned text_count, uint32_t pairs);
void cancel_question(question *);
int is_settled(void *question_pointer);
void wait_settled(question *, unsigned milliseconds);

/* sessions (act_protocol.c) */
typedef struct publication publication;
typedef struct connection {
    generation *generation;
    sluice_handle handle;
    uint64_t lane, timer_ns;
    void *session;
    int open, closing, paused, attached, waits_for_close;
    char reason[256];
    uint64_t sent_bytes, sent_sum, fed;
    unsigned questions, publishes, attaches;
    publication *published;
    sluice_auth_request last;
    uint64_t media_sum, frames, track_sets;
    uint32_t verdict;
} connection;
connection *session_open(generation *, uint32_t verdict);
/* Returns 0 when the session is over. */
int session_feed(connection *, const void *bytes, size_t size);
int session_timer(connection *);
void session_drain(connection *);
void session_stop(connection *);
void session_close(connection *, const char *reason);
int session_hand_over(connection *, generation *to, char *reason, size_t room);

/* sinks (act_sink.c) */
typedef struct sink_record {
    generation *generation;
    sluice_handle handle;
    uint64_t lane;
    void *pointer;
    uint32_t format;
    int open, told_tracks, closed_by_failure;
    uint64_t appended, joins, prefixes, records, sum, bytes;
    int64_t next_dts[2];
    uint64_t offered, again;
} sink_record;
extern const uint8_t sample_avc[];
extern const size_t sample_avc_size;
sink_record *sink_open(generation *, uint32_t format, const char *name);
int32_t sink_tracks(sink_record *, uint32_t which, uint32_t flags);
#define TRACKS_BOTH 0u
#define TRACKS_AUDIO 1u
#define TRACKS_UNKNOWN 2u
#define TRACKS_NEW_EPOCH 3u
#define TRACKS_HOSTILE 4u
int32_t sink_frames(sink_record *, unsigned groups, unsigned hostile_payloads, uint64_t *random);
void sink_publisher(sink_record *, uint32_t state);
void sink_attributes(sink_record *);
void sink_close(sink_record *);
int sink_hand_over(sink_record *, generation *to, char *reason, size_t room);

/* transforms and sources (act_transform.c) */
#define MOST_OUTPUTS 32
typedef struct transform_record {
    generation *generation;
    sluice_handle handle;
    uint64_t lane;
    void *pointer;
    int open, failed, in_call;
    volatile int ready;
    int64_t next_dts[2];
    publication *outputs[MOST_OUTPUTS], *next_outputs[MOST_OUTPUTS];
    uint32_t output_count, next_count;
    uint64_t frames_in, frames_out;
} transform_record;
transform_record *transform_open(generation *);
int32_t transform_negotiate(transform_record *, uint32_t which, uint32_t flags);
/* Groups of pictures; what is answered AGAIN is offered again when something was received. SLUICE_AGAIN: for two seconds in vain. */
int32_t transform_send(transform_record *, unsigned groups, unsigned hostile_payloads, uint64_t *random);
/* Until all has come out; SLUICE_E_TIMEOUT after two seconds. */
int32_t transform_flush(transform_record *);
void transform_attributes(transform_record *);
void transform_close(transform_record *);
typedef struct source_record {
    generation *generation;
    sluice_handle handle;
    uint64_t lane, timer_ns;
    void *pointer;
    int open, ended, failed;
    publication *publication;
} source_record;
source_record *source_open(generation *);
/* Puts the clock forward to its timer; 0: it has none. */
int source_timer(source_record *);
void source_close(source_record *);

/* requests, commands, events (act_requests.c) */
typedef struct exchange {
    generation *generation;
    sluice_handle handle;
    volatile int began, ended, responses, parked, attached;
    uint32_t status;
    sink_record *sink;
    char key[129];
} exchange;
exchange *request_route(generation *, uint32_t route, sink_record *, unsigned variant, uint64_t *random);
int is_answered(void *exchange_pointer);
typedef struct command_call {
    volatile int replies;
    int refused;
} command_call;
command_call *run_command(generation *, unsigned argc, const char *const *argv);
int is_replied(void *call_pointer);
void tell_event(generation *, const char *type, const char *json);
int32_t run_selftest(generation *);

/* Ordinary use of everything that the plugin offers, small (exercise.c); it waits so long for each answer. */
extern unsigned patience_ms;
void exercise(generation *);
/* Media and bytes only, for cases that count time. */
void exercise_briefly(generation *);

/* MARK: The groups' cases */

#define CASE(function) void function(void)
CASE(static_entry_symbol);
CASE(static_relocations);
CASE(static_stack);
CASE(static_dependencies);
CASE(static_descriptor);
CASE(static_manifest);
CASE(static_entry_quick);
CASE(static_no_threads);
CASE(negotiation_unknown_ids);
CASE(negotiation_wrong_major);
CASE(negotiation_missing_services);
CASE(negotiation_refusals);
CASE(negotiation_no_error);
CASE(negotiation_exact_structs);
CASE(negotiation_inflated_structs);
CASE(memory_frames_read_only);
CASE(memory_borrowed);
CASE(memory_released);
CASE(memory_leases);
CASE(memory_failing);
CASE(threads_hop);
CASE(threads_lanes);
CASE(threads_control);
CASE(threads_blocking);
CASE(auth_answers);
CASE(auth_once);
CASE(auth_late);
CASE(auth_cancel);
CASE(auth_stop_pending);
CASE(auth_canary);
CASE(auth_many);
CASE(auth_hostile);
CASE(protocol_opens);
CASE(protocol_golden);
CASE(protocol_timers);
CASE(protocol_ends_anywhere);
CASE(protocol_noise);
CASE(protocol_bit_flips);
CASE(protocol_handover);
CASE(media_publisher);
CASE(media_sink);
CASE(media_sink_ends);
CASE(media_sink_hostile);
CASE(media_sink_handover);
CASE(media_transform);
CASE(media_transform_hostile);
CASE(media_source);
CASE(routes_answer);
CASE(routes_hostile);
CASE(command_answers);
CASE(life_activate);
CASE(life_destroy);
CASE(life_bad_configuration);
CASE(life_two_generations);
CASE(life_after_destroy);
CASE(life_reload);

#endif
