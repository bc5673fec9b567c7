// SourceRun: one `[[app.NAME.source]]`: its place among the streams, and the plugin's source that fills it. On one lane.
//
// A source that fails is closed, told, and opened again after a while; the stream goes on with a discontinuity, or lingers when that
// takes long. It never takes a name from somebody who publishes it.

import CSluice
import HostConfig
import HostMedia
import HostNet
import HostPaths
import NIOCore
import SluiceJSON
import Synchronization

final class SourceRun: @unchecked Sendable {
    let key: StreamKey
    let configuration: SourceConfiguration
    let lane: Lane
    private unowned let server: Server
    private var object: SourceObject?
    private var publication: Publication?
    private var backoff = Backoff()
    private var retry: Scheduled<Void>?
    private var hasEnded = false
    private var isClosed = false
    private let shared = Mutex(Words())

    /// What listings show.
    struct Words: Sendable {
        var state = "starting"
        var reason = ""
        var failures = 0
    }

    init(_ configuration: SourceConfiguration, key: StreamKey, lane: Lane, server: Server) {
        self.configuration = configuration
        self.key = key
        self.lane = lane
        self.server = server
    }

    var words: Words { shared.withLock { $0 } }

    private func tell(_ state: String, _ reason: String = "") {
        let failures = backoff.failures
        shared.withLock { $0 = Words(state: state, reason: reason, failures: failures) }
    }

    // MARK: Life

    /// [lane] Brings it on air, unless it is, or has said that there is no more.
    func open() {
        retry?.cancel()
        retry = nil
        guard !isClosed, object == nil, !hasEnded else { return }
        guard let generation = server.registry.active(configuration.use) else {
            endPublication("the plugin \(configuration.use) is not in service")
            return tell("waiting", "the plugin \(configuration.use) is not in service")
        }
        if let publication {
            publication.breaks()
        } else {
            do {
                publication = try server.publish(
                    own: key, origin: .source(plugin: configuration.use), lane: lane, verdict: .allow
                ) { [weak self, lane] reason in lane.post { [weak self] in self?.taken(reason) } }
            } catch {
                return failed(error.text(key))
            }
        }
        switch make(generation) {
        case .success(let made):
            object = made
            backoff.begins(at: server.now)
            tell("running")
            made.finish()
        case .failure(let failure): failed(failure.text, failure.code)
        }
    }

    private struct Failure: Error {
        var text: String
        var code = SLUICE_E_FAILED
    }

    private func make(_ generation: PluginGeneration) -> Result<SourceObject, Failure> {
        guard let publication, let made = SourceObject(generation, run: self) else {
            return .failure(Failure(text: "the plugin \(configuration.use) offers no sluice.source"))
        }
        let settings = server.sourceSettings(key.app.text, configuration)
        if let why = made.open(key, stream: publication.handle, settings: settings, now: server.now) {
            generation.failed(why.code, "a source was refused: \(why.text)")
            return .failure(Failure(text: why.text, code: why.code))
        }
        return .success(made)
    }

    private func failed(_ why: String, _ code: Int32 = SLUICE_E_FAILED) {
        let isNew = words.reason != why
        let delay = code == SLUICE_E_BACKEND ? backoff.waits(at: server.now) : backoff.fails(at: server.now)
        tell("failed", why)
        if backoff.isHopeless { endPublication(why) }
        if isNew || (code != SLUICE_E_BACKEND && !backoff.isHopeless) {
            server.log.error(
                "source failed",
                [
                    "plugin": configuration.use, "stream": key.description, "reason": why, "again_in_ms": "\(delay / 1_000_000)",
                ])
            server.events.emit(
                "source.failed",
                [
                    "app": .string(key.app.text), "stream": .string(key.stream.text), "plugin": .string(configuration.use),
                    "reason": .string(why),
                ])
        }
        guard !isClosed else { return }
        retry = lane.loop.scheduleTask(in: .nanoseconds(Int64(clamping: delay))) { [weak self] in
            guard let self else { return }
            self.open()
            self.lane.settle()
        }
    }

    /// [lane] A call of its plugin failed.
    func fail(_ failing: SourceObject, _ why: String, _ code: Int32) {
        failing.close(reason: "it failed: \(why)")
        guard failing === object else { return }
        object = nil
        failing.generation.failed(code, "a source failed: \(why)")
        failed(why, code)
    }

    /// [lane] The plugin says that there is no more.
    func ended(_ ending: SourceObject, _ reason: String) {
        ending.close(reason: reason)
        guard ending === object else { return }
        object = nil
        hasEnded = true
        tell("ended", reason)
        endPublication(reason)
    }

    /// [lane] Somebody else ended its publication: taken over, or kicked.
    private func taken(_ why: String) {
        guard publication?.isOver == true else { return }
        publication = nil
        object?.close(reason: why)
        object = nil
        failed(why)
    }

    /// [lane] It is not configured any more, or the server stops.
    func close(_ reason: String) {
        guard !isClosed else { return }
        isClosed = true
        retry?.cancel()
        object?.close(reason: reason)
        object = nil
        endPublication(reason)
        tell("ended", reason)
    }

    private func endPublication(_ reason: String) {
        guard let publication else { return }
        self.publication = nil
        server.unpublish(publication, reason: reason)
    }

    // MARK: Replacing

    /// [lane] The plugin came into service.
    func openMissing() {
        guard object == nil else { return }
        backoff.reset()
        hasEnded = false
        open()
    }

    /// [lane] Another generation serves: its source is opened, then the one before is closed. A refusal leaves that one.
    func move(to generation: PluginGeneration) {
        guard !isClosed, configuration.use == generation.id else { return }
        guard let old = object else { return openMissing() }
        guard old.generation !== generation, let publication else { return }
        let tracks = publication.stream.snapshot.tracks?.tracks
        publication.breaks()
        switch make(generation) {
        case .success(let made):
            old.close(reason: "replaced")
            object = made
            backoff.begins(at: server.now)
            made.finish()
        case .failure(let failure):
            server.log.error(
                "source goes on as it was",
                ["plugin": configuration.use, "stream": key.description, "reason": failure.text])
            if let tracks { try? publication.setTracks(tracks) }
        }
    }

    /// [lane] A generation has to let go.
    func close(of generation: PluginGeneration, _ reason: String) {
        guard let object, object.generation === generation else { return }
        self.object = nil
        object.close(reason: reason)
        open()
    }
}
