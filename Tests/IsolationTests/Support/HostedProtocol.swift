import CSluice
import Dispatch
import Foundation

@testable import HostIsolation

/// A protocol in a process (Tests/Fixtures/BadPlugins/session.c, or a library as it ships), driven through the C tables on one lane, as the host does it.
final class HostedProtocol: @unchecked Sendable {
    let lane = DispatchQueue(label: "lane")
    let hosted: HostedBad
    var host: FakeHost { hosted.host }
    var module: ProcessModule { hosted.module }

    convenience init(checkpointEach calls: Int = 3) throws {
        try self.init(BadPlugin.library(source: "session.c"), configuration: "{\"every\":\(calls)}")
    }

    init(_ library: String, configuration: String = "{}") throws {
        let queue = lane
        hosted = try HostedBad(library, configuration: configuration) { settings in
            settings.carriesMedia = true
            settings.postToLane = { handle, work in
                guard handle != 0 else { return false }
                queue.async(execute: work)
                return true
            }
            settings.publications = { [$0 + 5000] }
        }
        host.questions.withLock { $0.lane = queue }
        // As the host's own: what was posted to the lane may come after the end.
        _ = Unmanaged.passRetained(hosted.host)
    }

    /// One connection's session.
    final class Peer: @unchecked Sendable {
        let connection: UInt64
        let owner: HostedProtocol
        var pointer: UnsafeMutableRawPointer?
        private var isClosed = false

        init(_ owner: HostedProtocol, _ connection: UInt64) {
            self.owner = owner
            self.connection = connection
        }

        var table: sluice_protocol_interface? {
            let table: UnsafePointer<sluice_protocol_interface>? = owner.hosted.table(SLUICE_INTERFACE_PROTOCOL)
            return table?.pointee
        }

        var state: FakeHost.Connected { owner.host.connected(connection) }

        func send(_ text: String) { send(Array(text.utf8)) }
        func send(_ bytes: [UInt8]) {
            owner.lane.sync {
                bytes.withUnsafeBufferPointer {
                    _ = table?.bytes?(pointer, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count)), 1, nil)
                }
            }
        }

        func timer() { owner.lane.sync { _ = table?.timer?(pointer, 5, nil) } }
        func stop() { owner.lane.sync { sluice_text.with("stopped") { table?.stop?(pointer, $0) } } }

        func close() {
            owner.lane.sync {
                guard !isClosed, pointer != nil else { return }
                isClosed = true
                sluice_text.with("over") { table?.close?(pointer, $0) }
            }
        }

        func eventually(sent count: Int) -> Bool { IsolationTests.eventually { self.state.sent.count >= count } }
        func isClosed(with words: String) -> Bool {
            IsolationTests.eventually { self.state.closed?.contains(words) == true }
        }
    }

    /// - Returns: the reason of a refusal, or nil.
    func open(
        _ peer: Peer, listener: String = "test", blob: [UInt8]? = nil, decided: ((String?) -> Void)? = nil
    ) -> String? {
        var error = sluice_error.make()
        let status = lane.sync {
            defer { if let decided { MovingObject(session: peer.pointer)?.whenDecided(decided) } }
            return sluice_text.with(listener) { listener in
                var info = sluice_connection_info()
                info.struct_size = UInt32(MemoryLayout<sluice_connection_info>.size)
                info.connection = peer.connection
                info.listener = listener
                (info.unparsed_limit, info.unparsed_limit_before, info.message_limit) = (64 << 20, 64 << 20, 8 << 20)
                (info.handshake_ns, info.publisher_silent_ns) = (600_000_000_000, 600_000_000_000)
                guard let blob else {
                    return peer.table?.session_open?(hosted.instance, &info, &peer.pointer, &error) ?? SLUICE_E_UNSUPPORTED
                }
                let table: UnsafePointer<sluice_handover_interface>? = hosted.table(SLUICE_INTERFACE_HANDOVER)
                return blob.withUnsafeBufferPointer {
                    let bytes = sluice_bytes(data: $0.baseAddress, size: UInt64($0.count))
                    return table?.pointee.import_session?(hosted.instance, &info, bytes, &peer.pointer, &error)
                        ?? SLUICE_E_UNSUPPORTED
                }
            }
        }
        return status == SLUICE_OK ? nil : error.reason(or: "status \(status)")
    }

    func peer(_ connection: UInt64) -> Peer {
        let peer = Peer(self, connection)
        _ = open(peer)
        return peer
    }

    private final class Blob { var bytes: [UInt8]? }

    /// The state of a session, asked for until it is there; then it is forgotten here.
    func take(_ peer: Peer) -> [UInt8]? {
        let table: UnsafePointer<sluice_handover_interface>? = hosted.table(SLUICE_INTERFACE_HANDOVER)
        for _ in 0..<2000 {
            let found = lane.sync { () -> [UInt8]? in
                let blob = Blob()
                let status = table?.pointee.export_session?(
                    peer.pointer,
                    { context, bytes in
                        guard let context else { return }
                        Unmanaged<Blob>.fromOpaque(context).takeUnretainedValue().bytes = Array(
                            UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size)))
                    }, Unmanaged.passUnretained(blob).toOpaque(), nil)
                guard status == SLUICE_OK else { return nil }
                table?.pointee.forget_session?(peer.pointer)
                peer.pointer = nil
                return blob.bytes
            }
            if let found { return found }
            usleep(2000)
        }
        return nil
    }

    func kill() {
        let pid = module.figures.pid
        if pid > 0 { Foundation.kill(pid, SIGKILL) }
    }
}
