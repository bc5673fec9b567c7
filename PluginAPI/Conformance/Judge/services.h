/* The host's service tables and what they share. */
#ifndef SERVICES_H
#define SERVICES_H
#include "judge.h"

extern const sluice_buffer_service buffer_table;
extern const sluice_kv_service kv_table;
extern const sluice_auth_service auth_table;
extern const sluice_net_service net_table;
extern const sluice_stream_service stream_table;
extern const sluice_broadcast_service broadcast_table;
extern const sluice_exchange_service exchange_table;
extern const sluice_command_service command_table;
extern const sluice_fetch_service fetch_table;
extern const sluice_transform_service transform_table;
extern const sluice_source_service source_table;
extern const sluice_handover_service handover_table;

/* A text that the world will see must not hold the question's secret. */
void scan_text(const char *what, sluice_text);
void check_control(const char *function, int worker_too);
void check_lane(const char *function, uint64_t lane);

/* A buffer of the host's, whose bytes the plugin gets with a frame. */
sluice_buffer *buffer_of_host(const void *bytes, size_t size);
void buffer_release_host(sluice_buffer *);
void buffer_retain_host(sluice_buffer *);
/* FNV-1a, for comparing what came out of two runs. */
uint64_t sum_of(uint64_t sum, const void *bytes, size_t size);
#define SUM_START 0xCBF29CE484222325u

/* The connection's lane ended its question: act_protocol's part of sluice.auth ask. */
int32_t question_ask(const sluice_host *, const sluice_auth_request *, sluice_auth_done, void *context, sluice_handle *operation,
                 sluice_error *);
int32_t question_cancel(const sluice_host *, sluice_handle operation);
int32_t broadcast_attach(const sluice_host *, sluice_handle connection, const sluice_attach *, sluice_error *);
int32_t broadcast_detach(const sluice_host *, sluice_handle connection);
int32_t say_why(sluice_error *, int32_t status, const char *why);

#endif
