import Foundation
import Testing

/// The lock itself: every change that would break a plugin of v1.0 is refused, every one that the rules allow is not.
@Suite struct LayoutLockTests {
    /// One change of one header: what stands there, what stands there instead.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let header: String
        let old: String
        let new: String
        /// In the complaint; nil: allowed.
        var complaint: String?
        var minor = 0
    }

    static let all: [Change] = [
        Change(
            testDescription: "two fields change places", header: "auth.h",
            old: "    sluice_text protocol;     /* \"rtmp\", \"http\" */\n    sluice_text scheme; ",
            new: "    sluice_text scheme;\n    sluice_text protocol; ",
            complaint: "sluice_auth_request.protocol moved from 16 to 32"),
        Change(
            testDescription: "a field in the middle", header: "stream.h", old: "    int64_t dts;\n",
            new: "    int64_t dts;\n    int64_t more;\n", complaint: "sluice_frame.duration moved from 24 to 32", minor: 1),
        Change(
            testDescription: "a reserved field that goes", header: "handover.h",
            old: "    uint32_t reserved;\n    /*\n     * So many", new: "    /*\n     * So many",
            complaint: "sluice_handover_service.reserved is gone"),
        Change(
            testDescription: "a wider field", header: "stream.h",
            old: "    uint32_t bitrate;          /* bit/s, 0 = unknown */\n",
            new: "    uint64_t bitrate;\n", complaint: "sluice_track.bitrate has 8 bytes, not 4"),
        Change(
            testDescription: "another sign", header: "fetch.h", old: "    int32_t failure;", new: "    uint32_t failure;",
            complaint: "sluice_fetch_answer.failure is declared uint32_t failure, not int32_t failure"),
        Change(
            testDescription: "another name", header: "sink.h", old: "    sluice_handle log;    /*",
            new: "    sluice_handle writer; /*",
            complaint: "sluice_sink_open.log is gone"),
        Change(
            testDescription: "a smaller struct", header: "broadcast.h",
            old: "    uint64_t wait_ns;    /* how long to wait for a stream that is not on air; 0: the app's wait_s */\n",
            new: "",
            complaint: "sluice_attach shrank from 72 to 64 bytes"),
        Change(
            testDescription: "a function less", header: "time.h",
            old: "    int32_t (*cancel)(const sluice_host *host, sluice_handle timer);\n", new: "",
            complaint: "sluice_time_service.cancel is gone"),
        Change(
            testDescription: "a function with another argument", header: "buffer.h",
            old: "(*allocate)(const sluice_host *host, uint64_t size)", new: "(*allocate)(const sluice_host *host, int64_t size)",
            complaint: "sluice_buffer_service.allocate is declared"),
        Change(
            testDescription: "a callback with another argument", header: "time.h",
            old: "(*sluice_timer_fired)(void *context, uint64_t now_ns)", new: "(*sluice_timer_fired)(void *context)",
            complaint: "sluice_timer_fired is"),
        Change(
            testDescription: "another entry", header: "core.h",
            old: "sluice_module_v1(const sluice_hello *hello, sluice_error *error);",
            new: "sluice_module_v1(const sluice_hello *hello);", complaint: "sluice_module_v1 is"),
        Change(
            testDescription: "a narrower handle", header: "core.h", old: "typedef uint64_t sluice_handle;",
            new: "typedef uint32_t sluice_handle;", complaint: "sluice_handle is"),
        Change(
            testDescription: "another value", header: "core.h", old: "#define SLUICE_E_STALE (-3)",
            new: "#define SLUICE_E_STALE (-30)",
            complaint: "SLUICE_E_STALE is -30, not -3"),
        Change(
            testDescription: "a constant less", header: "auth.h", old: "#define SLUICE_ACTION_ADMIN 4u\n", new: "",
            complaint: "SLUICE_ACTION_ADMIN is gone, not 4"),
        Change(
            testDescription: "another id", header: "net.h", old: "\"sluice.net/1\"", new: "\"sluice.net/2\"",
            complaint: "SLUICE_SERVICE_NET is sluice.net/2, not sluice.net/1"),
        Change(
            testDescription: "a value that grows", header: "core.h",
            old: "    const uint8_t *data;\n    uint64_t size;\n} sluice_bytes;",
            new: "    const uint8_t *data;\n    uint64_t size;\n    uint64_t more;\n} sluice_bytes;",
            complaint: "sluice_bytes has no struct_size and grew", minor: 1),
        Change(
            testDescription: "another major", header: "core.h", old: "#define SLUICE_ABI_MAJOR 1u",
            new: "#define SLUICE_ABI_MAJOR 2u",
            complaint: "the major is 2, not 1"),
        Change(
            testDescription: "a field before the last", header: "auth.h", old: "    uint64_t deadline_ns;     /*",
            new: "    uint64_t more;\n    uint64_t deadline_ns; /*", complaint: "sluice_auth_request.deadline_ns moved"),
        Change(
            testDescription: "a new field without a new minor", header: "net.h", old: "} sluice_net_service;",
            new: "    int32_t (*more)(const sluice_host *host);\n} sluice_net_service;",
            complaint: "sluice_net_service.more is new, and the minor is still 0"),
        Change(
            testDescription: "a new field", header: "net.h", old: "} sluice_net_service;",
            new: "    int32_t (*more)(const sluice_host *host);\n} sluice_net_service;", minor: 1),
        Change(
            testDescription: "a new service", header: "net.h", old: "#define SLUICE_CLOSE_NOW 0u",
            new: "#define SLUICE_SERVICE_MORE \"sluice.more/1\"\n#define SLUICE_CLOSE_NOW 0u", minor: 1),
        Change(
            testDescription: "a new constant", header: "core.h", old: "#define SLUICE_E_CANCELLED (-12)",
            new: "#define SLUICE_E_CANCELLED (-12)\n#define SLUICE_E_MORE (-13)"),
        Change(testDescription: "no change", header: "core.h", old: "#define SLUICE_OK 0", new: "#define SLUICE_OK 0"),
    ]

    @Test(arguments: all) func judges(_ change: Change) throws {
        let folder = try TemporaryFolder()
        let include = folder.url.appendingPathComponent("include")
        try FileManager.default.copyItem(at: Repository.include, to: include)
        try Self.replace(change.old, by: change.new, in: include.appendingPathComponent("sluice/\(change.header)"))
        if change.minor > 0 {
            try Self.replace(
                "#define SLUICE_ABI_MINOR 0u", by: "#define SLUICE_ABI_MINOR \(change.minor)u",
                in: include.appendingPathComponent("sluice/core.h"))
        }
        let locked = try Layout(parsing: String(contentsOf: Repository.layout, encoding: .utf8))
        let changed = try Layout(measuring: Repository.headers(below: include), include: include)
        let violations = LayoutLock.violations(of: locked, by: changed)
        if let complaint = change.complaint {
            #expect(violations.contains { $0.contains(complaint) }, "\(violations)")
        } else {
            #expect(violations.isEmpty, "\(violations)")
        }
    }

    /// A field where there was padding: its bytes were counted by `struct_size` when nobody had set them.
    @Test func paddingIsNotRoom() {
        var locked = Layout()
        locked.structs["s"] = Layout.Struct(
            size: 16,
            fields: [
                .init(name: "struct_size", offset: 0, size: 4, declaration: "uint32_t struct_size"),
                .init(name: "pointer", offset: 8, size: 8, declaration: "void *pointer"),
            ])
        var current = locked
        current.minor = 1
        current.structs["s"]?.fields.insert(.init(name: "more", offset: 4, size: 4, declaration: "uint32_t more"), at: 1)
        #expect(LayoutLock.violations(of: locked, by: current).contains("s.more is new and lies before the end that it had"))
    }

    private static func replace(_ old: String, by new: String, in file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old), "\(file.lastPathComponent) has no \(old)")
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
    }
}
