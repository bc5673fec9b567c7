// The HTTP-FLV plugin: one log of tags per stream for HTTP, one of WebSocket frames; a player is a cursor in it.

import Formats
import FormatsKit
import HTTPFLVCore
import SluiceKit

/// `sluice.sink` for the logs, `sluice.routes` for `/APP/STREAM.flv` over HTTP and WebSocket, `sluice.handover` for the logs' sinks.
final class HTTPFLVPlugin: Plugin, SinkProvider, RouteHandler, Handover, SelfTesting {
    static let module = ModuleDescription(
        id: "http-flv", version: "0.1.0", description: "FLV over HTTP and WebSocket at /APP/STREAM.flv")
    static let formats = [LogFormat("flv"), LogFormat("flv", variant: "ws")]
    static let routes = [Route(.media, "GET", "/{app}/{stream}.flv", [.authPlay, .output, .webSocket])]

    private let host: Host

    init(host: Host) { self.host = host }

    func openSink(_ request: SinkRequest) throws -> any Sink {
        FLVLogSink(log: request.log, muxer: FLVLogMuxer(framing: Self.framing(request)))
    }

    private static func framing(_ request: SinkRequest) -> FLVFraming { request.format == 1 ? .webSocket : .http }

    func importSink(_ request: SinkRequest, _ blob: UnsafeRawBufferPointer) throws -> any Sink {
        do throws(BlobError) {
            var reader = BlobReader(blob)
            let muxer = try FLVLogMuxer(from: &reader)
            try reader.end()
            guard muxer.framing == Self.framing(request) else { throw .value(field: "framing", offset: 0) }
            return FLVLogSink(log: request.log, muxer: muxer)
        } catch {
            throw PluginError("\(error)", code: SLUICE_E_INVALID)
        }
    }

    func handle(_ request: Request, sink: (any Sink)?) throws {
        let streams = host.streams(app: request.parameter("app"), name: request.parameter("stream"))
        guard let stream = streams.first(where: { $0.name == request.parameter("stream") }) else {
            let headers = [(key: "content-type", value: "text/plain"), (key: "cache-control", value: "max-age=1")]
            return request.exchange.respond(Response(404, headers: headers, body: Array("the stream is not on air\n".utf8)))
        }
        let framing: FLVFraming = request.webSocket ? .webSocket : .http
        let tracks = stream.tracks.compactMap { TrackDescription($0) }
        let response = Response(200, headers: [("content-type", "video/x-flv"), ("cache-control", "no-store")])
        try request.exchange.attach(
            format: "flv", variant: request.webSocket ? "ws" : "", head: FLVLogMuxer.fileHeader(tracks: tracks, framing: framing),
            response: response, webSocket: request.webSocket)
    }

    /// The core writes a file header and reads its signature back.
    func selfTest() throws {
        guard FLVLogMuxer.fileHeader(tracks: []).starts(with: Array("FLV".utf8)) else {
            throw PluginError("the muxer writes no FLV")
        }
    }
}

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(HTTPFLVPlugin.self, hello, error)
}
