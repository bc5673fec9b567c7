import CMicro
import CSluice
import Glibc

/// A plugin's library, opened from beside the executable and used through its C tables, with `micro_host` as its host.
struct LoadedPlugin {
    typealias TakeFrames = (
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<sluice_frame>?, UInt32, UInt32, UnsafeMutablePointer<sluice_error>?
        ) -> Int32
    )
    typealias TakeBytes = (
        @convention(c) (UnsafeMutableRawPointer?, sluice_bytes, UInt64, UnsafeMutablePointer<sluice_error>?) -> Int32
    )

    private let instance: OpaquePointer
    private let module: UnsafePointer<sluice_module>

    init(_ library: String) throws(MicroError) {
        let path = Self.folder + "/" + library
        guard let image = dlopen(path, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(image, SLUICE_ENTRY) else {
            throw .plugin("\(path): \(dlerror().map { String(cString: $0) } ?? "not a plugin")")
        }
        let entry = unsafeBitCast(symbol, to: sluice_module_entry.self)
        guard let module = Self.enter(entry) else { throw .plugin("\(path): refuses this host") }
        var made: OpaquePointer?
        guard module.pointee.create?(micro_host(), &made, nil) == SLUICE_OK, let made else {
            throw .plugin("\(path): makes no instance")
        }
        _ = Self.withText("{}") { module.pointee.configure?(made, $0, nil) }
        _ = module.pointee.activate?(made, nil)
        instance = made
        self.module = module
    }

    /// Opens its sink for a log, and tells it the tracks.
    func openSink() throws(MicroError) -> (UnsafeMutableRawPointer, TakeFrames) {
        let table = interface(SLUICE_INTERFACE_SINK)?.assumingMemoryBound(to: sluice_sink_interface.self)
        var request = sluice_sink_open()
        request.struct_size = UInt32(MemoryLayout<sluice_sink_open>.size)
        request.log = 1
        var sink: UnsafeMutableRawPointer?
        guard let table, table.pointee.open?(instance, &request, &sink, nil) == SLUICE_OK, let sink,
            let frames = table.pointee.frames
        else { throw .plugin("no sink") }
        let video = CBytes(TestMedia.avcC), audio = CBytes(TestMedia.audioConfiguration)
        var tracks = [sluice_track(), sluice_track()]
        for (index, described) in [TestMedia.video, TestMedia.audio].enumerated() {
            tracks[index].struct_size = UInt32(MemoryLayout<sluice_track>.size)
            tracks[index].id = described.id
            tracks[index].kind = described.kind.rawValue
            tracks[index].codec = described.codec.rawValue
            tracks[index].timescale = described.timescale
            tracks[index].configuration = index == 0 ? video.raw : audio.raw
        }
        guard table.pointee.tracks?(sink, &tracks, UInt32(MemoryLayout<sluice_track>.stride), 2, 0, nil) == SLUICE_OK else {
            throw .plugin("the sink refuses the tracks")
        }
        return (sink, frames)
    }

    func protocolTable() throws(MicroError) -> UnsafePointer<sluice_protocol_interface> {
        guard let table = interface(SLUICE_INTERFACE_PROTOCOL) else { throw .plugin("no protocol") }
        return table.assumingMemoryBound(to: sluice_protocol_interface.self)
    }

    /// Opens a session of its protocol.
    func openSession() throws(MicroError) -> (UnsafeMutableRawPointer, TakeBytes) {
        let table = try protocolTable()
        var info = sluice_connection_info()
        info.struct_size = UInt32(MemoryLayout<sluice_connection_info>.size)
        info.connection = 1
        info.unparsed_limit = 4 << 20
        info.unparsed_limit_before = 256 << 10
        info.message_limit = 8 << 20
        info.handshake_ns = 10_000_000_000
        info.publisher_silent_ns = 30_000_000_000
        var session: UnsafeMutableRawPointer?
        guard table.pointee.session_open?(instance, &info, &session, nil) == SLUICE_OK, let session,
            let bytes = table.pointee.bytes
        else { throw .plugin("no session") }
        return (session, bytes)
    }

    /// Gives a session bytes and answers all that it asks.
    func deliver(_ bytes: [UInt8], to session: UnsafeMutableRawPointer, _ take: TakeBytes) {
        bytes.withUnsafeBufferPointer {
            _ = take(session, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count)), 1_000_000_000, nil)
        }
        while micro_host_answer() != 0 {}
    }

    private func interface(_ id: String) -> UnsafeRawPointer? { id.withCString { module.pointee.get_interface?(instance, $0) } }

    private static func enter(_ entry: sluice_module_entry) -> UnsafePointer<sluice_module>? {
        withText("sluice-micro") { name in
            var hello = sluice_hello()
            hello.struct_size = UInt32(MemoryLayout<sluice_hello>.size)
            hello.abi_major = SLUICE_ABI_MAJOR
            hello.abi_minor = SLUICE_ABI_MINOR
            hello.host_name = name
            hello.host_version = name
            return entry(&hello, nil)
        }
    }

    private static func withText<R>(_ text: StaticString, _ body: (sluice_text) -> R) -> R {
        let data = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
        return body(sluice_text(data: data, size: UInt64(text.utf8CodeUnitCount)))
    }

    /// Where the executable lies.
    private static var folder: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }
}
