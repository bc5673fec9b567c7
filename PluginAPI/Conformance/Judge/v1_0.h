/* Sizes of the structs of ABI 1.0, made from PluginAPI/ABI/v1.0.layout.json: what a host knows that knows nothing newer. */
#ifndef SLUICE_JUDGE_V1_0_H
#define SLUICE_JUDGE_V1_0_H
#include <sluice/sluice.h>

#define V1_0_MINOR 0u

/* Of the value's type; what came later has its own. */
#define V1_0_SIZE(value) \
    _Generic((value), \
        sluice_attach: 72u, \
        sluice_auth_answer: 88u, \
        sluice_auth_interface: 24u, \
        sluice_auth_request: 240u, \
        sluice_auth_service: 32u, \
        sluice_broadcast_service: 40u, \
        sluice_buffer: 24u, \
        sluice_buffer_service: 32u, \
        sluice_command_interface: 16u, \
        sluice_command_service: 16u, \
        sluice_config_service: 32u, \
        sluice_connection_info: 128u, \
        sluice_error: 488u, \
        sluice_event_service: 16u, \
        sluice_exchange_service: 64u, \
        sluice_fetch_answer: 56u, \
        sluice_fetch_request: 88u, \
        sluice_fetch_service: 24u, \
        sluice_frame: 96u, \
        sluice_handover_interface: 56u, \
        sluice_handover_service: 24u, \
        sluice_hello: 48u, \
        sluice_host: 24u, \
        sluice_log_service: 24u, \
        sluice_metrics_service: 24u, \
        sluice_module: 192u, \
        sluice_net_service: 56u, \
        sluice_observer_interface: 16u, \
        sluice_protocol_interface: 80u, \
        sluice_publish_request: 56u, \
        sluice_request: 168u, \
        sluice_response: 40u, \
        sluice_route: 48u, \
        sluice_routes_interface: 32u, \
        sluice_selftest_interface: 16u, \
        sluice_side_data: 24u, \
        sluice_sink_interface: 72u, \
        sluice_sink_open: 80u, \
        sluice_stream_info: 104u, \
        sluice_stream_service: 56u, \
        sluice_task_service: 24u, \
        sluice_time_service: 40u, \
        sluice_track: 80u, \
        sluice_verdict: 184u, \
        default: sizeof(value))

#endif
