// HLSSink: one stream's packager between the host's frames and the host's requests. Everything happens on the stream's lane.

import Formats
import FormatsKit
import HLSCore
import SluiceKit

final class HLSSink: Sink, Exportable {
    private let plugin: HLSPlugin
    private let host: Host
    private let key: String
    private let app: String
    /// The stream that this is, or is made of (attribute `rendition_of`).
    private let source: String
    private let releaser: Releaser
    /// Gives back a frame's buffer.
    private let release: @Sendable (UnsafeMutableRawPointer?) -> Void
    private var packager: OnDemandPackager
    private var announced: OnDemandPackager.Edition?
    /// The attributes that the stream was imported with, until this generation's settings were applied to it.
    private var imported: [(key: String, value: String)]?
    /// Bytes that all streams with a DVR window share, and this one's part if it has such a window.
    private var sharedBytes = 0
    private var share: SharedMemory.Share?

    init(plugin: HLSPlugin, request: SinkRequest, settings: HLSSettings, tag: String) {
        self.plugin = plugin
        host = request.host
        app = request.app
        key = "\(request.app)/\(request.name)"
        source = Self.source(request)
        releaser = request.releaser
        release = { [host] in host.release(buffer: $0) }
        var configuration = settings.configuration
        configuration.tag = tag
        packager = OnDemandPackager(configuration: configuration)
        packager.grid = plugin.grid(app: app, source: source)
        shareMemory(settings)
    }

    /// Goes on with what another generation exported. Calls no service; who waits is parked on the same handle, under the same keys.
    init(plugin: HLSPlugin, request: SinkRequest, blob: UnsafeRawBufferPointer) throws {
        self.plugin = plugin
        host = request.host
        app = request.app
        key = "\(request.app)/\(request.name)"
        source = Self.source(request)
        releaser = request.releaser
        release = { [host] in host.release(buffer: $0) }
        packager = try OnDemandPackager(importing: blob)
        imported = request.attributes
        packager.grid = plugin.grid(app: app, source: source)
        announced = packager.edition
        tellVariant()
    }

    private static func source(_ request: SinkRequest) -> String {
        request.attributes.first { $0.key == "rendition_of" }?.value ?? request.name
    }

    private func tellVariant() {
        var variant = packager.variant()
        variant.source = source
        plugin.setVariant(key, variant)
    }

    // MARK: Sink

    func tracks(_ tracks: [Track], discontinuity: Bool) throws {
        applySettings()
        let media = tracks.compactMap { TrackDescription($0) }.filter { $0.kind != .data || $0.codec == HLSPackager.messageCodec }
        try packager.tracks(media, discontinuity: discontinuity)
        announced = nil
        settle()
    }

    func frames(_ frames: borrowing BorrowedFrames) {
        applySettings()
        frames.forEach { frame in
            let timing = FrameTiming(frame.times)
            let wall = frame.wallMicroseconds / 1000
            guard packager.holdsFrames else {
                frame.withUnsafeBytes { packager.frame(timing, payload: $0, wallClockMs: wall, held: nil) }
                return
            }
            let owner = frame.retain(host)
            frame.withUnsafeBytes {
                let held = owner == nil ? HeldFrame(copying: $0) : HeldFrame(bytes: $0, owner: owner, release: release)
                packager.frame(timing, payload: $0, wallClockMs: wall, held: held)
            }
        }
        settle()
    }

    /// What was delivered becomes available at once; what comes back begins with a discontinuity.
    func publisher(lost: Bool) {
        guard lost else { return }
        packager.flush()
        settle()
    }

    /// Segments and the window of who publishes now; what is kept stays as far as they allow.
    func attributes(_ attributes: [(key: String, value: String)]) {
        imported = nil
        apply(attributes)
        settle()
    }

    func close(reason: String) {
        share = nil
        packager.streamEnded()
        answerHeld()
        plugin.setVariant(key, nil)
    }

    // MARK: Handover

    func export() throws -> [UInt8]? { try packager.exported() }

    /// Held frames are given back. The plugin's table still shows the stream, to who asks this generation.
    func forget() {
        packager = OnDemandPackager()
        share = nil
    }

    /// Settings that cannot be read leave the stream with those that it has.
    private func applySettings() {
        guard let attributes = imported else { return }
        imported = nil
        apply(attributes)
    }

    private func apply(_ attributes: [(key: String, value: String)]) {
        guard let settings = try? plugin.settings(app: app, attributes: attributes) else { return }
        packager.configure(settings.configuration)
        shareMemory(settings)
    }

    /// A stream with a DVR window has its part of what all of them share, one without has the packager's own bound.
    private func shareMemory(_ settings: HLSSettings) {
        sharedBytes = settings.sharedBytes
        share = settings.configuration.isDVR ? share ?? plugin.memory.share() : nil
        limitMemory()
    }

    private func limitMemory() {
        if let share { packager.limit(bytes: max(share.bytes(of: sharedBytes), HLSConfiguration().maximumBytes)) }
    }

    // MARK: Requests

    func answer(_ request: Request, name: String) {
        applySettings()
        let query = request.query.map { ($0.key, $0.value) }
        let now = Int64(clamping: request.now / 1_000_000)
        switch packager.request(name, query: query, childPrefix: request.childPrefix, nowMs: now) {
        case .wait(let key, let deadline):
            request.exchange.park(key, deadline: UInt64(clamping: deadline) &* 1_000_000)
        case let answer:
            request.exchange.respond(HLSResponses.response(answer))
        }
        settle()
    }

    private func answerHeld() {
        for released in packager.takeReleases() { releaser.release(released.key, HLSResponses.response(released.answer)) }
    }

    /// Answers who waits, and tells the multivariant playlist what changed with a new segment.
    private func settle() {
        answerHeld()
        let edition = packager.edition
        guard edition != announced else { return }
        announced = edition
        limitMemory()
        tellVariant()
    }
}
