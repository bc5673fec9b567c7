import CSluice
import HostMedia
import HostNet
import HostPaths

/// One stream that a step makes: its publication, or why it has none. On the lane of the step's input.
final class StepOutput: @unchecked Sendable {
    let label: String
    private(set) var publication: Publication?
    /// Why it is not on air; empty while it is.
    private(set) var reason = ""
    private(set) var tracks: [TrackSet.Track] = []
    private unowned let run: StepRun
    /// Monotonic ns; a refused name is tried again then.
    private var nextTry: UInt64 = 0
    /// The operator ended it: it stays off air until what it is made of begins anew.
    private var isKicked = false

    private static let pause: UInt64 = 5_000_000_000

    init(_ label: String, _ run: StepRun) {
        self.label = label
        self.run = run
    }

    /// The stream's name; nil when it would be none.
    var key: StreamKey? {
        let input = run.stream.key
        return Name("\(input.stream.text)_\(label)").map { StreamKey(app: input.app, stream: $0) }
    }

    /// Says its tracks, and publishes it when it is not on air. `anew`: what comes does not continue what came.
    func begin(_ tracks: [TrackSet.Track], anew: Bool) {
        self.tracks = tracks
        if anew { isKicked = false }
        if let publication {
            if anew { publication.breaks() }
        } else if !isKicked {
            publish()
        }
        sayTracks()
    }

    private func publish() {
        let server = run.stream.server
        nextTry = server.now &+ Self.pause
        guard let key else { return refuse("'\(run.stream.key.stream)_\(label)' is not a possible name") }
        do {
            publication = try server.publish(
                own: key, origin: .step(run.configuration.name, label: label, input: run.stream.key), lane: run.stream.lane,
                verdict: run.verdict
            ) { [weak self, lane = run.stream.lane] reason in
                lane.post { [weak self] in self?.taken(reason) }
            }
            reason = ""
        } catch {
            refuse(error.text(key))
        }
    }

    private func refuse(_ why: String) {
        if reason != why {
            run.stream.server.log.warning(
                "a step's output is not on air",
                ["stream": run.stream.key.description, "step": run.configuration.name, "output": label, "reason": why])
        }
        reason = why
    }

    private func sayTracks() { try? publication?.setTracks(tracks) }

    /// Somebody else ended it: taken over, or kicked.
    private func taken(_ why: String) {
        guard let over = publication, over.isOver else { return }
        isKicked = over.isKicked
        publication = nil
        refuse(why)
        nextTry = run.stream.server.now &+ Self.pause
    }

    /// A refused one tries again, now and then.
    func housekeep(at now: UInt64) {
        guard publication == nil, !isKicked, now >= nextTry, !tracks.isEmpty else { return }
        publish()
        sayTracks()
    }

    func push(_ frames: UnsafePointer<sluice_frame>, stride: Int, count: Int) {
        guard let publication, count > 0 else { return }
        let frame = frames.pointee
        let server = run.stream.server
        var wall = server.wallMicroseconds
        if let timescale = tracks.first(where: { $0.id == frame.track })?.timescale {
            wall = run.wall(of: frame.dts == SLUICE_TIME_UNKNOWN_VALUE ? frame.pts : frame.dts, timescale, or: wall)
        }
        publication.push(frames, stride: stride, count: count, now: server.now, wall: wall)
    }

    /// Ends its publication; the stream lingers.
    func end(_ reason: String) {
        guard let publication else { return }
        self.publication = nil
        run.stream.server.unpublish(publication, reason: reason)
    }
}
