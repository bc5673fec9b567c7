// Made by Scripts/templates. Do not edit.
#include "templates.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char PluginAPI_Templates_c_auth__gitignore[] = {
#embed "../../PluginAPI/Templates/c-auth/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_auth_README_md[] = {
#embed "../../PluginAPI/Templates/c-auth/README.md"
};
static const unsigned char PluginAPI_Templates_c_auth_build[] = {
#embed "../../PluginAPI/Templates/c-auth/build"
};
static const unsigned char PluginAPI_Templates_c_auth_c_auth_toml[] = {
#embed "../../PluginAPI/Templates/c-auth/c-auth.toml"
};
static const unsigned char PluginAPI_Templates_c_auth_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-auth/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_auth_test[] = {
#embed "../../PluginAPI/Templates/c-auth/test"
};
static const unsigned char PluginAPI_Templates_c_auth_test_c[] = {
#embed "../../PluginAPI/Templates/c-auth/test.c"
};
static const unsigned char PluginAPI_Templates_c_protocol__gitignore[] = {
#embed "../../PluginAPI/Templates/c-protocol/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_protocol_README_md[] = {
#embed "../../PluginAPI/Templates/c-protocol/README.md"
};
static const unsigned char PluginAPI_Templates_c_protocol_build[] = {
#embed "../../PluginAPI/Templates/c-protocol/build"
};
static const unsigned char PluginAPI_Templates_c_protocol_c_protocol_toml[] = {
#embed "../../PluginAPI/Templates/c-protocol/c-protocol.toml"
};
static const unsigned char PluginAPI_Templates_c_protocol_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-protocol/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_protocol_test[] = {
#embed "../../PluginAPI/Templates/c-protocol/test"
};
static const unsigned char PluginAPI_Templates_c_protocol_test_c[] = {
#embed "../../PluginAPI/Templates/c-protocol/test.c"
};
static const unsigned char PluginAPI_Templates_c_routes__gitignore[] = {
#embed "../../PluginAPI/Templates/c-routes/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_routes_README_md[] = {
#embed "../../PluginAPI/Templates/c-routes/README.md"
};
static const unsigned char PluginAPI_Templates_c_routes_build[] = {
#embed "../../PluginAPI/Templates/c-routes/build"
};
static const unsigned char PluginAPI_Templates_c_routes_c_routes_toml[] = {
#embed "../../PluginAPI/Templates/c-routes/c-routes.toml"
};
static const unsigned char PluginAPI_Templates_c_routes_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-routes/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_routes_test[] = {
#embed "../../PluginAPI/Templates/c-routes/test"
};
static const unsigned char PluginAPI_Templates_c_routes_test_c[] = {
#embed "../../PluginAPI/Templates/c-routes/test.c"
};
static const unsigned char PluginAPI_Templates_c_sink__gitignore[] = {
#embed "../../PluginAPI/Templates/c-sink/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_sink_README_md[] = {
#embed "../../PluginAPI/Templates/c-sink/README.md"
};
static const unsigned char PluginAPI_Templates_c_sink_build[] = {
#embed "../../PluginAPI/Templates/c-sink/build"
};
static const unsigned char PluginAPI_Templates_c_sink_c_sink_toml[] = {
#embed "../../PluginAPI/Templates/c-sink/c-sink.toml"
};
static const unsigned char PluginAPI_Templates_c_sink_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-sink/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_sink_test[] = {
#embed "../../PluginAPI/Templates/c-sink/test"
};
static const unsigned char PluginAPI_Templates_c_sink_test_c[] = {
#embed "../../PluginAPI/Templates/c-sink/test.c"
};
static const unsigned char PluginAPI_Templates_c_source__gitignore[] = {
#embed "../../PluginAPI/Templates/c-source/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_source_README_md[] = {
#embed "../../PluginAPI/Templates/c-source/README.md"
};
static const unsigned char PluginAPI_Templates_c_source_build[] = {
#embed "../../PluginAPI/Templates/c-source/build"
};
static const unsigned char PluginAPI_Templates_c_source_c_source_toml[] = {
#embed "../../PluginAPI/Templates/c-source/c-source.toml"
};
static const unsigned char PluginAPI_Templates_c_source_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-source/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_source_test[] = {
#embed "../../PluginAPI/Templates/c-source/test"
};
static const unsigned char PluginAPI_Templates_c_source_test_c[] = {
#embed "../../PluginAPI/Templates/c-source/test.c"
};
static const unsigned char PluginAPI_Templates_c_transform__gitignore[] = {
#embed "../../PluginAPI/Templates/c-transform/.gitignore"
};
static const unsigned char PluginAPI_Templates_c_transform_README_md[] = {
#embed "../../PluginAPI/Templates/c-transform/README.md"
};
static const unsigned char PluginAPI_Templates_c_transform_build[] = {
#embed "../../PluginAPI/Templates/c-transform/build"
};
static const unsigned char PluginAPI_Templates_c_transform_c_transform_toml[] = {
#embed "../../PluginAPI/Templates/c-transform/c-transform.toml"
};
static const unsigned char PluginAPI_Templates_c_transform_plugin_c[] = {
#embed "../../PluginAPI/Templates/c-transform/plugin.c"
};
static const unsigned char PluginAPI_Templates_c_transform_test[] = {
#embed "../../PluginAPI/Templates/c-transform/test"
};
static const unsigned char PluginAPI_Templates_c_transform_test_c[] = {
#embed "../../PluginAPI/Templates/c-transform/test.c"
};
static const unsigned char PluginAPI_Templates_rust_auth__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-auth/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_auth_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-auth/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_auth_README_md[] = {
#embed "../../PluginAPI/Templates/rust-auth/README.md"
};
static const unsigned char PluginAPI_Templates_rust_auth_build[] = {
#embed "../../PluginAPI/Templates/rust-auth/build"
};
static const unsigned char PluginAPI_Templates_rust_auth_rust_auth_toml[] = {
#embed "../../PluginAPI/Templates/rust-auth/rust-auth.toml"
};
static const unsigned char PluginAPI_Templates_rust_auth_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-auth/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_auth_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-auth/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_auth_test[] = {
#embed "../../PluginAPI/Templates/rust-auth/test"
};
static const unsigned char PluginAPI_Templates_rust_protocol__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-protocol/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_protocol_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-protocol/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_protocol_README_md[] = {
#embed "../../PluginAPI/Templates/rust-protocol/README.md"
};
static const unsigned char PluginAPI_Templates_rust_protocol_build[] = {
#embed "../../PluginAPI/Templates/rust-protocol/build"
};
static const unsigned char PluginAPI_Templates_rust_protocol_rust_protocol_toml[] = {
#embed "../../PluginAPI/Templates/rust-protocol/rust-protocol.toml"
};
static const unsigned char PluginAPI_Templates_rust_protocol_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-protocol/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_protocol_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-protocol/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_protocol_test[] = {
#embed "../../PluginAPI/Templates/rust-protocol/test"
};
static const unsigned char PluginAPI_Templates_rust_routes__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-routes/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_routes_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-routes/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_routes_README_md[] = {
#embed "../../PluginAPI/Templates/rust-routes/README.md"
};
static const unsigned char PluginAPI_Templates_rust_routes_build[] = {
#embed "../../PluginAPI/Templates/rust-routes/build"
};
static const unsigned char PluginAPI_Templates_rust_routes_rust_routes_toml[] = {
#embed "../../PluginAPI/Templates/rust-routes/rust-routes.toml"
};
static const unsigned char PluginAPI_Templates_rust_routes_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-routes/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_routes_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-routes/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_routes_test[] = {
#embed "../../PluginAPI/Templates/rust-routes/test"
};
static const unsigned char PluginAPI_Templates_rust_sink__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-sink/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_sink_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-sink/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_sink_README_md[] = {
#embed "../../PluginAPI/Templates/rust-sink/README.md"
};
static const unsigned char PluginAPI_Templates_rust_sink_build[] = {
#embed "../../PluginAPI/Templates/rust-sink/build"
};
static const unsigned char PluginAPI_Templates_rust_sink_rust_sink_toml[] = {
#embed "../../PluginAPI/Templates/rust-sink/rust-sink.toml"
};
static const unsigned char PluginAPI_Templates_rust_sink_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-sink/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_sink_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-sink/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_sink_test[] = {
#embed "../../PluginAPI/Templates/rust-sink/test"
};
static const unsigned char PluginAPI_Templates_rust_source__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-source/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_source_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-source/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_source_README_md[] = {
#embed "../../PluginAPI/Templates/rust-source/README.md"
};
static const unsigned char PluginAPI_Templates_rust_source_build[] = {
#embed "../../PluginAPI/Templates/rust-source/build"
};
static const unsigned char PluginAPI_Templates_rust_source_rust_source_toml[] = {
#embed "../../PluginAPI/Templates/rust-source/rust-source.toml"
};
static const unsigned char PluginAPI_Templates_rust_source_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-source/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_source_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-source/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_source_test[] = {
#embed "../../PluginAPI/Templates/rust-source/test"
};
static const unsigned char PluginAPI_Templates_rust_transform__gitignore[] = {
#embed "../../PluginAPI/Templates/rust-transform/.gitignore"
};
static const unsigned char PluginAPI_Templates_rust_transform_Cargo_toml[] = {
#embed "../../PluginAPI/Templates/rust-transform/Cargo.toml"
};
static const unsigned char PluginAPI_Templates_rust_transform_README_md[] = {
#embed "../../PluginAPI/Templates/rust-transform/README.md"
};
static const unsigned char PluginAPI_Templates_rust_transform_build[] = {
#embed "../../PluginAPI/Templates/rust-transform/build"
};
static const unsigned char PluginAPI_Templates_rust_transform_rust_transform_toml[] = {
#embed "../../PluginAPI/Templates/rust-transform/rust-transform.toml"
};
static const unsigned char PluginAPI_Templates_rust_transform_src_lib_rs[] = {
#embed "../../PluginAPI/Templates/rust-transform/src/lib.rs"
};
static const unsigned char PluginAPI_Templates_rust_transform_src_tests_rs[] = {
#embed "../../PluginAPI/Templates/rust-transform/src/tests.rs"
};
static const unsigned char PluginAPI_Templates_rust_transform_test[] = {
#embed "../../PluginAPI/Templates/rust-transform/test"
};
static const unsigned char PluginAPI_Templates_swift_auth__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-auth/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_auth_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-auth/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_auth_README_md[] = {
#embed "../../PluginAPI/Templates/swift-auth/README.md"
};
static const unsigned char PluginAPI_Templates_swift_auth_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-auth/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_auth_Tests_JudgeTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-auth/Tests/JudgeTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_auth_build[] = {
#embed "../../PluginAPI/Templates/swift-auth/build"
};
static const unsigned char PluginAPI_Templates_swift_auth_swift_auth_toml[] = {
#embed "../../PluginAPI/Templates/swift-auth/swift-auth.toml"
};
static const unsigned char PluginAPI_Templates_swift_auth_test[] = {
#embed "../../PluginAPI/Templates/swift-auth/test"
};
static const unsigned char PluginAPI_Templates_swift_protocol__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-protocol/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_protocol_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-protocol/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_protocol_README_md[] = {
#embed "../../PluginAPI/Templates/swift-protocol/README.md"
};
static const unsigned char PluginAPI_Templates_swift_protocol_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-protocol/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_protocol_Tests_LinesTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-protocol/Tests/LinesTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_protocol_build[] = {
#embed "../../PluginAPI/Templates/swift-protocol/build"
};
static const unsigned char PluginAPI_Templates_swift_protocol_swift_protocol_toml[] = {
#embed "../../PluginAPI/Templates/swift-protocol/swift-protocol.toml"
};
static const unsigned char PluginAPI_Templates_swift_protocol_test[] = {
#embed "../../PluginAPI/Templates/swift-protocol/test"
};
static const unsigned char PluginAPI_Templates_swift_routes__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-routes/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_routes_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-routes/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_routes_README_md[] = {
#embed "../../PluginAPI/Templates/swift-routes/README.md"
};
static const unsigned char PluginAPI_Templates_swift_routes_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-routes/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_routes_Tests_GreetingTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-routes/Tests/GreetingTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_routes_build[] = {
#embed "../../PluginAPI/Templates/swift-routes/build"
};
static const unsigned char PluginAPI_Templates_swift_routes_swift_routes_toml[] = {
#embed "../../PluginAPI/Templates/swift-routes/swift-routes.toml"
};
static const unsigned char PluginAPI_Templates_swift_routes_test[] = {
#embed "../../PluginAPI/Templates/swift-routes/test"
};
static const unsigned char PluginAPI_Templates_swift_sink__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-sink/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_sink_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-sink/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_sink_README_md[] = {
#embed "../../PluginAPI/Templates/swift-sink/README.md"
};
static const unsigned char PluginAPI_Templates_swift_sink_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-sink/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_sink_Tests_TallyTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-sink/Tests/TallyTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_sink_build[] = {
#embed "../../PluginAPI/Templates/swift-sink/build"
};
static const unsigned char PluginAPI_Templates_swift_sink_swift_sink_toml[] = {
#embed "../../PluginAPI/Templates/swift-sink/swift-sink.toml"
};
static const unsigned char PluginAPI_Templates_swift_sink_test[] = {
#embed "../../PluginAPI/Templates/swift-sink/test"
};
static const unsigned char PluginAPI_Templates_swift_source__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-source/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_source_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-source/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_source_README_md[] = {
#embed "../../PluginAPI/Templates/swift-source/README.md"
};
static const unsigned char PluginAPI_Templates_swift_source_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-source/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_source_Tests_PaceTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-source/Tests/PaceTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_source_build[] = {
#embed "../../PluginAPI/Templates/swift-source/build"
};
static const unsigned char PluginAPI_Templates_swift_source_swift_source_toml[] = {
#embed "../../PluginAPI/Templates/swift-source/swift-source.toml"
};
static const unsigned char PluginAPI_Templates_swift_source_test[] = {
#embed "../../PluginAPI/Templates/swift-source/test"
};
static const unsigned char PluginAPI_Templates_swift_transform__gitignore[] = {
#embed "../../PluginAPI/Templates/swift-transform/.gitignore"
};
static const unsigned char PluginAPI_Templates_swift_transform_Package_swift[] = {
#embed "../../PluginAPI/Templates/swift-transform/Package.swift"
};
static const unsigned char PluginAPI_Templates_swift_transform_README_md[] = {
#embed "../../PluginAPI/Templates/swift-transform/README.md"
};
static const unsigned char PluginAPI_Templates_swift_transform_Sources_Plugin_swift[] = {
#embed "../../PluginAPI/Templates/swift-transform/Sources/Plugin.swift"
};
static const unsigned char PluginAPI_Templates_swift_transform_Tests_WaitingTests_swift[] = {
#embed "../../PluginAPI/Templates/swift-transform/Tests/WaitingTests.swift"
};
static const unsigned char PluginAPI_Templates_swift_transform_build[] = {
#embed "../../PluginAPI/Templates/swift-transform/build"
};
static const unsigned char PluginAPI_Templates_swift_transform_swift_transform_toml[] = {
#embed "../../PluginAPI/Templates/swift-transform/swift-transform.toml"
};
static const unsigned char PluginAPI_Templates_swift_transform_test[] = {
#embed "../../PluginAPI/Templates/swift-transform/test"
};
static const unsigned char LICENSE[] = {
#embed "../../LICENSE"
};
static const unsigned char PluginAPI_CSluice_include_module_modulemap[] = {
#embed "../../PluginAPI/CSluice/include/module.modulemap"
};
static const unsigned char PluginAPI_CSluice_include_sluice_auth_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/auth.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_broadcast_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/broadcast.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_buffer_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/buffer.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_command_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/command.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_config_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/config.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_core_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/core.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_draft_drafts_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/draft/drafts.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_draft_kv_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/draft/kv.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_draft_source_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/draft/source.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_draft_transform_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/draft/transform.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_event_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/event.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_exchange_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/exchange.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_fetch_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/fetch.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_handover_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/handover.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_log_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/log.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_metrics_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/metrics.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_net_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/net.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_observer_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/observer.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_protocol_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/protocol.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_routes_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/routes.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_selftest_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/selftest.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_sink_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/sink.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_sluice_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/sluice.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_stream_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/stream.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_task_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/task.h"
};
static const unsigned char PluginAPI_CSluice_include_sluice_time_h[] = {
#embed "../../PluginAPI/CSluice/include/sluice/time.h"
};
static const unsigned char PluginAPI_CKit_sluice_kit_h[] = {
#embed "../../PluginAPI/CKit/sluice_kit.h"
};
static const unsigned char PluginAPI_plugin_map[] = {
#embed "../../PluginAPI/plugin.map"
};
static const unsigned char PluginAPI_RustKit_auth_rs[] = {
#embed "../../PluginAPI/RustKit/auth.rs"
};
static const unsigned char PluginAPI_RustKit_json_rs[] = {
#embed "../../PluginAPI/RustKit/json.rs"
};
static const unsigned char PluginAPI_RustKit_kit_rs[] = {
#embed "../../PluginAPI/RustKit/kit.rs"
};
static const unsigned char PluginAPI_RustKit_protocol_rs[] = {
#embed "../../PluginAPI/RustKit/protocol.rs"
};
static const unsigned char PluginAPI_RustKit_routes_rs[] = {
#embed "../../PluginAPI/RustKit/routes.rs"
};
static const unsigned char PluginAPI_RustKit_sink_rs[] = {
#embed "../../PluginAPI/RustKit/sink.rs"
};
static const unsigned char PluginAPI_RustKit_sluice_rs[] = {
#embed "../../PluginAPI/RustKit/sluice.rs"
};
static const unsigned char PluginAPI_RustKit_source_rs[] = {
#embed "../../PluginAPI/RustKit/source.rs"
};
static const unsigned char PluginAPI_RustKit_transform_rs[] = {
#embed "../../PluginAPI/RustKit/transform.rs"
};
static const unsigned char PluginAPI_CSluice_CSluice_c[] = {
#embed "../../PluginAPI/CSluice/CSluice.c"
};
static const unsigned char PluginAPI_CSluice_layout_h[] = {
#embed "../../PluginAPI/CSluice/layout.h"
};
static const unsigned char PluginAPI_SluiceKit_Auth_AuthQuestion_swift[] = {
#embed "../../PluginAPI/SluiceKit/Auth/AuthQuestion.swift"
};
static const unsigned char PluginAPI_SluiceKit_Auth_Authenticator_swift[] = {
#embed "../../PluginAPI/SluiceKit/Auth/Authenticator.swift"
};
static const unsigned char PluginAPI_SluiceKit_Auth_Verdict_swift[] = {
#embed "../../PluginAPI/SluiceKit/Auth/Verdict.swift"
};
static const unsigned char PluginAPI_SluiceKit_Command_CommandRunner_swift[] = {
#embed "../../PluginAPI/SluiceKit/Command/CommandRunner.swift"
};
static const unsigned char PluginAPI_SluiceKit_Handover_Handover_swift[] = {
#embed "../../PluginAPI/SluiceKit/Handover/Handover.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_Exports_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/Exports.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_InterfaceTables_Steps_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/InterfaceTables+Steps.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_InterfaceTables_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/InterfaceTables.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_Plugin_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/Plugin.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_SluiceModule_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/SluiceModule.swift"
};
static const unsigned char PluginAPI_SluiceKit_Module_Text_swift[] = {
#embed "../../PluginAPI/SluiceKit/Module/Text.swift"
};
static const unsigned char PluginAPI_SluiceKit_Protocol_Connection_Auth_swift[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Connection+Auth.swift"
};
static const unsigned char PluginAPI_SluiceKit_Protocol_Connection_swift[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Connection.swift"
};
static const unsigned char PluginAPI_SluiceKit_Protocol_ProtocolServer_swift[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/ProtocolServer.swift"
};
static const unsigned char PluginAPI_SluiceKit_Protocol_Publication_swift[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Publication.swift"
};
static const unsigned char PluginAPI_SluiceKit_Routes_Exchange_swift[] = {
#embed "../../PluginAPI/SluiceKit/Routes/Exchange.swift"
};
static const unsigned char PluginAPI_SluiceKit_Routes_RouteHandler_swift[] = {
#embed "../../PluginAPI/SluiceKit/Routes/RouteHandler.swift"
};
static const unsigned char PluginAPI_SluiceKit_Services_Host_Fetch_swift[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host+Fetch.swift"
};
static const unsigned char PluginAPI_SluiceKit_Services_Host_Task_swift[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host+Task.swift"
};
static const unsigned char PluginAPI_SluiceKit_Services_Host_Timer_swift[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host+Timer.swift"
};
static const unsigned char PluginAPI_SluiceKit_Services_Host_swift[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host.swift"
};
static const unsigned char PluginAPI_SluiceKit_Services_Metric_swift[] = {
#embed "../../PluginAPI/SluiceKit/Services/Metric.swift"
};
static const unsigned char PluginAPI_SluiceKit_Sink_BorrowedFrame_Retain_swift[] = {
#embed "../../PluginAPI/SluiceKit/Sink/BorrowedFrame+Retain.swift"
};
static const unsigned char PluginAPI_SluiceKit_Sink_BorrowedFrame_swift[] = {
#embed "../../PluginAPI/SluiceKit/Sink/BorrowedFrame.swift"
};
static const unsigned char PluginAPI_SluiceKit_Sink_Sink_swift[] = {
#embed "../../PluginAPI/SluiceKit/Sink/Sink.swift"
};
static const unsigned char PluginAPI_SluiceKit_Sink_Track_swift[] = {
#embed "../../PluginAPI/SluiceKit/Sink/Track.swift"
};
static const unsigned char PluginAPI_SluiceKit_Source_Source_swift[] = {
#embed "../../PluginAPI/SluiceKit/Source/Source.swift"
};
static const unsigned char PluginAPI_SluiceKit_Transform_Transform_swift[] = {
#embed "../../PluginAPI/SluiceKit/Transform/Transform.swift"
};
static const unsigned char PluginAPI_JSON_JSONError_swift[] = {
#embed "../../PluginAPI/JSON/JSONError.swift"
};
static const unsigned char PluginAPI_JSON_JSONLimits_swift[] = {
#embed "../../PluginAPI/JSON/JSONLimits.swift"
};
static const unsigned char PluginAPI_JSON_JSONObject_swift[] = {
#embed "../../PluginAPI/JSON/JSONObject.swift"
};
static const unsigned char PluginAPI_JSON_JSONParser_swift[] = {
#embed "../../PluginAPI/JSON/JSONParser.swift"
};
static const unsigned char PluginAPI_JSON_JSONValue_Accessors_swift[] = {
#embed "../../PluginAPI/JSON/JSONValue+Accessors.swift"
};
static const unsigned char PluginAPI_JSON_JSONValue_Literals_swift[] = {
#embed "../../PluginAPI/JSON/JSONValue+Literals.swift"
};
static const unsigned char PluginAPI_JSON_JSONValue_swift[] = {
#embed "../../PluginAPI/JSON/JSONValue.swift"
};
static const unsigned char PluginAPI_JSON_JSONWriter_swift[] = {
#embed "../../PluginAPI/JSON/JSONWriter.swift"
};

static const templates_file files[] = {
    {"c-auth", ".gitignore", PluginAPI_Templates_c_auth__gitignore, sizeof PluginAPI_Templates_c_auth__gitignore, 0},
    {"c-auth", "README.md", PluginAPI_Templates_c_auth_README_md, sizeof PluginAPI_Templates_c_auth_README_md, 0},
    {"c-auth", "build", PluginAPI_Templates_c_auth_build, sizeof PluginAPI_Templates_c_auth_build, 1},
    {"c-auth", "c-auth.toml", PluginAPI_Templates_c_auth_c_auth_toml, sizeof PluginAPI_Templates_c_auth_c_auth_toml, 0},
    {"c-auth", "plugin.c", PluginAPI_Templates_c_auth_plugin_c, sizeof PluginAPI_Templates_c_auth_plugin_c, 0},
    {"c-auth", "test", PluginAPI_Templates_c_auth_test, sizeof PluginAPI_Templates_c_auth_test, 1},
    {"c-auth", "test.c", PluginAPI_Templates_c_auth_test_c, sizeof PluginAPI_Templates_c_auth_test_c, 0},
    {"c-protocol", ".gitignore", PluginAPI_Templates_c_protocol__gitignore, sizeof PluginAPI_Templates_c_protocol__gitignore, 0},
    {"c-protocol", "README.md", PluginAPI_Templates_c_protocol_README_md, sizeof PluginAPI_Templates_c_protocol_README_md, 0},
    {"c-protocol", "build", PluginAPI_Templates_c_protocol_build, sizeof PluginAPI_Templates_c_protocol_build, 1},
    {"c-protocol", "c-protocol.toml", PluginAPI_Templates_c_protocol_c_protocol_toml, sizeof PluginAPI_Templates_c_protocol_c_protocol_toml, 0},
    {"c-protocol", "plugin.c", PluginAPI_Templates_c_protocol_plugin_c, sizeof PluginAPI_Templates_c_protocol_plugin_c, 0},
    {"c-protocol", "test", PluginAPI_Templates_c_protocol_test, sizeof PluginAPI_Templates_c_protocol_test, 1},
    {"c-protocol", "test.c", PluginAPI_Templates_c_protocol_test_c, sizeof PluginAPI_Templates_c_protocol_test_c, 0},
    {"c-routes", ".gitignore", PluginAPI_Templates_c_routes__gitignore, sizeof PluginAPI_Templates_c_routes__gitignore, 0},
    {"c-routes", "README.md", PluginAPI_Templates_c_routes_README_md, sizeof PluginAPI_Templates_c_routes_README_md, 0},
    {"c-routes", "build", PluginAPI_Templates_c_routes_build, sizeof PluginAPI_Templates_c_routes_build, 1},
    {"c-routes", "c-routes.toml", PluginAPI_Templates_c_routes_c_routes_toml, sizeof PluginAPI_Templates_c_routes_c_routes_toml, 0},
    {"c-routes", "plugin.c", PluginAPI_Templates_c_routes_plugin_c, sizeof PluginAPI_Templates_c_routes_plugin_c, 0},
    {"c-routes", "test", PluginAPI_Templates_c_routes_test, sizeof PluginAPI_Templates_c_routes_test, 1},
    {"c-routes", "test.c", PluginAPI_Templates_c_routes_test_c, sizeof PluginAPI_Templates_c_routes_test_c, 0},
    {"c-sink", ".gitignore", PluginAPI_Templates_c_sink__gitignore, sizeof PluginAPI_Templates_c_sink__gitignore, 0},
    {"c-sink", "README.md", PluginAPI_Templates_c_sink_README_md, sizeof PluginAPI_Templates_c_sink_README_md, 0},
    {"c-sink", "build", PluginAPI_Templates_c_sink_build, sizeof PluginAPI_Templates_c_sink_build, 1},
    {"c-sink", "c-sink.toml", PluginAPI_Templates_c_sink_c_sink_toml, sizeof PluginAPI_Templates_c_sink_c_sink_toml, 0},
    {"c-sink", "plugin.c", PluginAPI_Templates_c_sink_plugin_c, sizeof PluginAPI_Templates_c_sink_plugin_c, 0},
    {"c-sink", "test", PluginAPI_Templates_c_sink_test, sizeof PluginAPI_Templates_c_sink_test, 1},
    {"c-sink", "test.c", PluginAPI_Templates_c_sink_test_c, sizeof PluginAPI_Templates_c_sink_test_c, 0},
    {"c-source", ".gitignore", PluginAPI_Templates_c_source__gitignore, sizeof PluginAPI_Templates_c_source__gitignore, 0},
    {"c-source", "README.md", PluginAPI_Templates_c_source_README_md, sizeof PluginAPI_Templates_c_source_README_md, 0},
    {"c-source", "build", PluginAPI_Templates_c_source_build, sizeof PluginAPI_Templates_c_source_build, 1},
    {"c-source", "c-source.toml", PluginAPI_Templates_c_source_c_source_toml, sizeof PluginAPI_Templates_c_source_c_source_toml, 0},
    {"c-source", "plugin.c", PluginAPI_Templates_c_source_plugin_c, sizeof PluginAPI_Templates_c_source_plugin_c, 0},
    {"c-source", "test", PluginAPI_Templates_c_source_test, sizeof PluginAPI_Templates_c_source_test, 1},
    {"c-source", "test.c", PluginAPI_Templates_c_source_test_c, sizeof PluginAPI_Templates_c_source_test_c, 0},
    {"c-transform", ".gitignore", PluginAPI_Templates_c_transform__gitignore, sizeof PluginAPI_Templates_c_transform__gitignore, 0},
    {"c-transform", "README.md", PluginAPI_Templates_c_transform_README_md, sizeof PluginAPI_Templates_c_transform_README_md, 0},
    {"c-transform", "build", PluginAPI_Templates_c_transform_build, sizeof PluginAPI_Templates_c_transform_build, 1},
    {"c-transform", "c-transform.toml", PluginAPI_Templates_c_transform_c_transform_toml, sizeof PluginAPI_Templates_c_transform_c_transform_toml, 0},
    {"c-transform", "plugin.c", PluginAPI_Templates_c_transform_plugin_c, sizeof PluginAPI_Templates_c_transform_plugin_c, 0},
    {"c-transform", "test", PluginAPI_Templates_c_transform_test, sizeof PluginAPI_Templates_c_transform_test, 1},
    {"c-transform", "test.c", PluginAPI_Templates_c_transform_test_c, sizeof PluginAPI_Templates_c_transform_test_c, 0},
    {"rust-auth", ".gitignore", PluginAPI_Templates_rust_auth__gitignore, sizeof PluginAPI_Templates_rust_auth__gitignore, 0},
    {"rust-auth", "Cargo.toml", PluginAPI_Templates_rust_auth_Cargo_toml, sizeof PluginAPI_Templates_rust_auth_Cargo_toml, 0},
    {"rust-auth", "README.md", PluginAPI_Templates_rust_auth_README_md, sizeof PluginAPI_Templates_rust_auth_README_md, 0},
    {"rust-auth", "build", PluginAPI_Templates_rust_auth_build, sizeof PluginAPI_Templates_rust_auth_build, 1},
    {"rust-auth", "rust-auth.toml", PluginAPI_Templates_rust_auth_rust_auth_toml, sizeof PluginAPI_Templates_rust_auth_rust_auth_toml, 0},
    {"rust-auth", "src/lib.rs", PluginAPI_Templates_rust_auth_src_lib_rs, sizeof PluginAPI_Templates_rust_auth_src_lib_rs, 0},
    {"rust-auth", "src/tests.rs", PluginAPI_Templates_rust_auth_src_tests_rs, sizeof PluginAPI_Templates_rust_auth_src_tests_rs, 0},
    {"rust-auth", "test", PluginAPI_Templates_rust_auth_test, sizeof PluginAPI_Templates_rust_auth_test, 1},
    {"rust-protocol", ".gitignore", PluginAPI_Templates_rust_protocol__gitignore, sizeof PluginAPI_Templates_rust_protocol__gitignore, 0},
    {"rust-protocol", "Cargo.toml", PluginAPI_Templates_rust_protocol_Cargo_toml, sizeof PluginAPI_Templates_rust_protocol_Cargo_toml, 0},
    {"rust-protocol", "README.md", PluginAPI_Templates_rust_protocol_README_md, sizeof PluginAPI_Templates_rust_protocol_README_md, 0},
    {"rust-protocol", "build", PluginAPI_Templates_rust_protocol_build, sizeof PluginAPI_Templates_rust_protocol_build, 1},
    {"rust-protocol", "rust-protocol.toml", PluginAPI_Templates_rust_protocol_rust_protocol_toml, sizeof PluginAPI_Templates_rust_protocol_rust_protocol_toml, 0},
    {"rust-protocol", "src/lib.rs", PluginAPI_Templates_rust_protocol_src_lib_rs, sizeof PluginAPI_Templates_rust_protocol_src_lib_rs, 0},
    {"rust-protocol", "src/tests.rs", PluginAPI_Templates_rust_protocol_src_tests_rs, sizeof PluginAPI_Templates_rust_protocol_src_tests_rs, 0},
    {"rust-protocol", "test", PluginAPI_Templates_rust_protocol_test, sizeof PluginAPI_Templates_rust_protocol_test, 1},
    {"rust-routes", ".gitignore", PluginAPI_Templates_rust_routes__gitignore, sizeof PluginAPI_Templates_rust_routes__gitignore, 0},
    {"rust-routes", "Cargo.toml", PluginAPI_Templates_rust_routes_Cargo_toml, sizeof PluginAPI_Templates_rust_routes_Cargo_toml, 0},
    {"rust-routes", "README.md", PluginAPI_Templates_rust_routes_README_md, sizeof PluginAPI_Templates_rust_routes_README_md, 0},
    {"rust-routes", "build", PluginAPI_Templates_rust_routes_build, sizeof PluginAPI_Templates_rust_routes_build, 1},
    {"rust-routes", "rust-routes.toml", PluginAPI_Templates_rust_routes_rust_routes_toml, sizeof PluginAPI_Templates_rust_routes_rust_routes_toml, 0},
    {"rust-routes", "src/lib.rs", PluginAPI_Templates_rust_routes_src_lib_rs, sizeof PluginAPI_Templates_rust_routes_src_lib_rs, 0},
    {"rust-routes", "src/tests.rs", PluginAPI_Templates_rust_routes_src_tests_rs, sizeof PluginAPI_Templates_rust_routes_src_tests_rs, 0},
    {"rust-routes", "test", PluginAPI_Templates_rust_routes_test, sizeof PluginAPI_Templates_rust_routes_test, 1},
    {"rust-sink", ".gitignore", PluginAPI_Templates_rust_sink__gitignore, sizeof PluginAPI_Templates_rust_sink__gitignore, 0},
    {"rust-sink", "Cargo.toml", PluginAPI_Templates_rust_sink_Cargo_toml, sizeof PluginAPI_Templates_rust_sink_Cargo_toml, 0},
    {"rust-sink", "README.md", PluginAPI_Templates_rust_sink_README_md, sizeof PluginAPI_Templates_rust_sink_README_md, 0},
    {"rust-sink", "build", PluginAPI_Templates_rust_sink_build, sizeof PluginAPI_Templates_rust_sink_build, 1},
    {"rust-sink", "rust-sink.toml", PluginAPI_Templates_rust_sink_rust_sink_toml, sizeof PluginAPI_Templates_rust_sink_rust_sink_toml, 0},
    {"rust-sink", "src/lib.rs", PluginAPI_Templates_rust_sink_src_lib_rs, sizeof PluginAPI_Templates_rust_sink_src_lib_rs, 0},
    {"rust-sink", "src/tests.rs", PluginAPI_Templates_rust_sink_src_tests_rs, sizeof PluginAPI_Templates_rust_sink_src_tests_rs, 0},
    {"rust-sink", "test", PluginAPI_Templates_rust_sink_test, sizeof PluginAPI_Templates_rust_sink_test, 1},
    {"rust-source", ".gitignore", PluginAPI_Templates_rust_source__gitignore, sizeof PluginAPI_Templates_rust_source__gitignore, 0},
    {"rust-source", "Cargo.toml", PluginAPI_Templates_rust_source_Cargo_toml, sizeof PluginAPI_Templates_rust_source_Cargo_toml, 0},
    {"rust-source", "README.md", PluginAPI_Templates_rust_source_README_md, sizeof PluginAPI_Templates_rust_source_README_md, 0},
    {"rust-source", "build", PluginAPI_Templates_rust_source_build, sizeof PluginAPI_Templates_rust_source_build, 1},
    {"rust-source", "rust-source.toml", PluginAPI_Templates_rust_source_rust_source_toml, sizeof PluginAPI_Templates_rust_source_rust_source_toml, 0},
    {"rust-source", "src/lib.rs", PluginAPI_Templates_rust_source_src_lib_rs, sizeof PluginAPI_Templates_rust_source_src_lib_rs, 0},
    {"rust-source", "src/tests.rs", PluginAPI_Templates_rust_source_src_tests_rs, sizeof PluginAPI_Templates_rust_source_src_tests_rs, 0},
    {"rust-source", "test", PluginAPI_Templates_rust_source_test, sizeof PluginAPI_Templates_rust_source_test, 1},
    {"rust-transform", ".gitignore", PluginAPI_Templates_rust_transform__gitignore, sizeof PluginAPI_Templates_rust_transform__gitignore, 0},
    {"rust-transform", "Cargo.toml", PluginAPI_Templates_rust_transform_Cargo_toml, sizeof PluginAPI_Templates_rust_transform_Cargo_toml, 0},
    {"rust-transform", "README.md", PluginAPI_Templates_rust_transform_README_md, sizeof PluginAPI_Templates_rust_transform_README_md, 0},
    {"rust-transform", "build", PluginAPI_Templates_rust_transform_build, sizeof PluginAPI_Templates_rust_transform_build, 1},
    {"rust-transform", "rust-transform.toml", PluginAPI_Templates_rust_transform_rust_transform_toml, sizeof PluginAPI_Templates_rust_transform_rust_transform_toml, 0},
    {"rust-transform", "src/lib.rs", PluginAPI_Templates_rust_transform_src_lib_rs, sizeof PluginAPI_Templates_rust_transform_src_lib_rs, 0},
    {"rust-transform", "src/tests.rs", PluginAPI_Templates_rust_transform_src_tests_rs, sizeof PluginAPI_Templates_rust_transform_src_tests_rs, 0},
    {"rust-transform", "test", PluginAPI_Templates_rust_transform_test, sizeof PluginAPI_Templates_rust_transform_test, 1},
    {"swift-auth", ".gitignore", PluginAPI_Templates_swift_auth__gitignore, sizeof PluginAPI_Templates_swift_auth__gitignore, 0},
    {"swift-auth", "Package.swift", PluginAPI_Templates_swift_auth_Package_swift, sizeof PluginAPI_Templates_swift_auth_Package_swift, 0},
    {"swift-auth", "README.md", PluginAPI_Templates_swift_auth_README_md, sizeof PluginAPI_Templates_swift_auth_README_md, 0},
    {"swift-auth", "Sources/Plugin.swift", PluginAPI_Templates_swift_auth_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_auth_Sources_Plugin_swift, 0},
    {"swift-auth", "Tests/JudgeTests.swift", PluginAPI_Templates_swift_auth_Tests_JudgeTests_swift, sizeof PluginAPI_Templates_swift_auth_Tests_JudgeTests_swift, 0},
    {"swift-auth", "build", PluginAPI_Templates_swift_auth_build, sizeof PluginAPI_Templates_swift_auth_build, 1},
    {"swift-auth", "swift-auth.toml", PluginAPI_Templates_swift_auth_swift_auth_toml, sizeof PluginAPI_Templates_swift_auth_swift_auth_toml, 0},
    {"swift-auth", "test", PluginAPI_Templates_swift_auth_test, sizeof PluginAPI_Templates_swift_auth_test, 1},
    {"swift-protocol", ".gitignore", PluginAPI_Templates_swift_protocol__gitignore, sizeof PluginAPI_Templates_swift_protocol__gitignore, 0},
    {"swift-protocol", "Package.swift", PluginAPI_Templates_swift_protocol_Package_swift, sizeof PluginAPI_Templates_swift_protocol_Package_swift, 0},
    {"swift-protocol", "README.md", PluginAPI_Templates_swift_protocol_README_md, sizeof PluginAPI_Templates_swift_protocol_README_md, 0},
    {"swift-protocol", "Sources/Plugin.swift", PluginAPI_Templates_swift_protocol_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_protocol_Sources_Plugin_swift, 0},
    {"swift-protocol", "Tests/LinesTests.swift", PluginAPI_Templates_swift_protocol_Tests_LinesTests_swift, sizeof PluginAPI_Templates_swift_protocol_Tests_LinesTests_swift, 0},
    {"swift-protocol", "build", PluginAPI_Templates_swift_protocol_build, sizeof PluginAPI_Templates_swift_protocol_build, 1},
    {"swift-protocol", "swift-protocol.toml", PluginAPI_Templates_swift_protocol_swift_protocol_toml, sizeof PluginAPI_Templates_swift_protocol_swift_protocol_toml, 0},
    {"swift-protocol", "test", PluginAPI_Templates_swift_protocol_test, sizeof PluginAPI_Templates_swift_protocol_test, 1},
    {"swift-routes", ".gitignore", PluginAPI_Templates_swift_routes__gitignore, sizeof PluginAPI_Templates_swift_routes__gitignore, 0},
    {"swift-routes", "Package.swift", PluginAPI_Templates_swift_routes_Package_swift, sizeof PluginAPI_Templates_swift_routes_Package_swift, 0},
    {"swift-routes", "README.md", PluginAPI_Templates_swift_routes_README_md, sizeof PluginAPI_Templates_swift_routes_README_md, 0},
    {"swift-routes", "Sources/Plugin.swift", PluginAPI_Templates_swift_routes_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_routes_Sources_Plugin_swift, 0},
    {"swift-routes", "Tests/GreetingTests.swift", PluginAPI_Templates_swift_routes_Tests_GreetingTests_swift, sizeof PluginAPI_Templates_swift_routes_Tests_GreetingTests_swift, 0},
    {"swift-routes", "build", PluginAPI_Templates_swift_routes_build, sizeof PluginAPI_Templates_swift_routes_build, 1},
    {"swift-routes", "swift-routes.toml", PluginAPI_Templates_swift_routes_swift_routes_toml, sizeof PluginAPI_Templates_swift_routes_swift_routes_toml, 0},
    {"swift-routes", "test", PluginAPI_Templates_swift_routes_test, sizeof PluginAPI_Templates_swift_routes_test, 1},
    {"swift-sink", ".gitignore", PluginAPI_Templates_swift_sink__gitignore, sizeof PluginAPI_Templates_swift_sink__gitignore, 0},
    {"swift-sink", "Package.swift", PluginAPI_Templates_swift_sink_Package_swift, sizeof PluginAPI_Templates_swift_sink_Package_swift, 0},
    {"swift-sink", "README.md", PluginAPI_Templates_swift_sink_README_md, sizeof PluginAPI_Templates_swift_sink_README_md, 0},
    {"swift-sink", "Sources/Plugin.swift", PluginAPI_Templates_swift_sink_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_sink_Sources_Plugin_swift, 0},
    {"swift-sink", "Tests/TallyTests.swift", PluginAPI_Templates_swift_sink_Tests_TallyTests_swift, sizeof PluginAPI_Templates_swift_sink_Tests_TallyTests_swift, 0},
    {"swift-sink", "build", PluginAPI_Templates_swift_sink_build, sizeof PluginAPI_Templates_swift_sink_build, 1},
    {"swift-sink", "swift-sink.toml", PluginAPI_Templates_swift_sink_swift_sink_toml, sizeof PluginAPI_Templates_swift_sink_swift_sink_toml, 0},
    {"swift-sink", "test", PluginAPI_Templates_swift_sink_test, sizeof PluginAPI_Templates_swift_sink_test, 1},
    {"swift-source", ".gitignore", PluginAPI_Templates_swift_source__gitignore, sizeof PluginAPI_Templates_swift_source__gitignore, 0},
    {"swift-source", "Package.swift", PluginAPI_Templates_swift_source_Package_swift, sizeof PluginAPI_Templates_swift_source_Package_swift, 0},
    {"swift-source", "README.md", PluginAPI_Templates_swift_source_README_md, sizeof PluginAPI_Templates_swift_source_README_md, 0},
    {"swift-source", "Sources/Plugin.swift", PluginAPI_Templates_swift_source_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_source_Sources_Plugin_swift, 0},
    {"swift-source", "Tests/PaceTests.swift", PluginAPI_Templates_swift_source_Tests_PaceTests_swift, sizeof PluginAPI_Templates_swift_source_Tests_PaceTests_swift, 0},
    {"swift-source", "build", PluginAPI_Templates_swift_source_build, sizeof PluginAPI_Templates_swift_source_build, 1},
    {"swift-source", "swift-source.toml", PluginAPI_Templates_swift_source_swift_source_toml, sizeof PluginAPI_Templates_swift_source_swift_source_toml, 0},
    {"swift-source", "test", PluginAPI_Templates_swift_source_test, sizeof PluginAPI_Templates_swift_source_test, 1},
    {"swift-transform", ".gitignore", PluginAPI_Templates_swift_transform__gitignore, sizeof PluginAPI_Templates_swift_transform__gitignore, 0},
    {"swift-transform", "Package.swift", PluginAPI_Templates_swift_transform_Package_swift, sizeof PluginAPI_Templates_swift_transform_Package_swift, 0},
    {"swift-transform", "README.md", PluginAPI_Templates_swift_transform_README_md, sizeof PluginAPI_Templates_swift_transform_README_md, 0},
    {"swift-transform", "Sources/Plugin.swift", PluginAPI_Templates_swift_transform_Sources_Plugin_swift, sizeof PluginAPI_Templates_swift_transform_Sources_Plugin_swift, 0},
    {"swift-transform", "Tests/WaitingTests.swift", PluginAPI_Templates_swift_transform_Tests_WaitingTests_swift, sizeof PluginAPI_Templates_swift_transform_Tests_WaitingTests_swift, 0},
    {"swift-transform", "build", PluginAPI_Templates_swift_transform_build, sizeof PluginAPI_Templates_swift_transform_build, 1},
    {"swift-transform", "swift-transform.toml", PluginAPI_Templates_swift_transform_swift_transform_toml, sizeof PluginAPI_Templates_swift_transform_swift_transform_toml, 0},
    {"swift-transform", "test", PluginAPI_Templates_swift_transform_test, sizeof PluginAPI_Templates_swift_transform_test, 1},
    {"c", "sdk/LICENSE", LICENSE, sizeof LICENSE, 0},
    {"rust", "sdk/LICENSE", LICENSE, sizeof LICENSE, 0},
    {"swift", "sdk/LICENSE", LICENSE, sizeof LICENSE, 0},
    {"c", "sdk/include/module.modulemap", PluginAPI_CSluice_include_module_modulemap, sizeof PluginAPI_CSluice_include_module_modulemap, 0},
    {"c", "sdk/include/sluice/auth.h", PluginAPI_CSluice_include_sluice_auth_h, sizeof PluginAPI_CSluice_include_sluice_auth_h, 0},
    {"c", "sdk/include/sluice/broadcast.h", PluginAPI_CSluice_include_sluice_broadcast_h, sizeof PluginAPI_CSluice_include_sluice_broadcast_h, 0},
    {"c", "sdk/include/sluice/buffer.h", PluginAPI_CSluice_include_sluice_buffer_h, sizeof PluginAPI_CSluice_include_sluice_buffer_h, 0},
    {"c", "sdk/include/sluice/command.h", PluginAPI_CSluice_include_sluice_command_h, sizeof PluginAPI_CSluice_include_sluice_command_h, 0},
    {"c", "sdk/include/sluice/config.h", PluginAPI_CSluice_include_sluice_config_h, sizeof PluginAPI_CSluice_include_sluice_config_h, 0},
    {"c", "sdk/include/sluice/core.h", PluginAPI_CSluice_include_sluice_core_h, sizeof PluginAPI_CSluice_include_sluice_core_h, 0},
    {"c", "sdk/include/sluice/draft/drafts.h", PluginAPI_CSluice_include_sluice_draft_drafts_h, sizeof PluginAPI_CSluice_include_sluice_draft_drafts_h, 0},
    {"c", "sdk/include/sluice/draft/kv.h", PluginAPI_CSluice_include_sluice_draft_kv_h, sizeof PluginAPI_CSluice_include_sluice_draft_kv_h, 0},
    {"c", "sdk/include/sluice/draft/source.h", PluginAPI_CSluice_include_sluice_draft_source_h, sizeof PluginAPI_CSluice_include_sluice_draft_source_h, 0},
    {"c", "sdk/include/sluice/draft/transform.h", PluginAPI_CSluice_include_sluice_draft_transform_h, sizeof PluginAPI_CSluice_include_sluice_draft_transform_h, 0},
    {"c", "sdk/include/sluice/event.h", PluginAPI_CSluice_include_sluice_event_h, sizeof PluginAPI_CSluice_include_sluice_event_h, 0},
    {"c", "sdk/include/sluice/exchange.h", PluginAPI_CSluice_include_sluice_exchange_h, sizeof PluginAPI_CSluice_include_sluice_exchange_h, 0},
    {"c", "sdk/include/sluice/fetch.h", PluginAPI_CSluice_include_sluice_fetch_h, sizeof PluginAPI_CSluice_include_sluice_fetch_h, 0},
    {"c", "sdk/include/sluice/handover.h", PluginAPI_CSluice_include_sluice_handover_h, sizeof PluginAPI_CSluice_include_sluice_handover_h, 0},
    {"c", "sdk/include/sluice/log.h", PluginAPI_CSluice_include_sluice_log_h, sizeof PluginAPI_CSluice_include_sluice_log_h, 0},
    {"c", "sdk/include/sluice/metrics.h", PluginAPI_CSluice_include_sluice_metrics_h, sizeof PluginAPI_CSluice_include_sluice_metrics_h, 0},
    {"c", "sdk/include/sluice/net.h", PluginAPI_CSluice_include_sluice_net_h, sizeof PluginAPI_CSluice_include_sluice_net_h, 0},
    {"c", "sdk/include/sluice/observer.h", PluginAPI_CSluice_include_sluice_observer_h, sizeof PluginAPI_CSluice_include_sluice_observer_h, 0},
    {"c", "sdk/include/sluice/protocol.h", PluginAPI_CSluice_include_sluice_protocol_h, sizeof PluginAPI_CSluice_include_sluice_protocol_h, 0},
    {"c", "sdk/include/sluice/routes.h", PluginAPI_CSluice_include_sluice_routes_h, sizeof PluginAPI_CSluice_include_sluice_routes_h, 0},
    {"c", "sdk/include/sluice/selftest.h", PluginAPI_CSluice_include_sluice_selftest_h, sizeof PluginAPI_CSluice_include_sluice_selftest_h, 0},
    {"c", "sdk/include/sluice/sink.h", PluginAPI_CSluice_include_sluice_sink_h, sizeof PluginAPI_CSluice_include_sluice_sink_h, 0},
    {"c", "sdk/include/sluice/sluice.h", PluginAPI_CSluice_include_sluice_sluice_h, sizeof PluginAPI_CSluice_include_sluice_sluice_h, 0},
    {"c", "sdk/include/sluice/stream.h", PluginAPI_CSluice_include_sluice_stream_h, sizeof PluginAPI_CSluice_include_sluice_stream_h, 0},
    {"c", "sdk/include/sluice/task.h", PluginAPI_CSluice_include_sluice_task_h, sizeof PluginAPI_CSluice_include_sluice_task_h, 0},
    {"c", "sdk/include/sluice/time.h", PluginAPI_CSluice_include_sluice_time_h, sizeof PluginAPI_CSluice_include_sluice_time_h, 0},
    {"c", "sdk/sluice_kit.h", PluginAPI_CKit_sluice_kit_h, sizeof PluginAPI_CKit_sluice_kit_h, 0},
    {"c", "sdk/plugin.map", PluginAPI_plugin_map, sizeof PluginAPI_plugin_map, 0},
    {"rust", "sdk/auth.rs", PluginAPI_RustKit_auth_rs, sizeof PluginAPI_RustKit_auth_rs, 0},
    {"rust", "sdk/json.rs", PluginAPI_RustKit_json_rs, sizeof PluginAPI_RustKit_json_rs, 0},
    {"rust", "sdk/kit.rs", PluginAPI_RustKit_kit_rs, sizeof PluginAPI_RustKit_kit_rs, 0},
    {"rust", "sdk/protocol.rs", PluginAPI_RustKit_protocol_rs, sizeof PluginAPI_RustKit_protocol_rs, 0},
    {"rust", "sdk/routes.rs", PluginAPI_RustKit_routes_rs, sizeof PluginAPI_RustKit_routes_rs, 0},
    {"rust", "sdk/sink.rs", PluginAPI_RustKit_sink_rs, sizeof PluginAPI_RustKit_sink_rs, 0},
    {"rust", "sdk/sluice.rs", PluginAPI_RustKit_sluice_rs, sizeof PluginAPI_RustKit_sluice_rs, 0},
    {"rust", "sdk/source.rs", PluginAPI_RustKit_source_rs, sizeof PluginAPI_RustKit_source_rs, 0},
    {"rust", "sdk/transform.rs", PluginAPI_RustKit_transform_rs, sizeof PluginAPI_RustKit_transform_rs, 0},
    {"swift", "sdk/CSluice/CSluice.c", PluginAPI_CSluice_CSluice_c, sizeof PluginAPI_CSluice_CSluice_c, 0},
    {"swift", "sdk/CSluice/include/module.modulemap", PluginAPI_CSluice_include_module_modulemap, sizeof PluginAPI_CSluice_include_module_modulemap, 0},
    {"swift", "sdk/CSluice/include/sluice/auth.h", PluginAPI_CSluice_include_sluice_auth_h, sizeof PluginAPI_CSluice_include_sluice_auth_h, 0},
    {"swift", "sdk/CSluice/include/sluice/broadcast.h", PluginAPI_CSluice_include_sluice_broadcast_h, sizeof PluginAPI_CSluice_include_sluice_broadcast_h, 0},
    {"swift", "sdk/CSluice/include/sluice/buffer.h", PluginAPI_CSluice_include_sluice_buffer_h, sizeof PluginAPI_CSluice_include_sluice_buffer_h, 0},
    {"swift", "sdk/CSluice/include/sluice/command.h", PluginAPI_CSluice_include_sluice_command_h, sizeof PluginAPI_CSluice_include_sluice_command_h, 0},
    {"swift", "sdk/CSluice/include/sluice/config.h", PluginAPI_CSluice_include_sluice_config_h, sizeof PluginAPI_CSluice_include_sluice_config_h, 0},
    {"swift", "sdk/CSluice/include/sluice/core.h", PluginAPI_CSluice_include_sluice_core_h, sizeof PluginAPI_CSluice_include_sluice_core_h, 0},
    {"swift", "sdk/CSluice/include/sluice/draft/drafts.h", PluginAPI_CSluice_include_sluice_draft_drafts_h, sizeof PluginAPI_CSluice_include_sluice_draft_drafts_h, 0},
    {"swift", "sdk/CSluice/include/sluice/draft/kv.h", PluginAPI_CSluice_include_sluice_draft_kv_h, sizeof PluginAPI_CSluice_include_sluice_draft_kv_h, 0},
    {"swift", "sdk/CSluice/include/sluice/draft/source.h", PluginAPI_CSluice_include_sluice_draft_source_h, sizeof PluginAPI_CSluice_include_sluice_draft_source_h, 0},
    {"swift", "sdk/CSluice/include/sluice/draft/transform.h", PluginAPI_CSluice_include_sluice_draft_transform_h, sizeof PluginAPI_CSluice_include_sluice_draft_transform_h, 0},
    {"swift", "sdk/CSluice/include/sluice/event.h", PluginAPI_CSluice_include_sluice_event_h, sizeof PluginAPI_CSluice_include_sluice_event_h, 0},
    {"swift", "sdk/CSluice/include/sluice/exchange.h", PluginAPI_CSluice_include_sluice_exchange_h, sizeof PluginAPI_CSluice_include_sluice_exchange_h, 0},
    {"swift", "sdk/CSluice/include/sluice/fetch.h", PluginAPI_CSluice_include_sluice_fetch_h, sizeof PluginAPI_CSluice_include_sluice_fetch_h, 0},
    {"swift", "sdk/CSluice/include/sluice/handover.h", PluginAPI_CSluice_include_sluice_handover_h, sizeof PluginAPI_CSluice_include_sluice_handover_h, 0},
    {"swift", "sdk/CSluice/include/sluice/log.h", PluginAPI_CSluice_include_sluice_log_h, sizeof PluginAPI_CSluice_include_sluice_log_h, 0},
    {"swift", "sdk/CSluice/include/sluice/metrics.h", PluginAPI_CSluice_include_sluice_metrics_h, sizeof PluginAPI_CSluice_include_sluice_metrics_h, 0},
    {"swift", "sdk/CSluice/include/sluice/net.h", PluginAPI_CSluice_include_sluice_net_h, sizeof PluginAPI_CSluice_include_sluice_net_h, 0},
    {"swift", "sdk/CSluice/include/sluice/observer.h", PluginAPI_CSluice_include_sluice_observer_h, sizeof PluginAPI_CSluice_include_sluice_observer_h, 0},
    {"swift", "sdk/CSluice/include/sluice/protocol.h", PluginAPI_CSluice_include_sluice_protocol_h, sizeof PluginAPI_CSluice_include_sluice_protocol_h, 0},
    {"swift", "sdk/CSluice/include/sluice/routes.h", PluginAPI_CSluice_include_sluice_routes_h, sizeof PluginAPI_CSluice_include_sluice_routes_h, 0},
    {"swift", "sdk/CSluice/include/sluice/selftest.h", PluginAPI_CSluice_include_sluice_selftest_h, sizeof PluginAPI_CSluice_include_sluice_selftest_h, 0},
    {"swift", "sdk/CSluice/include/sluice/sink.h", PluginAPI_CSluice_include_sluice_sink_h, sizeof PluginAPI_CSluice_include_sluice_sink_h, 0},
    {"swift", "sdk/CSluice/include/sluice/sluice.h", PluginAPI_CSluice_include_sluice_sluice_h, sizeof PluginAPI_CSluice_include_sluice_sluice_h, 0},
    {"swift", "sdk/CSluice/include/sluice/stream.h", PluginAPI_CSluice_include_sluice_stream_h, sizeof PluginAPI_CSluice_include_sluice_stream_h, 0},
    {"swift", "sdk/CSluice/include/sluice/task.h", PluginAPI_CSluice_include_sluice_task_h, sizeof PluginAPI_CSluice_include_sluice_task_h, 0},
    {"swift", "sdk/CSluice/include/sluice/time.h", PluginAPI_CSluice_include_sluice_time_h, sizeof PluginAPI_CSluice_include_sluice_time_h, 0},
    {"swift", "sdk/CSluice/layout.h", PluginAPI_CSluice_layout_h, sizeof PluginAPI_CSluice_layout_h, 0},
    {"swift", "sdk/SluiceKit/Auth/AuthQuestion.swift", PluginAPI_SluiceKit_Auth_AuthQuestion_swift, sizeof PluginAPI_SluiceKit_Auth_AuthQuestion_swift, 0},
    {"swift", "sdk/SluiceKit/Auth/Authenticator.swift", PluginAPI_SluiceKit_Auth_Authenticator_swift, sizeof PluginAPI_SluiceKit_Auth_Authenticator_swift, 0},
    {"swift", "sdk/SluiceKit/Auth/Verdict.swift", PluginAPI_SluiceKit_Auth_Verdict_swift, sizeof PluginAPI_SluiceKit_Auth_Verdict_swift, 0},
    {"swift", "sdk/SluiceKit/Command/CommandRunner.swift", PluginAPI_SluiceKit_Command_CommandRunner_swift, sizeof PluginAPI_SluiceKit_Command_CommandRunner_swift, 0},
    {"swift", "sdk/SluiceKit/Handover/Handover.swift", PluginAPI_SluiceKit_Handover_Handover_swift, sizeof PluginAPI_SluiceKit_Handover_Handover_swift, 0},
    {"swift", "sdk/SluiceKit/Module/Exports.swift", PluginAPI_SluiceKit_Module_Exports_swift, sizeof PluginAPI_SluiceKit_Module_Exports_swift, 0},
    {"swift", "sdk/SluiceKit/Module/InterfaceTables+Steps.swift", PluginAPI_SluiceKit_Module_InterfaceTables_Steps_swift, sizeof PluginAPI_SluiceKit_Module_InterfaceTables_Steps_swift, 0},
    {"swift", "sdk/SluiceKit/Module/InterfaceTables.swift", PluginAPI_SluiceKit_Module_InterfaceTables_swift, sizeof PluginAPI_SluiceKit_Module_InterfaceTables_swift, 0},
    {"swift", "sdk/SluiceKit/Module/Plugin.swift", PluginAPI_SluiceKit_Module_Plugin_swift, sizeof PluginAPI_SluiceKit_Module_Plugin_swift, 0},
    {"swift", "sdk/SluiceKit/Module/SluiceModule.swift", PluginAPI_SluiceKit_Module_SluiceModule_swift, sizeof PluginAPI_SluiceKit_Module_SluiceModule_swift, 0},
    {"swift", "sdk/SluiceKit/Module/Text.swift", PluginAPI_SluiceKit_Module_Text_swift, sizeof PluginAPI_SluiceKit_Module_Text_swift, 0},
    {"swift", "sdk/SluiceKit/Protocol/Connection+Auth.swift", PluginAPI_SluiceKit_Protocol_Connection_Auth_swift, sizeof PluginAPI_SluiceKit_Protocol_Connection_Auth_swift, 0},
    {"swift", "sdk/SluiceKit/Protocol/Connection.swift", PluginAPI_SluiceKit_Protocol_Connection_swift, sizeof PluginAPI_SluiceKit_Protocol_Connection_swift, 0},
    {"swift", "sdk/SluiceKit/Protocol/ProtocolServer.swift", PluginAPI_SluiceKit_Protocol_ProtocolServer_swift, sizeof PluginAPI_SluiceKit_Protocol_ProtocolServer_swift, 0},
    {"swift", "sdk/SluiceKit/Protocol/Publication.swift", PluginAPI_SluiceKit_Protocol_Publication_swift, sizeof PluginAPI_SluiceKit_Protocol_Publication_swift, 0},
    {"swift", "sdk/SluiceKit/Routes/Exchange.swift", PluginAPI_SluiceKit_Routes_Exchange_swift, sizeof PluginAPI_SluiceKit_Routes_Exchange_swift, 0},
    {"swift", "sdk/SluiceKit/Routes/RouteHandler.swift", PluginAPI_SluiceKit_Routes_RouteHandler_swift, sizeof PluginAPI_SluiceKit_Routes_RouteHandler_swift, 0},
    {"swift", "sdk/SluiceKit/Services/Host+Fetch.swift", PluginAPI_SluiceKit_Services_Host_Fetch_swift, sizeof PluginAPI_SluiceKit_Services_Host_Fetch_swift, 0},
    {"swift", "sdk/SluiceKit/Services/Host+Task.swift", PluginAPI_SluiceKit_Services_Host_Task_swift, sizeof PluginAPI_SluiceKit_Services_Host_Task_swift, 0},
    {"swift", "sdk/SluiceKit/Services/Host+Timer.swift", PluginAPI_SluiceKit_Services_Host_Timer_swift, sizeof PluginAPI_SluiceKit_Services_Host_Timer_swift, 0},
    {"swift", "sdk/SluiceKit/Services/Host.swift", PluginAPI_SluiceKit_Services_Host_swift, sizeof PluginAPI_SluiceKit_Services_Host_swift, 0},
    {"swift", "sdk/SluiceKit/Services/Metric.swift", PluginAPI_SluiceKit_Services_Metric_swift, sizeof PluginAPI_SluiceKit_Services_Metric_swift, 0},
    {"swift", "sdk/SluiceKit/Sink/BorrowedFrame+Retain.swift", PluginAPI_SluiceKit_Sink_BorrowedFrame_Retain_swift, sizeof PluginAPI_SluiceKit_Sink_BorrowedFrame_Retain_swift, 0},
    {"swift", "sdk/SluiceKit/Sink/BorrowedFrame.swift", PluginAPI_SluiceKit_Sink_BorrowedFrame_swift, sizeof PluginAPI_SluiceKit_Sink_BorrowedFrame_swift, 0},
    {"swift", "sdk/SluiceKit/Sink/Sink.swift", PluginAPI_SluiceKit_Sink_Sink_swift, sizeof PluginAPI_SluiceKit_Sink_Sink_swift, 0},
    {"swift", "sdk/SluiceKit/Sink/Track.swift", PluginAPI_SluiceKit_Sink_Track_swift, sizeof PluginAPI_SluiceKit_Sink_Track_swift, 0},
    {"swift", "sdk/SluiceKit/Source/Source.swift", PluginAPI_SluiceKit_Source_Source_swift, sizeof PluginAPI_SluiceKit_Source_Source_swift, 0},
    {"swift", "sdk/SluiceKit/Transform/Transform.swift", PluginAPI_SluiceKit_Transform_Transform_swift, sizeof PluginAPI_SluiceKit_Transform_Transform_swift, 0},
    {"swift", "sdk/JSON/JSONError.swift", PluginAPI_JSON_JSONError_swift, sizeof PluginAPI_JSON_JSONError_swift, 0},
    {"swift", "sdk/JSON/JSONLimits.swift", PluginAPI_JSON_JSONLimits_swift, sizeof PluginAPI_JSON_JSONLimits_swift, 0},
    {"swift", "sdk/JSON/JSONObject.swift", PluginAPI_JSON_JSONObject_swift, sizeof PluginAPI_JSON_JSONObject_swift, 0},
    {"swift", "sdk/JSON/JSONParser.swift", PluginAPI_JSON_JSONParser_swift, sizeof PluginAPI_JSON_JSONParser_swift, 0},
    {"swift", "sdk/JSON/JSONValue+Accessors.swift", PluginAPI_JSON_JSONValue_Accessors_swift, sizeof PluginAPI_JSON_JSONValue_Accessors_swift, 0},
    {"swift", "sdk/JSON/JSONValue+Literals.swift", PluginAPI_JSON_JSONValue_Literals_swift, sizeof PluginAPI_JSON_JSONValue_Literals_swift, 0},
    {"swift", "sdk/JSON/JSONValue.swift", PluginAPI_JSON_JSONValue_swift, sizeof PluginAPI_JSON_JSONValue_swift, 0},
    {"swift", "sdk/JSON/JSONWriter.swift", PluginAPI_JSON_JSONWriter_swift, sizeof PluginAPI_JSON_JSONWriter_swift, 0},
    {"swift", "sdk/plugin.map", PluginAPI_plugin_map, sizeof PluginAPI_plugin_map, 0},
};
const templates_file *const templates_files = files;
const size_t templates_count = sizeof files / sizeof *files;
