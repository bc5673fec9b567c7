// The RTMP plugin: brings the core's sessions and muxer to the host. No protocol logic lives here.

import RTMPCore
import SluiceKit
import Synchronization

/// `sluice.protocol` for publishers and players, `sluice.sink` for the logs that players read.
final class RTMPPlugin: Plugin, ProtocolServer, SinkProvider, SelfTesting {
    static let module = ModuleDescription(
        id: "rtmp", version: "0.1.0", description: "RTMP and Enhanced RTMP: publish and play", configSchema: RTMPSettings.schema)

    /// Message streams 2…4 are rare; each has a log of its own that is opened only when somebody plays there.
    static let formats = [
        LogFormat("rtmp", variant: "legacy"), LogFormat("rtmp", variant: "1"), LogFormat("rtmp", variant: "2"),
        LogFormat("rtmp", variant: "3"), LogFormat("rtmp", variant: "4"),
    ]

    private let host: Host
    private let current = Mutex(RTMPSettings())
    private let lastBounds = Mutex(RTMPBounds(RTMPLimits()))

    init(host: Host) { self.host = host }

    var settings: RTMPSettings { current.withLock { $0 } }

    /// `limits` as one object for all sessions that have them.
    func bounds(_ limits: RTMPLimits) -> RTMPBounds {
        lastBounds.withLock { last in
            if last.limits != limits { last = RTMPBounds(limits) }
            return last
        }
    }

    func configure(_ json: String) throws {
        let next = try RTMPSettings(json: json)
        current.withLock { $0 = next }
    }

    func openSession(_ connection: Connection) throws -> any ProtocolSession {
        RTMPConnection(plugin: self, connection: connection, now: host.monotonicNanoseconds)
    }

    func openSink(_ request: SinkRequest) throws -> any Sink {
        let variant = Self.formats.indices.contains(request.format) ? "\(Self.formats[request.format].variant)" : "1"
        return RTMPLogSink(log: request.log, variant: variant)
    }

    /// The core makes a record and reads it back.
    func selfTest() throws {
        var muxer = RTMPMuxer(variant: .legacy)
        muxer.setTracks([])
        let prefix = muxer.prefix(at: 0)
        guard RTMPRecord.size(of: prefix, at: 0) == prefix.count else { throw PluginError("the muxer's records are not whole") }
    }
}

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(RTMPPlugin.self, hello, error)
}
