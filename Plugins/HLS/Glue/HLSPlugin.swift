// The HLS plugin: brings the packagers to the host's streams and requests. Segmenting and playlists are the core's.

import Formats
import FormatsKit
import HLSCore
import SluiceKit
import Synchronization

/// `sluice.sink` opens with each stream; `sluice.routes` answers playlists and media on the stream's lane.
final class HLSPlugin: Plugin, SinkProvider, RouteHandler, Handover, SelfTesting {
    static let module = ModuleDescription(
        id: "hls", version: "0.1.0", description: "HLS with low latency: CMAF segments and parts at /APP/STREAM/index.m3u8",
        configSchema: HLSSettings.schema, appConfigSchema: HLSSettings.appSchema)
    static let formats: [LogFormat] = []
    /// The first is the decision: it asks the app's chain, and its children carry the viewer token that the host makes.
    static let routes = [
        Route(.media, "GET", "/{app}/{stream}/index.m3u8", [.authPlay, .output]),
        Route(.media, "GET", "/{app}/{stream}/{file}.m3u8", [.authToken, .output, .sink]),
        Route(.media, "GET", "/{app}/{stream}/{file}.m4s", [.authToken, .output, .sink]),
        Route(.media, "GET", "/{app}/{stream}/{file}.mp4", [.authToken, .output, .sink]),
    ]
    private static let suffixes = [".m3u8", ".m3u8", ".m4s", ".mp4"]

    private let host: Host
    private let current = Mutex(HLSSettings())
    /// What each open stream looks like as a variant, for multivariant playlists of streams and groups; by "app/stream".
    private let variants = Mutex<[String: HLSVariant]>([:])

    private let grids = Mutex<[String: WeakGrid]>([:])

    init(host: Host) { self.host = host }

    func configure(_ json: String) throws {
        let next = try HLSSettings(json: json)
        current.withLock { $0 = next }
    }

    func openSink(_ request: SinkRequest) throws -> any Sink {
        let settings = try settings(app: request.app, attributes: request.attributes)
        return HLSSink(plugin: self, request: request, settings: settings, tag: String(host.wallMicroseconds / 1000, radix: 36))
    }

    /// The stream goes on; this generation's settings reach it with its first call, since they come from a service.
    func importSink(_ request: SinkRequest, _ blob: UnsafeRawBufferPointer) throws -> any Sink {
        try HLSSink(plugin: self, request: request, blob: blob)
    }

    func settings(app: String, attributes: [(key: String, value: String)]) throws -> HLSSettings {
        var settings = current.withLock { $0 }
        try settings.apply(json: host.appConfiguration(app) ?? "{}")
        settings.apply(attributes: attributes)
        return settings
    }

    /// What the streams with a DVR window share.
    let memory = SharedMemory()

    func setVariant(_ key: String, _ variant: HLSVariant?) { variants.withLock { $0[key] = variant } }

    func handle(_ request: Request, sink: (any Sink)?) throws {
        guard request.route > 0 else { return multivariant(request) }
        guard let sink = sink as? HLSSink, Self.suffixes.indices.contains(request.route) else {
            return request.exchange.respond(HLSResponses.notOnAir)
        }
        sink.answer(request, name: request.parameter("file") + Self.suffixes[request.route])
    }

    /// What streams on the line of `source` have in common; there for as long as one of them holds it.
    func grid(app: String, source: String) -> SegmentGrid {
        grids.withLock { grids in
            if let grid = grids["\(app)/\(source)"]?.grid { return grid }
            grids = grids.filter { $0.value.grid != nil }
            let grid = SegmentGrid()
            grids["\(app)/\(source)"] = WeakGrid(grid: grid)
            return grid
        }
    }

    private struct WeakGrid: Sendable {
        weak let grid: SegmentGrid?
    }

    /// Of one stream, or of all streams of a group.
    private func multivariant(_ request: Request) {
        let (app, name) = (request.parameter("app"), request.parameter("stream"))
        let streams = host.streams(app: app, name: name)
        let known = variants.withLock { $0 }
        let found = streams.compactMap { stream -> HLSVariant? in
            guard var variant = known["\(app)/\(stream.name)"] else { return nil }
            let prefix = (stream.name == name ? "" : "../\(stream.name)/") + request.childPrefix
            variant.uri = prefix + variant.uri
            for index in variant.audio.indices { variant.audio[index].uri = prefix + variant.audio[index].uri }
            return variant
        }
        guard !found.isEmpty else { return request.exchange.respond(HLSResponses.notOnAir) }
        request.exchange.respond(
            HLSResponses.multivariant(MultivariantPlaylist.text(variants: found), isShared: request.childPrefix.isEmpty))
    }

    /// An empty packager refuses, and does so with a reason.
    func selfTest() throws {
        var packager = HLSPackager()
        guard case .refuse(404, _, _) = packager.request("video.m3u8", nowMs: 0) else {
            throw PluginError("an empty packager answered a playlist")
        }
    }
}

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(HLSPlugin.self, hello, error)
}
