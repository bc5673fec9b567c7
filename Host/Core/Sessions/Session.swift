// Session: one connection of a protocol plugin: the plugin's session object behind the C table, its publications, its one attachment.
//
// Confined to its connection's lane, but for `words` and what is constant. The connection keeps it alive until it has ended.

import CSluice
import HostIsolation
import HostNet
import HostPaths
import NIOCore
import Synchronization

final class Session: ConnectionDelegate, PlayerTarget, @unchecked Sendable {
    /// Whose code runs; another one's after a handover. On the lane; other threads know it by `plugin` and `generationNumber`.
    var generation: PluginGeneration
    let plugin: String
    let server: Server
    let number: Atomic<UInt64>
    let connection: Connection
    let lane: Lane
    let listener: String
    let peer: String
    let peerPort: Int
    let isTLS: Bool
    let startedWall: Int64
    let playerID: UInt64
    private(set) var handle: UInt64 = 0
    var table: UnsafePointer<sluice_protocol_interface>
    var pointer: UnsafeMutableRawPointer?
    private(set) var isClosed = false
    /// While another generation's process decides whether it takes the session; what is to be told is held, and the peer not read.
    var pendingMove: PendingMove?
    var held: [SessionEvent] = []
    var heldBytes = 0
    /// The generation that did not take it: it is not asked again.
    var refusedBy: UInt64 = 0
    /// The code's wish.
    private var isPaused = false

    /// What a connect verdict left for the later questions.
    var context = ""
    private(set) var operations: [UInt64] = []
    var publications: [UInt64: Publication] = [:]
    var attachment: SessionAttachment?
    private var guards: [Scheduled<Void>] = []
    private let shared = Mutex(Words())

    /// What listings show.
    struct Words: Sendable {
        var pairs: [(key: String, value: String)] = []
        var publishes: [String] = []
        var plays = ""
        var principal = ""
    }

    init(
        generation: PluginGeneration, table: UnsafePointer<sluice_protocol_interface>, connection: Connection, lane: Lane,
        listener: String
    ) {
        self.generation = generation
        plugin = generation.id
        server = generation.server
        number = Atomic(generation.number)
        self.table = table
        self.connection = connection
        self.lane = lane
        self.listener = listener
        peer = connection.peer.host
        peerPort = connection.peer.port
        isTLS = connection.isTLS
        startedWall = generation.server.wallMicroseconds
        playerID = connection.id
    }

    /// [any] The number of the generation whose code runs.
    var generationNumber: UInt64 { number.load(ordering: .acquiring) }
    var playerLane: Lane { lane }
    var words: Words { shared.withLock { $0 } }
    func changeWords(_ change: (inout Words) -> Void) { shared.withLock { change(&$0) } }

    /// [lane] A question of this session is under way, or over.
    func asks(_ operation: UInt64) { operations.append(operation) }
    func asked(_ operation: UInt64) {
        operations.removeAll { $0 == operation }
        if operations.isEmpty { operations = [] }
    }

    // MARK: Life

    /// [lane] Opens the plugin's session; a refusal closes the connection.
    func open() {
        handle = server.sessions.insert(self)
        generation.leases.sessions.wrappingAdd(1, ordering: .relaxed)
        guard handle != 0 else { return connection.close(afterFlush: false, reason: "too many connections") }
        var error = sluice_error.make()
        let status = withInfo { info in
            generation.call(.sessionOpen, else: SLUICE_E_CANCELLED) {
                table.pointee.session_open?(generation.instance, info, &pointer, &error) ?? SLUICE_E_FAILED
            }
        }
        if status != SLUICE_OK || pointer == nil {
            let reason = error.reason(or: "the plugin refused the session")
            generation.failed(status == SLUICE_OK ? SLUICE_E_FAILED : status, "a session was refused: \(reason)")
            connection.close(afterFlush: false, reason: reason)
        }
        lane.settle()
    }

    /// Calls `body` with what the plugin is told of the connection.
    func withInfo(_ body: (UnsafePointer<sluice_connection_info>) -> Int32) -> Int32 {
        let limits = server.limits
        let arena = TextArena()
        var info = sluice_connection_info()
        info.struct_size = UInt32(MemoryLayout<sluice_connection_info>.size)
        info.tls = isTLS ? 1 : 0
        info.connection = handle
        info.listener = arena.text(listener)
        info.transport = arena.text("tcp")
        info.peer_address = arena.text(peer)
        info.local_address = arena.text(connection.local.host)
        info.peer_port = UInt32(clamping: peerPort)
        info.local_port = UInt32(clamping: connection.local.port)
        info.unparsed_limit = UInt64(max(limits.unparsedBytes, 0))
        info.unparsed_limit_before = UInt64(max(limits.unauthenticatedBytes, 0))
        info.message_limit = UInt64(max(limits.messageBytes, 0))
        info.handshake_ns = UInt64(max(limits.handshakeMilliseconds, 0)) * 1_000_000
        info.publisher_silent_ns = UInt64(max(limits.publisherSilentMilliseconds, 0)) * 1_000_000
        return withExtendedLifetime(arena) { withUnsafePointer(to: &info, body) }
    }

    /// [lane] The code's wish.
    func pause(_ on: Bool) {
        isPaused = on
        settleReading()
    }

    func settleReading() {
        if isPaused || pendingMove != nil { connection.pauseReading() } else { connection.resumeReading() }
    }

    // MARK: ConnectionDelegate

    func connection(_: Connection, received bytes: UnsafeRawBufferPointer) {
        if pendingMove != nil { return hold(.bytes(Array(bytes), now: server.now, pending: 0)) }
        deliver(bytes)
    }

    func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard let pointer, let call = table.pointee.bytes else { return }
        var error = sluice_error.make()
        let data = sluice_bytes(data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(bytes.count))
        let status = generation.call(.bytes, else: SLUICE_E_CANCELLED) { call(pointer, data, server.now, &error) }
        if status < 0 { connection.close(afterFlush: true, reason: error.reason(or: "protocol error \(status)")) }
        lane.settle()
    }

    func connection(_: Connection, timer now: UInt64) { holdOrTake(.timer(now: now)) }
    func connectionWritable(_: Connection) { holdOrTake(.writable(now: server.now)) }

    func connection(_: Connection, closed reason: String) {
        guard !isClosed else { return }
        isClosed = true
        dropMove()
        server.sessions.remove(handle)
        for operation in operations { server.withdraw(server.operations.remove(operation)?.wait) }
        operations = []
        for timer in guards { timer.cancel() }
        for publication in publications.values { server.unpublish(publication, reason: reason) }
        publications = [:]
        attachment?.leave(self)
        attachment = nil
        if let pointer {
            BorrowedText.with(reason) { reason in generation.call(.sessionClose) { table.pointee.close?(pointer, reason) } }
        }
        pointer = nil
        generation.leases.sessions.wrappingSubtract(1, ordering: .relaxed)
        lane.settle()
        server.sessionClosed(self, reason)
    }

    /// [any] The operator ends it: the plugin says goodbye in its protocol's words.
    func stop(_ reason: String) {
        lane.post {
            guard self.pointer != nil else { return }
            self.holdOrTake(.stop(reason: reason))
        }
    }

    /// [any] The host takes nothing new: a plugin whose protocol has words for it sends the peer elsewhere. At most once.
    func drain(_ reason: String, limit: UInt64) {
        lane.post { self.holdOrTake(.drain(reason: reason, limit: limit)) }
    }

    // MARK: Publishing and playing

    /// [any] Somebody else ended a publication.
    func publicationEnded(_ publication: UInt64, _ reason: String) {
        lane.post {
            guard let ended = self.publications.removeValue(forKey: publication), self.pointer != nil else { return }
            self.changeWords { $0.publishes.removeAll { $0 == ended.stream.key.description } }
            self.holdOrTake(.publication(handle: publication, state: SLUICE_PUBLICATION_ENDED, reason: reason))
        }
    }

    /// [lane] Tells the plugin what became of its attach.
    func tell(_ state: UInt32, _ reason: String) {
        holdOrTake(.attachment(state: state, reason: reason))
    }

    func playerWaits() {
        guard attachment?.isEnding == false else { return }
        tell(SLUICE_ATTACHMENT_WAITING, "")
    }

    func playerGets(_ wish: PlayerWish, insteadOf asked: PlayerWish) {
        if attachment?.wish?.grant === asked.grant { attachment?.gets(wish) }
    }

    func playerJoins(_ sink: SinkInstance, _ log: BroadcastLog) {
        guard let attachment, !attachment.isEnding, attachment.sink == nil, !isClosed, let wish = attachment.wish,
            sink.stream.key == attachment.key
        else { return sink.left(self) }
        do {
            try connection.attach(to: log, head: wish.head, pace: wish.pace)
            attachment.joined(sink)
            changeWords { $0.plays = attachment.key.description }
            guardGrant(wish.grant, what: "play")
            tell(SLUICE_ATTACHMENT_ATTACHED, "")
        } catch {
            sink.left(self)
            playerEnds(error.description)
        }
    }

    func playerEnds(_ reason: String) {
        guard let attachment, !isClosed else { return }
        guard attachment.sink != nil, connection.player.isAttached else {
            attachment.leave(self)
            self.attachment = nil
            changeWords { $0.plays = "" }
            return tell(SLUICE_ATTACHMENT_ENDED, reason)
        }
        guard !attachment.isEnding else { return }
        detach(then: SLUICE_ATTACHMENT_ENDED, reason)
    }

    /// [lane] Leaves the log at a record boundary, then tells the plugin.
    func detach(then state: UInt32, _ reason: String) {
        guard let attachment, !attachment.isEnding else { return }
        attachment.isEnding = true
        guard attachment.sink != nil, connection.player.isAttached else {
            attachment.leave(self)
            return lane.post { self.detached(state, reason) }
        }
        connection.detach { [weak self] ordinary in
            guard let self, ordinary else { return }
            self.lane.post { self.detached(state, reason) }
        }
    }

    private func detached(_ state: UInt32, _ reason: String) {
        guard let attachment, attachment.isEnding else { return }
        attachment.leave(self)
        self.attachment = nil
        changeWords { $0.plays = "" }
        tell(state, reason)
    }

    // MARK: Verdicts that go on

    /// [lane] Cuts the session at the verdict's end, and asks again as often as it says.
    func guardGrant(_ grant: Grant, what: String) {
        connection.markAuthenticated()
        changeWords { if !grant.verdict.principal.isEmpty { $0.principal = grant.verdict.principal } }
        if grant.verdict.notAfter > 0 {
            let left = grant.verdict.notAfter - server.wallMicroseconds
            guards.append(
                lane.loop.scheduleTask(in: .microseconds(max(left, 0))) { [weak self] in
                    self?.stop("the permission to \(what) has run out")
                })
        }
        recheck(grant, grant.verdict, what: what)
    }

    /// Asks again as often as the last answer says; attributes that are others in the next one are the stream's from then on.
    private func recheck(_ grant: Grant, _ last: Verdict, what: String) {
        guard last.recheckMilliseconds > 0 else { return }
        let delay = TimeAmount.milliseconds(Int64(clamping: max(last.recheckMilliseconds, 1000)))
        guards.append(
            lane.loop.scheduleTask(in: delay) { [weak self] in
                guard let self, !self.isClosed else { return }
                let lane = self.lane
                self.server.decide(grant.question) { verdict in
                    lane.post { [weak self] in
                        guard let self, !self.isClosed else { return }
                        if verdict.decision == .deny {
                            return self.stop("the permission to \(what) was withdrawn: \(verdict.reason)")
                        }
                        guard verdict.decision == .allow, verdict.plugin == last.plugin else {
                            return self.recheck(grant, last, what: what)
                        }
                        for publication in self.publications.values where publication.stream.key == grant.key {
                            publication.stream.renew(last, by: verdict)
                        }
                        var next = last
                        for attribute in verdict.attributes { next.set(attribute) }
                        if verdict.recheckMilliseconds > 0 { next.recheckMilliseconds = verdict.recheckMilliseconds }
                        self.recheck(grant, next, what: what)
                    }
                }
            })
        if guards.count > 16 { guards.removeFirst(8) }
    }
}

/// What a session plays or waits for.
final class SessionAttachment {
    private(set) var key: StreamKey
    /// What was asked for; let go of when it is had.
    private(set) var wish: PlayerWish?
    private(set) var sink: SinkInstance?
    var isEnding = false
    private var timer: Scheduled<Void>?

    init(wish: PlayerWish) {
        self.wish = wish
        key = wish.grant.key
    }

    func gets(_ wish: PlayerWish) {
        self.wish = wish
        key = wish.grant.key
    }

    func joined(_ sink: SinkInstance) {
        self.sink = sink
        wish = nil
        stopWaiting()
    }

    func wait(_ timer: Scheduled<Void>) { self.timer = timer }

    func stopWaiting() {
        timer?.cancel()
        timer = nil
    }

    /// Off every list.
    func leave(_ player: Session) {
        stopWaiting()
        if sink == nil { _ = player.server.streams.stopWaiting(key, player.playerID) }
        sink?.left(player)
        sink = nil
    }
}
