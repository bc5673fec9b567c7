// Made by Scripts/templates. Do not edit.
#include "templates.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char file0[] = {
#embed "../../PluginAPI/Templates/c-auth/.gitignore"
};
static const unsigned char file1[] = {
#embed "../../PluginAPI/Templates/c-auth/README.md"
};
static const unsigned char file2[] = {
#embed "../../PluginAPI/Templates/c-auth/build"
};
static const unsigned char file3[] = {
#embed "../../PluginAPI/Templates/c-auth/c-auth.toml"
};
static const unsigned char file4[] = {
#embed "../../PluginAPI/Templates/c-auth/plugin.c"
};
static const unsigned char file5[] = {
#embed "../../PluginAPI/Templates/c-auth/test"
};
static const unsigned char file6[] = {
#embed "../../PluginAPI/Templates/c-auth/test.c"
};
static const unsigned char file7[] = {
#embed "../../PluginAPI/Templates/rust-auth/.gitignore"
};
static const unsigned char file8[] = {
#embed "../../PluginAPI/Templates/rust-auth/Cargo.toml"
};
static const unsigned char file9[] = {
#embed "../../PluginAPI/Templates/rust-auth/README.md"
};
static const unsigned char file10[] = {
#embed "../../PluginAPI/Templates/rust-auth/build"
};
static const unsigned char file11[] = {
#embed "../../PluginAPI/Templates/rust-auth/rust-auth.toml"
};
static const unsigned char file12[] = {
#embed "../../PluginAPI/Templates/rust-auth/src/lib.rs"
};
static const unsigned char file13[] = {
#embed "../../PluginAPI/Templates/rust-auth/src/tests.rs"
};
static const unsigned char file14[] = {
#embed "../../PluginAPI/Templates/rust-auth/test"
};
static const unsigned char file15[] = {
#embed "../../PluginAPI/Templates/swift-auth/.gitignore"
};
static const unsigned char file16[] = {
#embed "../../PluginAPI/Templates/swift-auth/Package.swift"
};
static const unsigned char file17[] = {
#embed "../../PluginAPI/Templates/swift-auth/README.md"
};
static const unsigned char file18[] = {
#embed "../../PluginAPI/Templates/swift-auth/Sources/Plugin.swift"
};
static const unsigned char file19[] = {
#embed "../../PluginAPI/Templates/swift-auth/Tests/JudgeTests.swift"
};
static const unsigned char file20[] = {
#embed "../../PluginAPI/Templates/swift-auth/build"
};
static const unsigned char file21[] = {
#embed "../../PluginAPI/Templates/swift-auth/swift-auth.toml"
};
static const unsigned char file22[] = {
#embed "../../PluginAPI/Templates/swift-auth/test"
};
static const unsigned char file23[] = {
#embed "../../LICENSE"
};
static const unsigned char file24[] = {
#embed "../../PluginAPI/CSluice/include/module.modulemap"
};
static const unsigned char file25[] = {
#embed "../../PluginAPI/CSluice/include/sluice/auth.h"
};
static const unsigned char file26[] = {
#embed "../../PluginAPI/CSluice/include/sluice/broadcast.h"
};
static const unsigned char file27[] = {
#embed "../../PluginAPI/CSluice/include/sluice/buffer.h"
};
static const unsigned char file28[] = {
#embed "../../PluginAPI/CSluice/include/sluice/command.h"
};
static const unsigned char file29[] = {
#embed "../../PluginAPI/CSluice/include/sluice/config.h"
};
static const unsigned char file30[] = {
#embed "../../PluginAPI/CSluice/include/sluice/core.h"
};
static const unsigned char file31[] = {
#embed "../../PluginAPI/CSluice/include/sluice/event.h"
};
static const unsigned char file32[] = {
#embed "../../PluginAPI/CSluice/include/sluice/exchange.h"
};
static const unsigned char file33[] = {
#embed "../../PluginAPI/CSluice/include/sluice/fetch.h"
};
static const unsigned char file34[] = {
#embed "../../PluginAPI/CSluice/include/sluice/handover.h"
};
static const unsigned char file35[] = {
#embed "../../PluginAPI/CSluice/include/sluice/kv.h"
};
static const unsigned char file36[] = {
#embed "../../PluginAPI/CSluice/include/sluice/log.h"
};
static const unsigned char file37[] = {
#embed "../../PluginAPI/CSluice/include/sluice/metrics.h"
};
static const unsigned char file38[] = {
#embed "../../PluginAPI/CSluice/include/sluice/net.h"
};
static const unsigned char file39[] = {
#embed "../../PluginAPI/CSluice/include/sluice/observer.h"
};
static const unsigned char file40[] = {
#embed "../../PluginAPI/CSluice/include/sluice/protocol.h"
};
static const unsigned char file41[] = {
#embed "../../PluginAPI/CSluice/include/sluice/routes.h"
};
static const unsigned char file42[] = {
#embed "../../PluginAPI/CSluice/include/sluice/selftest.h"
};
static const unsigned char file43[] = {
#embed "../../PluginAPI/CSluice/include/sluice/sink.h"
};
static const unsigned char file44[] = {
#embed "../../PluginAPI/CSluice/include/sluice/sluice.h"
};
static const unsigned char file45[] = {
#embed "../../PluginAPI/CSluice/include/sluice/stream.h"
};
static const unsigned char file46[] = {
#embed "../../PluginAPI/CSluice/include/sluice/task.h"
};
static const unsigned char file47[] = {
#embed "../../PluginAPI/CSluice/include/sluice/time.h"
};
static const unsigned char file48[] = {
#embed "../../PluginAPI/CKit/sluice_kit.h"
};
static const unsigned char file49[] = {
#embed "../../PluginAPI/plugin.map"
};
static const unsigned char file50[] = {
#embed "../../PluginAPI/RustKit/auth.rs"
};
static const unsigned char file51[] = {
#embed "../../PluginAPI/RustKit/json.rs"
};
static const unsigned char file52[] = {
#embed "../../PluginAPI/RustKit/kit.rs"
};
static const unsigned char file53[] = {
#embed "../../PluginAPI/RustKit/protocol.rs"
};
static const unsigned char file54[] = {
#embed "../../PluginAPI/RustKit/routes.rs"
};
static const unsigned char file55[] = {
#embed "../../PluginAPI/RustKit/sink.rs"
};
static const unsigned char file56[] = {
#embed "../../PluginAPI/RustKit/sluice.rs"
};
static const unsigned char file57[] = {
#embed "../../PluginAPI/CSluice/CSluice.c"
};
static const unsigned char file58[] = {
#embed "../../PluginAPI/CSluice/layout.h"
};
static const unsigned char file59[] = {
#embed "../../PluginAPI/SluiceKit/Auth/AuthQuestion.swift"
};
static const unsigned char file60[] = {
#embed "../../PluginAPI/SluiceKit/Auth/Authenticator.swift"
};
static const unsigned char file61[] = {
#embed "../../PluginAPI/SluiceKit/Auth/Verdict.swift"
};
static const unsigned char file62[] = {
#embed "../../PluginAPI/SluiceKit/Command/CommandRunner.swift"
};
static const unsigned char file63[] = {
#embed "../../PluginAPI/SluiceKit/Handover/Handover.swift"
};
static const unsigned char file64[] = {
#embed "../../PluginAPI/SluiceKit/Module/Exports.swift"
};
static const unsigned char file65[] = {
#embed "../../PluginAPI/SluiceKit/Module/InterfaceTables.swift"
};
static const unsigned char file66[] = {
#embed "../../PluginAPI/SluiceKit/Module/Plugin.swift"
};
static const unsigned char file67[] = {
#embed "../../PluginAPI/SluiceKit/Module/SluiceModule.swift"
};
static const unsigned char file68[] = {
#embed "../../PluginAPI/SluiceKit/Module/Text.swift"
};
static const unsigned char file69[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Connection+Auth.swift"
};
static const unsigned char file70[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Connection.swift"
};
static const unsigned char file71[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/ProtocolServer.swift"
};
static const unsigned char file72[] = {
#embed "../../PluginAPI/SluiceKit/Protocol/Publication.swift"
};
static const unsigned char file73[] = {
#embed "../../PluginAPI/SluiceKit/Routes/Exchange.swift"
};
static const unsigned char file74[] = {
#embed "../../PluginAPI/SluiceKit/Routes/RouteHandler.swift"
};
static const unsigned char file75[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host+Task.swift"
};
static const unsigned char file76[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host+Timer.swift"
};
static const unsigned char file77[] = {
#embed "../../PluginAPI/SluiceKit/Services/Host.swift"
};
static const unsigned char file78[] = {
#embed "../../PluginAPI/SluiceKit/Services/Metric.swift"
};
static const unsigned char file79[] = {
#embed "../../PluginAPI/SluiceKit/Sink/BorrowedFrame+Retain.swift"
};
static const unsigned char file80[] = {
#embed "../../PluginAPI/SluiceKit/Sink/BorrowedFrame.swift"
};
static const unsigned char file81[] = {
#embed "../../PluginAPI/SluiceKit/Sink/Sink.swift"
};
static const unsigned char file82[] = {
#embed "../../PluginAPI/SluiceKit/Sink/Track.swift"
};
static const unsigned char file83[] = {
#embed "../../PluginAPI/JSON/JSONError.swift"
};
static const unsigned char file84[] = {
#embed "../../PluginAPI/JSON/JSONLimits.swift"
};
static const unsigned char file85[] = {
#embed "../../PluginAPI/JSON/JSONObject.swift"
};
static const unsigned char file86[] = {
#embed "../../PluginAPI/JSON/JSONParser.swift"
};
static const unsigned char file87[] = {
#embed "../../PluginAPI/JSON/JSONValue+Accessors.swift"
};
static const unsigned char file88[] = {
#embed "../../PluginAPI/JSON/JSONValue+Literals.swift"
};
static const unsigned char file89[] = {
#embed "../../PluginAPI/JSON/JSONValue.swift"
};
static const unsigned char file90[] = {
#embed "../../PluginAPI/JSON/JSONWriter.swift"
};

static const templates_file files[] = {
    {"c-auth", ".gitignore", file0, sizeof file0, 0},
    {"c-auth", "README.md", file1, sizeof file1, 0},
    {"c-auth", "build", file2, sizeof file2, 1},
    {"c-auth", "c-auth.toml", file3, sizeof file3, 0},
    {"c-auth", "plugin.c", file4, sizeof file4, 0},
    {"c-auth", "test", file5, sizeof file5, 1},
    {"c-auth", "test.c", file6, sizeof file6, 0},
    {"rust-auth", ".gitignore", file7, sizeof file7, 0},
    {"rust-auth", "Cargo.toml", file8, sizeof file8, 0},
    {"rust-auth", "README.md", file9, sizeof file9, 0},
    {"rust-auth", "build", file10, sizeof file10, 1},
    {"rust-auth", "rust-auth.toml", file11, sizeof file11, 0},
    {"rust-auth", "src/lib.rs", file12, sizeof file12, 0},
    {"rust-auth", "src/tests.rs", file13, sizeof file13, 0},
    {"rust-auth", "test", file14, sizeof file14, 1},
    {"swift-auth", ".gitignore", file15, sizeof file15, 0},
    {"swift-auth", "Package.swift", file16, sizeof file16, 0},
    {"swift-auth", "README.md", file17, sizeof file17, 0},
    {"swift-auth", "Sources/Plugin.swift", file18, sizeof file18, 0},
    {"swift-auth", "Tests/JudgeTests.swift", file19, sizeof file19, 0},
    {"swift-auth", "build", file20, sizeof file20, 1},
    {"swift-auth", "swift-auth.toml", file21, sizeof file21, 0},
    {"swift-auth", "test", file22, sizeof file22, 1},
    {"c", "sdk/LICENSE", file23, sizeof file23, 0},
    {"rust", "sdk/LICENSE", file23, sizeof file23, 0},
    {"swift", "sdk/LICENSE", file23, sizeof file23, 0},
    {"c", "sdk/include/module.modulemap", file24, sizeof file24, 0},
    {"c", "sdk/include/sluice/auth.h", file25, sizeof file25, 0},
    {"c", "sdk/include/sluice/broadcast.h", file26, sizeof file26, 0},
    {"c", "sdk/include/sluice/buffer.h", file27, sizeof file27, 0},
    {"c", "sdk/include/sluice/command.h", file28, sizeof file28, 0},
    {"c", "sdk/include/sluice/config.h", file29, sizeof file29, 0},
    {"c", "sdk/include/sluice/core.h", file30, sizeof file30, 0},
    {"c", "sdk/include/sluice/event.h", file31, sizeof file31, 0},
    {"c", "sdk/include/sluice/exchange.h", file32, sizeof file32, 0},
    {"c", "sdk/include/sluice/fetch.h", file33, sizeof file33, 0},
    {"c", "sdk/include/sluice/handover.h", file34, sizeof file34, 0},
    {"c", "sdk/include/sluice/kv.h", file35, sizeof file35, 0},
    {"c", "sdk/include/sluice/log.h", file36, sizeof file36, 0},
    {"c", "sdk/include/sluice/metrics.h", file37, sizeof file37, 0},
    {"c", "sdk/include/sluice/net.h", file38, sizeof file38, 0},
    {"c", "sdk/include/sluice/observer.h", file39, sizeof file39, 0},
    {"c", "sdk/include/sluice/protocol.h", file40, sizeof file40, 0},
    {"c", "sdk/include/sluice/routes.h", file41, sizeof file41, 0},
    {"c", "sdk/include/sluice/selftest.h", file42, sizeof file42, 0},
    {"c", "sdk/include/sluice/sink.h", file43, sizeof file43, 0},
    {"c", "sdk/include/sluice/sluice.h", file44, sizeof file44, 0},
    {"c", "sdk/include/sluice/stream.h", file45, sizeof file45, 0},
    {"c", "sdk/include/sluice/task.h", file46, sizeof file46, 0},
    {"c", "sdk/include/sluice/time.h", file47, sizeof file47, 0},
    {"c", "sdk/sluice_kit.h", file48, sizeof file48, 0},
    {"c", "sdk/plugin.map", file49, sizeof file49, 0},
    {"rust", "sdk/auth.rs", file50, sizeof file50, 0},
    {"rust", "sdk/json.rs", file51, sizeof file51, 0},
    {"rust", "sdk/kit.rs", file52, sizeof file52, 0},
    {"rust", "sdk/protocol.rs", file53, sizeof file53, 0},
    {"rust", "sdk/routes.rs", file54, sizeof file54, 0},
    {"rust", "sdk/sink.rs", file55, sizeof file55, 0},
    {"rust", "sdk/sluice.rs", file56, sizeof file56, 0},
    {"swift", "sdk/CSluice/CSluice.c", file57, sizeof file57, 0},
    {"swift", "sdk/CSluice/include/module.modulemap", file24, sizeof file24, 0},
    {"swift", "sdk/CSluice/include/sluice/auth.h", file25, sizeof file25, 0},
    {"swift", "sdk/CSluice/include/sluice/broadcast.h", file26, sizeof file26, 0},
    {"swift", "sdk/CSluice/include/sluice/buffer.h", file27, sizeof file27, 0},
    {"swift", "sdk/CSluice/include/sluice/command.h", file28, sizeof file28, 0},
    {"swift", "sdk/CSluice/include/sluice/config.h", file29, sizeof file29, 0},
    {"swift", "sdk/CSluice/include/sluice/core.h", file30, sizeof file30, 0},
    {"swift", "sdk/CSluice/include/sluice/event.h", file31, sizeof file31, 0},
    {"swift", "sdk/CSluice/include/sluice/exchange.h", file32, sizeof file32, 0},
    {"swift", "sdk/CSluice/include/sluice/fetch.h", file33, sizeof file33, 0},
    {"swift", "sdk/CSluice/include/sluice/handover.h", file34, sizeof file34, 0},
    {"swift", "sdk/CSluice/include/sluice/kv.h", file35, sizeof file35, 0},
    {"swift", "sdk/CSluice/include/sluice/log.h", file36, sizeof file36, 0},
    {"swift", "sdk/CSluice/include/sluice/metrics.h", file37, sizeof file37, 0},
    {"swift", "sdk/CSluice/include/sluice/net.h", file38, sizeof file38, 0},
    {"swift", "sdk/CSluice/include/sluice/observer.h", file39, sizeof file39, 0},
    {"swift", "sdk/CSluice/include/sluice/protocol.h", file40, sizeof file40, 0},
    {"swift", "sdk/CSluice/include/sluice/routes.h", file41, sizeof file41, 0},
    {"swift", "sdk/CSluice/include/sluice/selftest.h", file42, sizeof file42, 0},
    {"swift", "sdk/CSluice/include/sluice/sink.h", file43, sizeof file43, 0},
    {"swift", "sdk/CSluice/include/sluice/sluice.h", file44, sizeof file44, 0},
    {"swift", "sdk/CSluice/include/sluice/stream.h", file45, sizeof file45, 0},
    {"swift", "sdk/CSluice/include/sluice/task.h", file46, sizeof file46, 0},
    {"swift", "sdk/CSluice/include/sluice/time.h", file47, sizeof file47, 0},
    {"swift", "sdk/CSluice/layout.h", file58, sizeof file58, 0},
    {"swift", "sdk/SluiceKit/Auth/AuthQuestion.swift", file59, sizeof file59, 0},
    {"swift", "sdk/SluiceKit/Auth/Authenticator.swift", file60, sizeof file60, 0},
    {"swift", "sdk/SluiceKit/Auth/Verdict.swift", file61, sizeof file61, 0},
    {"swift", "sdk/SluiceKit/Command/CommandRunner.swift", file62, sizeof file62, 0},
    {"swift", "sdk/SluiceKit/Handover/Handover.swift", file63, sizeof file63, 0},
    {"swift", "sdk/SluiceKit/Module/Exports.swift", file64, sizeof file64, 0},
    {"swift", "sdk/SluiceKit/Module/InterfaceTables.swift", file65, sizeof file65, 0},
    {"swift", "sdk/SluiceKit/Module/Plugin.swift", file66, sizeof file66, 0},
    {"swift", "sdk/SluiceKit/Module/SluiceModule.swift", file67, sizeof file67, 0},
    {"swift", "sdk/SluiceKit/Module/Text.swift", file68, sizeof file68, 0},
    {"swift", "sdk/SluiceKit/Protocol/Connection+Auth.swift", file69, sizeof file69, 0},
    {"swift", "sdk/SluiceKit/Protocol/Connection.swift", file70, sizeof file70, 0},
    {"swift", "sdk/SluiceKit/Protocol/ProtocolServer.swift", file71, sizeof file71, 0},
    {"swift", "sdk/SluiceKit/Protocol/Publication.swift", file72, sizeof file72, 0},
    {"swift", "sdk/SluiceKit/Routes/Exchange.swift", file73, sizeof file73, 0},
    {"swift", "sdk/SluiceKit/Routes/RouteHandler.swift", file74, sizeof file74, 0},
    {"swift", "sdk/SluiceKit/Services/Host+Task.swift", file75, sizeof file75, 0},
    {"swift", "sdk/SluiceKit/Services/Host+Timer.swift", file76, sizeof file76, 0},
    {"swift", "sdk/SluiceKit/Services/Host.swift", file77, sizeof file77, 0},
    {"swift", "sdk/SluiceKit/Services/Metric.swift", file78, sizeof file78, 0},
    {"swift", "sdk/SluiceKit/Sink/BorrowedFrame+Retain.swift", file79, sizeof file79, 0},
    {"swift", "sdk/SluiceKit/Sink/BorrowedFrame.swift", file80, sizeof file80, 0},
    {"swift", "sdk/SluiceKit/Sink/Sink.swift", file81, sizeof file81, 0},
    {"swift", "sdk/SluiceKit/Sink/Track.swift", file82, sizeof file82, 0},
    {"swift", "sdk/JSON/JSONError.swift", file83, sizeof file83, 0},
    {"swift", "sdk/JSON/JSONLimits.swift", file84, sizeof file84, 0},
    {"swift", "sdk/JSON/JSONObject.swift", file85, sizeof file85, 0},
    {"swift", "sdk/JSON/JSONParser.swift", file86, sizeof file86, 0},
    {"swift", "sdk/JSON/JSONValue+Accessors.swift", file87, sizeof file87, 0},
    {"swift", "sdk/JSON/JSONValue+Literals.swift", file88, sizeof file88, 0},
    {"swift", "sdk/JSON/JSONValue.swift", file89, sizeof file89, 0},
    {"swift", "sdk/JSON/JSONWriter.swift", file90, sizeof file90, 0},
    {"swift", "sdk/plugin.map", file49, sizeof file49, 0},
};
const templates_file *const templates_files = files;
const size_t templates_count = sizeof files / sizeof *files;
