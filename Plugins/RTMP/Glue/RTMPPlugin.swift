// The RTMP plugin: brings the core's sessions and muxer to the host. No protocol logic lives here.

import Formats
import RTMPCore
import SluiceKit
import Synchronization

/// `sluice.protocol` for publishers and players, `sluice.sink` for the logs that players read, `sluice.handover` for both.
final class RTMPPlugin: Plugin, ProtocolServer, SinkProvider, Handover, SelfTesting {
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
        RTMPLogSink(log: request.log, muxer: Self.muxer(request))
    }

    /// An empty muxer for the variant that is asked for.
    private static func muxer(_ request: SinkRequest) -> RTMPLogMuxer {
        let variant = formats.indices.contains(request.format) ? "\(formats[request.format].variant)" : "1"
        return RTMPLogMuxer(
            variant: variant == "legacy" ? .legacy : .enhanced, streamID: UInt32(variant) ?? RTMPMuxer.streamID)
    }

    func importSession(_ connection: Connection, _ blob: UnsafeRawBufferPointer) throws -> any ProtocolSession {
        do throws(BlobError) {
            var reader = BlobReader(blob)
            let session = try RTMPConnection(plugin: self, connection: connection, from: &reader)
            try reader.end()
            return session
        } catch {
            throw PluginError("\(error)", code: SLUICE_E_INVALID)
        }
    }

    func importSink(_ request: SinkRequest, _ blob: UnsafeRawBufferPointer) throws -> any Sink {
        do throws(BlobError) {
            var reader = BlobReader(blob)
            let muxer = try RTMPLogMuxer(from: &reader)
            try reader.end()
            let wanted = Self.muxer(request)
            guard muxer.variant == wanted.variant, muxer.streamID == wanted.streamID else {
                throw .value(field: "variant", offset: 0)
            }
            return RTMPLogSink(log: request.log, muxer: muxer)
        } catch {
            throw PluginError("\(error)", code: SLUICE_E_INVALID)
        }
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
