// LiveStream: a stream of the host: who publishes, which outputs it has, who plays, what it lingers for.
//
// Media state is MediaStream's; this file is its life: begin, lose the publisher, linger, end. Confined to its lane, but for
// `publisher` (the registry's lock), `lastArrival` and `snapshot` (any thread).

import CSluice
import HostMedia
import HostNet
import HostPaths
import NIOCore
import Synchronization

final class LiveStream: @unchecked Sendable {
    enum State: UInt32, Sendable {
        /// On air, or about to be.
        case live = 1
        case lingering, ended

        var name: String {
            switch self {
            case .live: "live"
            case .lingering: "lingering"
            case .ended: "ended"
            }
        }
    }

    /// What any thread may know of a stream.
    struct Snapshot: Sendable {
        var state = State.live
        var group = ""
        var attributes: [String: String] = [:]
        var tracks: TrackSet?
        var epoch: UInt64 = 0
        var figures = MediaStream.Figures()
        var startedWall: Int64
        var reconnects = 0
        var duplicatePolicy: AppPolicy.Duplicate
        var stallNanoseconds: UInt64
    }

    let key: StreamKey
    let lane: Lane
    /// What the app says; on the lane.
    private(set) var policy: AppPolicy
    unowned let server: Server
    let media: MediaStream
    /// Guarded by the registry's lock.
    var publisher: Publication?
    let lastArrival = Atomic<UInt64>(0)
    private let shared: Mutex<Snapshot>
    /// The last still picture that a step has given.
    let still = Mutex<StillPicture?>(nil)

    // Lane-confined.
    var sinks: [SinkInstance] = []
    private(set) var attributes: [String: String] = [:]
    private(set) var current: Publication?
    /// What the publisher said its tracks are.
    private(set) var said: [TrackSet.Track] = []
    /// Whose wall clock it shares, while it has a publisher.
    var wallGroup: String?
    var syncPoints = SyncPoints()
    /// Where its sync points are, of the tracks that were told.
    var syncTrack: TrackSet.Track?
    /// Some sink is to be replaced at the next key frame.
    var isReplacing = false
    /// What is made of it.
    private(set) lazy var steps = StreamSteps(self)
    var pendingPlayers: [(any PlayerTarget, PlayerWish)] = []
    /// Players that do not play what it has, and may get what is made of it; until when, monotonic ns.
    var keptPlayers: [(any PlayerTarget, PlayerWish)] = []
    var keepsUntil: UInt64 = 0
    private var isMarked = false
    private var lingerTimer: Scheduled<Void>?
    private var housekeeping: RepeatedTask?
    private var overRateSince: UInt64 = 0
    private var lingerNanoseconds: UInt64

    init(key: StreamKey, lane: Lane, policy: AppPolicy, grant: Grant, server: Server) {
        self.key = key
        self.lane = lane
        self.policy = policy
        self.server = server
        var limits = GOPRing.Limits()
        limits.bytes = server.limits.ringBytes
        media = MediaStream(limits: limits)
        shared = Mutex(
            Snapshot(
                startedWall: server.wallMicroseconds, duplicatePolicy: policy.duplicate, stallNanoseconds: policy.stallNanoseconds
            ))
        lingerNanoseconds = policy.lingerNanoseconds
        apply(grant.verdict)
        lastArrival.store(server.now, ordering: .relaxed)
    }

    var snapshot: Snapshot { shared.withLock { $0 } }

    /// Whether a second publisher may take over now; under the registry's lock.
    func mayReplace(now: UInt64) -> Bool {
        let (rule, stall) = shared.withLock { ($0.duplicatePolicy, $0.stallNanoseconds) }
        return switch rule {
        case .takeover: true
        case .reject: false
        case .stalled: now &- min(lastArrival.load(ordering: .relaxed), now) > stall
        }
    }

    private func apply(_ verdict: Verdict) {
        for attribute in verdict.attributes { attributes[attribute.key] = attribute.value.isEmpty ? nil : attribute.value }
        applyRules()
    }

    /// What the app says, where no attribute says otherwise.
    private func applyRules() {
        let duplicate = attributes["duplicate"].flatMap(AppPolicy.Duplicate.init) ?? policy.duplicate
        let stall = seconds("stall_s") ?? policy.stallNanoseconds
        lingerNanoseconds = seconds("linger_s") ?? policy.lingerNanoseconds
        settleClock()
        let (group, all) = (attributes["group"] ?? "", attributes)
        shared.withLock {
            $0.group = group
            $0.attributes = all
            $0.duplicatePolicy = duplicate
            $0.stallNanoseconds = stall
        }
    }

    /// [lane] The app is configured anew: its rules hold from now on, outputs that it lost are closed, those it got are opened. What
    /// a log was made with (its pace) stays.
    func take(_ changed: AppPolicy) {
        guard changed != policy, snapshot.state != .ended else { return }
        policy = changed
        applyRules()
        for sink in sinks where !changed.outputs.contains(sink.plugin) {
            media.unsubscribe(sink)
            sink.close(reason: "the app \(key.app) is not configured to serve that any more")
        }
        sinks.removeAll { !$0.isOpen }
        for plugin in changed.outputs { openMissing(plugin) }
        if current != nil { steps.sync() }
    }

    private func seconds(_ key: String) -> UInt64? {
        attributes[key].flatMap { UInt64($0) }.map { min($0, 86_400) &* 1_000_000_000 }
    }

    // MARK: Publisher

    /// [lane] A publisher begins, on a new stream or on one that lingers.
    func begin(_ publication: Publication) {
        // Read again between the question and now.
        if server.isReloaded {
            guard let inForce = server.policy(key.app) else {
                server.end(publication, reason: Server.removedText(key.app))
                return endIfIdle(Server.removedText(key.app))
            }
            take(inForce)
        }
        lingerTimer?.cancel()
        lingerTimer = nil
        let isBack = current != nil || media.tracks != nil
        current = publication
        said = []
        if isBack { apply(publication.grant.verdict) } else { settleClock() }
        media.publisherBegan(keepsTime: publication.origin.keepsTime)
        shared.withLock {
            $0.state = .live
            if isBack { $0.reconnects += 1 }
        }
        if housekeeping == nil {
            housekeeping = lane.loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
                guard let self else { return task.cancel() }
                self.housekeep()
            }
        }
        server.streamEvent(isBack ? "stream.back" : "stream.publishing", self, ["peer": .string(publication.peer)])
    }

    /// [lane] The publisher stays, what it sends does not continue what it sent.
    func breaks(_ publication: Publication) {
        guard current === publication else { return }
        media.breaks(keepsTime: publication.origin.keepsTime)
    }

    /// [lane] The publisher has gone and is the registry's no more.
    func lost(_ publication: Publication, reason: String) {
        guard current === publication else { return }
        current = nil
        leaveWall()
        media.publisherEnded()
        shared.withLock { $0.state = .lingering }
        // Perhaps inside a call of the publisher's plugin.
        if isReplacing { lane.post { if self.current == nil { self.replaceNow() } } }
        updateSnapshot()
        server.streamEvent("stream.lost", self, ["reason": .string(reason)])
        guard lingerNanoseconds > 0, media.tracks != nil else { return endIfIdle("publisher gone: \(reason)") }
        lingerTimer = lane.loop.scheduleTask(in: .nanoseconds(Int64(clamping: lingerNanoseconds))) { [weak self] in
            self?.endIfIdle("publisher gone: \(reason)")
        }
    }

    /// [lane] Ends the stream unless somebody publishes again.
    func endIfIdle(_ reason: String) {
        guard current == nil, server.streams.removeIfIdle(self) else { return }
        lingerTimer?.cancel()
        housekeeping?.cancel()
        housekeeping = nil
        shared.withLock { $0.state = .ended }
        steps.close(reason)
        for sink in sinks {
            media.unsubscribe(sink)
            sink.close(reason: reason)
        }
        sinks = []
        for (player, _) in pendingPlayers + keptPlayers { player.playerLane.post { player.playerEnds(reason) } }
        pendingPlayers = []
        keptPlayers = []
        server.streamEvent("stream.ended", self, ["reason": .string(reason)])
    }

    // MARK: Media

    /// [lane] All tracks from the current publisher.
    func setTracks(_ tracks: [TrackSet.Track], from publication: Publication) {
        guard current === publication else { return }
        said = tracks
        tellTracks()
    }

    /// [lane] What the publisher said its tracks are, and the host's own, if that is new.
    func tellTracks() {
        let isFirst = media.tracks == nil
        guard (try? media.setTracks(withSyncTrack(said))) == true else { return }
        updateSnapshot()
        if isFirst {
            for output in server.outputs(of: policy) where output.opensWithStream { open(output, format: 0) }
            server.streamEvent("stream.live", self, [:])
        } else {
            server.streamEvent("stream.tracks", self, [:])
        }
        steps.sync()
        if isFirst { keepsUntil = server.now &+ Self.renditionTime }
        let waiting = pendingPlayers + server.streams.takeWaiting(key)
        pendingPlayers = []
        for (player, wish) in waiting { add(player, wish, hasWaited: true) }
        tellSource()
    }

    /// [lane] One frame from the current publisher.
    func ingest(_ frame: sluice_frame, from publication: Publication, now: UInt64, wall: Int64) {
        guard current === publication else { return }
        lastArrival.store(now, ordering: .relaxed)
        guard media.push(frame, arrival: now, wall: wall) else { return }
        if now >= syncPoints.due { addSyncPoint(behind: frame, now: now, wall: wall) }
        guard !isMarked else { return }
        isMarked = true
        lane.mark(self)
    }

    /// [lane] The end of the turn.
    func deliver() {
        isMarked = false
        if isReplacing { deliverAndReplace() } else { media.deliver() }
    }

    // MARK: Housekeeping

    private func housekeep() {
        let now = server.now
        for sink in sinks { tellJumps(of: sink) }
        for sink in sinks where sink.log != nil {
            if sink.playerCount > 0 {
                sink.idleSince = 0
            } else if sink.idleSince == 0 {
                sink.idleSince = now
            } else if now &- sink.idleSince > max(policy.lingerNanoseconds, 1_000_000_000) {
                media.unsubscribe(sink)
                sinks.removeAll { $0 === sink }
                sink.close(reason: "nobody plays")
            }
        }
        if let current, current.grant.verdict.maxBitrate > 0, media.figures.measuredBitrate > current.grant.verdict.maxBitrate {
            if overRateSince == 0 { overRateSince = now }
            if now &- overRateSince > 5_000_000_000 { server.end(current, reason: "the publisher is over its bit rate") }
        } else {
            overRateSince = 0
        }
        steps.housekeep(at: now)
        updateSnapshot()
    }

    /// At most one line a second and output about players that fell behind.
    private func tellJumps(of sink: SinkInstance) {
        guard let figures = sink.log?.statistics, figures.jumps > sink.jumpsTold else { return }
        let jumps = figures.jumps &- sink.jumpsTold
        sink.jumpsTold = figures.jumps
        server.log.info(
            "slow players jumped to the latest key frame",
            [
                "stream": key.description, "format": sink.formatName, "jumps": "\(jumps)", "of_players": "\(figures.players)",
                "bytes_skipped_in_all": "\(figures.skippedBytes)",
            ])
    }

    private func updateSnapshot() {
        let (tracks, epoch, figures) = (media.tracks, media.epoch, media.figures)
        shared.withLock {
            $0.tracks = tracks
            $0.epoch = epoch
            $0.figures = figures
        }
    }

    /// [any] The verdict that lets its publisher in is another by now: what it says otherwise is set, an empty value removes. What it does
    /// not say stays.
    func renew(_ last: Verdict, by next: Verdict) {
        let changed = next.attributes.filter { last.attribute($0.key) != $0.value }
        guard !changed.isEmpty else { return }
        lane.post { self.change(changed.map { ($0.key, $0.value) }) }
    }

    /// Attributes of one stream, when the API adds some.
    static let attributeLimit = 64

    /// [lane] Attributes that the operator sets, or takes away where the value is empty. False: they would be too many.
    func setAttributes(_ changed: [(String, String)]) -> Bool {
        let all = Set(attributes.keys).union(changed.lazy.filter { !$0.1.isEmpty }.map(\.0))
        guard all.count <= max(Self.attributeLimit, attributes.count) else { return false }
        change(changed)
        return true
    }

    private func change(_ changed: [(String, String)]) {
        for (key, value) in changed { attributes[key] = value.isEmpty ? nil : value }
        applyRules()
        tellAttributes()
    }

    /// [lane] An attribute set by a plugin.
    func setAttribute(_ key: String, _ value: String) {
        attributes[key] = value.isEmpty ? nil : value
        settleClock()
        let (group, all) = (attributes["group"] ?? "", attributes)
        shared.withLock {
            $0.group = group
            $0.attributes = all
        }
        tellAttributes()
    }

    private func tellAttributes() {
        let list = attributes.map { ($0.key, $0.value) }
        for sink in sinks { sink.attributesChanged(list) }
        steps.attributesChanged(list)
    }
}
