import CSluice
import HostConfig
import Synchronization
import Testing

@testable import HostCore

/// Plugins of every frozen ABI load in this host and work in it: binaries that were built then, never built again.
@Suite(.serialized, .enabled(if: KeptPlugin.isForThisMachine, "the kept binaries are for x86-64 Linux"))
struct KeptPluginTests {
    static let all = KeptPlugin.versions.flatMap(KeptPlugin.all)

    @Test func theyAreThere() {
        #expect(KeptPlugin.versions.contains("abi-v1.0"))
        #expect(
            KeptPlugin.all(of: "abi-v1.0").map(\.name) == ["c-auth", "c-protocol", "c-routes", "c-sink", "rust-auth"])
    }

    /// Staged, opened, and what they say of themselves is what their manifests say.
    @Test(arguments: all) func isTaken(_ plugin: KeptPlugin) throws {
        let folder = try TestFolder()
        let module = try Self.open(plugin, in: folder)
        let file = "\(plugin.name).toml"
        let manifest = try PluginManifest(parsing: plugin.manifest(), file: file)
        #expect(throws: Never.self) { try module.check(id: manifest.id, interfaces: manifest.interfaces) }
        #expect(module.id == plugin.name && module.version == "0.1.0" && !module.summary.isEmpty)
        #expect(module.interfaces.allSatisfy { $0.hasSuffix("/1") })
    }

    private static func open(_ plugin: KeptPlugin, in folder: TestFolder) throws -> LoadedModule {
        try folder.write("p.so", plugin.library())
        let staging = LibraryStaging(searchFolders: [folder.path], stagingFolder: folder.file("staged"))
        let staged = try staging.stage(library: "p.so", id: plugin.name, generation: 1, sha256: nil, requireHash: false)
        return try LoadedModule.open(staged, hostVersion: "0")
    }

    /// Questions are answered, a stream is counted, a request gets its greeting, lines come back.
    @Test(arguments: KeptPlugin.versions) func theyWork(version: String) throws {
        let apps = """
            [app.c]
            auth = ["c-auth"]
            outputs = ["c-sink", "c-routes"]
            [app.rust]
            auth = ["rust-auth"]
            outputs = ["c-sink"]

            """
        let host = try TestHost(apps, overrides: ["sieve", "c-protocol"]) { folder in
            try TestHost.installSieve(folder)
            for plugin in KeptPlugin.all(of: version) { try plugin.install(in: folder) }
        }
        var publishers: [LineClient] = []
        for app in ["c", "rust"] {
            let denied = try host.client()
            denied.send("PUBLISH \(app)/x?user=demo&key=wrong\n")
            #expect(denied.line() == "DENIED BAD_KEY", "\(app)")
            let publisher = try host.client()
            publisher.send("PUBLISH \(app)/x?user=demo&key=open-sesame\n")
            #expect(publisher.line() == "PUBLISHING", "\(app)")
            publishers.append(publisher)
        }
        publishers[0].send("FRAME 0 1 10\nFRAME 40 0 5\n")
        #expect(eventually { (try? Self.outputs(of: host))?.contains("c-sink") == true })
        let request = try LineClient(port: host.server.port("http") ?? 0)
        request.send("GET /c/x/hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let answer = request.rest()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.hasSuffix("hello, c/x\n"), "\(answer)")
        let lines = try LineClient(port: host.server.port("c-protocol") ?? 0)
        #expect(lines.line()?.trimmed == "hello")
        lines.send("one ")
        lines.send("line\n")
        #expect(lines.line()?.trimmed == "one line")
        lines.send("quit\n")
        #expect(lines.line() == nil)
        // It has failed at none of the frames: a sink that does is closed.
        #expect(try Self.outputs(of: host).contains("c-sink"))
        for plugin in KeptPlugin.all(of: version) { #expect(host.server.registry.active(plugin.name) != nil, "\(plugin.name)") }
    }

    private static func outputs(of host: TestHost) throws -> [String] {
        try host.get("/api/v1/streams/c/x")["outputs"]?.arrayValue?.compactMap { $0["plugin"]?.stringValue } ?? []
    }

    // MARK: The sink, frame by frame

    /// What it wrote into the log.
    private static let written = Mutex<[String]>([])

    nonisolated(unsafe) private static let log = keep(
        sluice_log_service(
            struct_size: UInt32(MemoryLayout<sluice_log_service>.size), reserved: 0, enabled: { _, _ in 1 },
            write: { _, _, message, fields, count in
                let values = (0..<Int(count)).compactMap { fields?[$0].value.string }
                KeptPluginTests.written.withLock { $0.append(([message.string] + values).joined(separator: "|")) }
            }))
    nonisolated(unsafe) private static let time = keep(
        sluice_time_service(
            struct_size: UInt32(MemoryLayout<sluice_time_service>.size), reserved: 0, monotonic_ns: { _ in 1 },
            wall_us: { _ in 1 },
            start: { _, _, _, _, _, _ in SLUICE_E_LIMIT }, cancel: { _, _ in SLUICE_E_STALE }))
    nonisolated(unsafe) private static let task = keep(
        sluice_task_service(
            struct_size: UInt32(MemoryLayout<sluice_task_service>.size), reserved: 0, run: { _, _, _, _ in SLUICE_E_LIMIT },
            post: { _, _, _ in SLUICE_E_LIMIT }))

    private static func keep<T>(_ table: T) -> UnsafeRawPointer {
        let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
        place.initialize(to: table)
        return UnsafeRawPointer(place)
    }

    private static func makeHost() -> UnsafeMutablePointer<sluice_host> {
        let host = UnsafeMutablePointer<sluice_host>.allocate(capacity: 1)
        host.initialize(to: sluice_host())
        host.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        host.pointee.abi_minor = SLUICE_ABI_MINOR
        host.pointee.get_service = { _, id in
            switch id.map({ String(cString: $0) }) {
            case SLUICE_SERVICE_LOG: KeptPluginTests.log
            case SLUICE_SERVICE_TIME: KeptPluginTests.time
            case SLUICE_SERVICE_TASK: KeptPluginTests.task
            default: nil
            }
        }
        return host
    }

    @Test(arguments: KeptPlugin.versions) func theSinkSeesEveryFrame(version: String) throws {
        let folder = try TestFolder()
        let module = try Self.open(KeptPlugin(version: version, name: "c-sink"), in: folder).module.pointee
        var error = sluice_error.make()
        var instance: OpaquePointer?
        #expect(module.create?(Self.makeHost(), &instance, &error) == SLUICE_OK, "\(error.reason(or: ""))")
        let configured = BorrowedText.with("{\"every_s\": 60}") { module.configure?(instance, $0, &error) }
        #expect(configured == SLUICE_OK)
        let found = try #require(module.get_interface?(instance, SLUICE_INTERFACE_SINK))
        let table = found.assumingMemoryBound(to: sluice_sink_interface.self).pointee
        var sink: UnsafeMutableRawPointer?
        let opened = BorrowedText.with("live", "x") { app, name in
            var request = sluice_sink_open()
            request.struct_size = UInt32(MemoryLayout<sluice_sink_open>.size)
            request.app = app
            request.name = name
            return table.open?(instance, &request, &sink, &error)
        }
        #expect(opened == SLUICE_OK && sink != nil)
        var media: [UInt8] = [1, 2, 3, 4, 5]
        let counted: Int32? = media.withUnsafeMutableBufferPointer { bytes in
            let frames = (0..<3).map { place in
                var frame = sluice_frame()
                frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
                frame.flags = place == 0 ? SLUICE_FRAME_KEY : 0
                frame.data = sluice_bytes(data: bytes.baseAddress, size: UInt64(bytes.count))
                frame.arrival_ns = 1 + UInt64(place)
                return frame
            }
            return table.frames?(sink, frames, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count), &error)
        }
        #expect(counted == SLUICE_OK)
        BorrowedText.with("over") { table.close?(sink, $0) }
        #expect(Self.written.withLock { $0.last } == "stream ended|x|3 frames, 1 of them key frames, 15 bytes")
        module.deactivate?(instance)
        module.destroy?(instance)
    }
}

extension String {
    /// Without the return that ends a line of the samples' protocol.
    fileprivate var trimmed: String { hasSuffix("\r") ? String(dropLast()) : self }
}
