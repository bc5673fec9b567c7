import CSluice
import HostIsolation
import HostMedia
import HostNet
import Synchronization

/// One plugin's output of one stream: the sink object behind the C table, and its log when it writes one. Confined to the stream's
/// lane, but for its players' list and the log itself.
final class SinkInstance: StreamSubscriber, @unchecked Sendable {
    /// Whose code runs; another one's after a handover. On the lane; other threads know it by `plugin`.
    var generation: PluginGeneration
    let plugin: String
    let stream: LiveStream
    var format: Int
    let formatName: String
    let variant: String
    let log: BroadcastLog?
    /// What the plugin knows it by.
    private(set) var handle: UInt64 = 0
    private(set) var logHandle: UInt64 = 0
    var table: UnsafePointer<sluice_sink_interface>
    var pointer: UnsafeMutableRawPointer?
    private(set) var isOpen = false
    /// Monotonic ns since when nobody plays; 0 while somebody does.
    var idleSince: UInt64 = 0
    /// Jumps of its log's players that the log of the host knows of.
    var jumpsTold: UInt64 = 0
    /// What the plugin could not take yet.
    private let backlog: SubscriberBacklog
    private(set) var isFailing = false
    /// While another generation's process decides whether it takes the sink: frames are kept, requests wait.
    var pendingMove: PendingMove?
    var waitingRequests: [() -> Void] = []
    /// The generation that did not take it: it is not asked again.
    var refusedBy: UInt64 = 0
    /// Who takes its place at the next key frame, once its plugin was replaced by one that can't take it over.
    var successor: PluginOutput?
    private let players = Mutex(Players())

    private struct Players {
        var all: [UInt64: any PlayerTarget] = [:]
        /// Has them since this sink was replaced: who still knows this one is sent on.
        var heir: SinkInstance?
    }

    init(
        generation: PluginGeneration, stream: LiveStream, table: UnsafePointer<sluice_sink_interface>, format: Int,
        formatName: String,
        variant: String, log: BroadcastLog?
    ) {
        self.generation = generation
        plugin = generation.id
        self.stream = stream
        self.table = table
        self.format = format
        self.formatName = formatName
        self.variant = variant
        self.log = log
        backlog = SubscriberBacklog(limits: generation.server.backlogLimits)
    }

    /// [lane] Frames that the plugin was too slow for.
    var framesLost: UInt64 { backlog.lost }

    /// [lane] Opens the plugin's sink. Nil, or why not.
    func open() -> String? {
        let server = generation.server
        handle = server.sinks.insert(self)
        logHandle = log == nil ? 0 : server.logs.insert(self)
        var error = sluice_error.make()
        let status = withRequest(format: format) { request in
            generation.call(.sinkOpen, else: SLUICE_E_CANCELLED) {
                table.pointee.open?(generation.instance, request, &pointer, &error) ?? SLUICE_E_FAILED
            }
        }
        guard status == SLUICE_OK else {
            forget()
            let reason = error.reason(or: "open failed with status \(status)")
            generation.failed(status, "a sink was refused: \(reason)")
            return reason
        }
        isOpen = true
        generation.leases.sinks.wrappingAdd(1, ordering: .relaxed)
        return nil
    }

    /// Calls `body` with what the plugin is told of the sink.
    func withRequest(format: Int, _ body: (UnsafePointer<sluice_sink_open>) -> Int32) -> Int32 {
        let arena = TextArena()
        var request = sluice_sink_open()
        request.struct_size = UInt32(MemoryLayout<sluice_sink_open>.size)
        request.format = UInt32(format)
        request.sink = handle
        request.stream = handle
        request.log = logHandle
        request.app = arena.text(stream.key.app.text)
        request.name = arena.text(stream.key.stream.text)
        let attributes = stream.attributes.map { ($0.key, $0.value) }
        request.attributes = arena.pairs(attributes)
        request.attribute_count = UInt32(attributes.count)
        return withExtendedLifetime(arena) { withUnsafePointer(to: &request, body) }
    }

    /// [lane] Closes the plugin's sink and ends its players.
    func close(reason: String) {
        guard isOpen else { return }
        quit(reason)
        log?.close(reason, keepPlayers: true)
        let waiting = players.withLock { players in
            defer { players.all = [:] }
            return Array(players.all.values)
        }
        for player in waiting { player.playerLane.post { player.playerEnds(reason) } }
        forget()
    }

    private func quit(_ reason: String) {
        interruptMove()
        isOpen = false
        backlog.clear()
        BorrowedText.with(reason) { reason in generation.call(.sinkClose) { table.pointee.close?(pointer, reason) } }
        pointer = nil
        generation.leases.sinks.wrappingSubtract(1, ordering: .relaxed)
        generation.server.parkedGone(sink: handle, plugin: generation.id)
    }

    // MARK: Being replaced

    /// [lane] The plugin has taken all that it was offered.
    var isCaughtUp: Bool { backlog.count == 0 }

    /// [lane] Closes the plugin's sink, which may still append what it held back; players stay where they are, until `leave(to:)`.
    func retire() {
        guard isOpen else { return }
        quit("the plugin \(plugin) was replaced")
        log?.close("the plugin \(plugin) was replaced", keepPlayers: true)
    }

    /// [lane] Gives the players of a retired sink to another one of the same format: each reads this log to its end, gets the other's
    /// prefix, and goes on at `entry` in its log.
    func leave(to heir: SinkInstance, entry: UInt64) {
        players.withLock { players in
            heir.take(players.all)
            players = Players(heir: heir)
        }
        if let log, let next = heir.log { BroadcastLog.replace(log, with: next, bridge: next.currentPrefix, entry: entry) }
        forget()
    }

    private func take(_ others: [UInt64: any PlayerTarget]) {
        players.withLock { $0.all.merge(others) { mine, _ in mine } }
    }

    private func forget() {
        generation.server.sinks.remove(handle)
        if logHandle != 0 { generation.server.logs.remove(logHandle) }
    }

    // MARK: StreamSubscriber

    func tracks(_ tracks: TrackSet, discontinuity: Bool) {
        guard isOpen, !isFailing else { return }
        interruptMove()
        backlog.tracksChanged(tracks)
        var error = sluice_error.make()
        let status: Int32? = generation.call(.tracks, else: SLUICE_E_CANCELLED) {
            table.pointee.tracks?(
                pointer, tracks.raw.baseAddress, UInt32(MemoryLayout<sluice_track>.stride), UInt32(tracks.raw.count),
                discontinuity ? SLUICE_TRACKS_DISCONTINUITY : 0, &error)
        }
        if let status, status < 0 { fail(status, error.reason(or: "tracks failed with status \(status)")) }
    }

    func frames(_ frames: UnsafeBufferPointer<sluice_frame>) {
        guard isOpen, !isFailing, let call = table.pointee.frames else { return }
        var error = sluice_error.make()
        let status = backlog.offer(frames) { frames in
            guard pendingMove == nil else { return SLUICE_AGAIN }
            return generation.call(.frames, else: SLUICE_E_CANCELLED) {
                call(pointer, frames.baseAddress, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count), &error)
            }
        }
        if status < 0 { return fail(status, error.reason(or: "frames failed with status \(status)")) }
        log?.endOfBatch()
    }

    /// [lane] What its process wrote in the meantime was appended.
    func endOfTurn() {
        if isOpen { log?.endOfBatch() }
    }

    /// Its call failed: it gets no other but `close`.
    private func fail(_ status: Int32, _ reason: String) {
        isFailing = true
        generation.failed(status, "a sink failed: \(reason)")
        stream.sinkFailed(self, reason)
    }

    func publisher(lost: Bool) {
        guard isOpen, !isFailing else { return }
        interruptMove()
        generation.call(.publisher) {
            table.pointee.publisher?(pointer, lost ? SLUICE_SINK_PUBLISHER_LOST : SLUICE_SINK_PUBLISHER_BACK)
        }
    }

    func attributesChanged(_ attributes: [(String, String)]) {
        guard isOpen, !isFailing else { return }
        interruptMove()
        guard let changed = table.pointee.attributes else { return }
        let arena = TextArena()
        let pairs = arena.pairs(attributes)
        withExtendedLifetime(arena) { generation.call(.attributes) { changed(pointer, pairs, UInt32(attributes.count)) } }
    }

    // MARK: Players

    /// [any] A player has attached to the log. `false`: the sink closed meanwhile.
    func joined(_ player: any PlayerTarget) {
        players.withLock { $0.all[player.playerID] = player }
    }

    /// [any] A player has gone.
    func left(_ player: any PlayerTarget) {
        let heir = players.withLock { players in
            players.all[player.playerID] = nil
            return players.heir
        }
        heir?.left(player)
    }

    var playerCount: Int { players.withLock { $0.all.count } }
}
