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
    /// The largest presentation time that was pushed, by track, in its timescale.
    private(set) var newest: [UInt32: Int64] = [:]
    /// Tracks of which what comes may have been pushed before.
    private var repeats: Set<UInt32> = []
    /// The operator ended it: it stays off air until what it is made of begins anew.
    private var isKicked = false

    private static let pause: UInt64 = 5_000_000_000
    /// Seconds: more than the ring holds.
    private static let longestRepeat: Int64 = 90

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
        for track in self.tracks where !tracks.contains(where: { $0.id == track.id && $0.timescale == track.timescale }) {
            newest[track.id] = nil
        }
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
        guard !repeats.isEmpty else { return hand(frames, stride: stride, count: count) }
        for index in 0..<count {
            let frame = UnsafeRawPointer(frames).advanced(by: index * stride).assumingMemoryBound(to: sluice_frame.self)
            if isNew(frame.pointee) { hand(frame, stride: stride, count: 1) }
        }
    }

    private func hand(_ frames: UnsafePointer<sluice_frame>, stride: Int, count: Int) {
        guard let publication, count > 0 else { return }
        note(frames, stride: stride, count: count)
        let frame = frames.pointee
        let server = run.stream.server
        var wall = server.wallMicroseconds
        if let timescale = tracks.first(where: { $0.id == frame.track })?.timescale {
            wall = run.wall(of: frame.dts == SLUICE_TIME_UNKNOWN_VALUE ? frame.pts : frame.dts, timescale, or: wall)
        }
        publication.push(frames, stride: stride, count: count, now: server.now, wall: wall)
    }

    // MARK: Going on where a transform failed

    /// The next transform begins before where this one has come.
    func mayRepeat() { repeats = Set(newest.keys) }

    /// The input begins anew: its times are others.
    func forget() {
        newest = [:]
        repeats = []
    }

    /// Of sound what is behind what was pushed, of pictures what comes from a key frame behind it on.
    private func isNew(_ frame: sluice_frame) -> Bool {
        guard repeats.contains(frame.track), let newest = newest[frame.track],
            let track = tracks.first(where: { $0.id == frame.track })
        else { return true }
        let (by, overflow) = Self.time(frame).subtractingReportingOverflow(newest)
        // Further back than anything lies that is sent twice: another clock.
        guard by > 0 || overflow || by < -Self.longestRepeat * Int64(track.timescale),
            !track.isVideo || frame.flags & SLUICE_FRAME_KEY != 0
        else { return false }
        repeats.remove(frame.track)
        return true
    }

    private func note(_ frames: UnsafePointer<sluice_frame>, stride: Int, count: Int) {
        for index in 0..<count {
            let frame = UnsafeRawPointer(frames).advanced(by: index * stride).assumingMemoryBound(to: sluice_frame.self).pointee
            let time = Self.time(frame)
            guard let before = newest[frame.track] else {
                newest[frame.track] = time
                continue
            }
            // Pictures go back by the order of their decoding, others only where the clock does.
            let (back, overflow) = before.subtractingReportingOverflow(time)
            let second = tracks.first { $0.id == frame.track }.map { Int64($0.timescale) } ?? .max
            if back < 0 || overflow || back > second { newest[frame.track] = time }
        }
    }

    private static func time(_ frame: sluice_frame) -> Int64 {
        frame.pts == SLUICE_TIME_UNKNOWN_VALUE ? frame.dts : frame.pts
    }

    /// Ends its publication; the stream lingers.
    func end(_ reason: String) {
        guard let publication else { return }
        self.publication = nil
        run.stream.server.unpublish(publication, reason: reason)
    }
}
