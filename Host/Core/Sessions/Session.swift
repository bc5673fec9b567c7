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
    private(set) var generation: PluginGeneration
    let plugin: String
    let server: Server
    private let number: Atomic<UInt64>
    let connection: Connection
    let lane: Lane
    let listener: String
    let peer: String
    let peerPort: Int
    let isTLS: Bool
    let startedWall: Int64
    let playerID: UInt64
    private(set) var handle: UInt64 = 0
    private var table: UnsafePointer<sluice_protocol_interface>
    private var pointer: UnsafeMutableRawPointer?
    private var isClosed = false

    /// What a connect verdict left for the later questions.
    var context = ""
    private var operations: [UInt64] = []
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
    private func withInfo(_ body: (UnsafePointer<sluice_connection_info>) -> Int32) -> Int32 {
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

    // MARK: Handover

    /// [lane] Gives the session to another generation's code, in this turn; connection, publications and attachment stay as they are.
    func move(to next: PluginGeneration) -> HandoverOutcome {
        guard let old = pointer, !isClosed, generation !== next else { return .gone }
        guard let table = next.protocolTable, let from = generation.handoverTable, let to = next.handoverTable,
            let export = from.pointee.export_session, let take = to.pointee.import_session,
            let forget = from.pointee.forget_session
        else { return .refused("it has no sluice.handover/0") }
        guard operations.isEmpty else { return .notNow }
        let blob: [UInt8]
        switch HandoverBlob.take({ receive, context, error in
            generation.call(.export, else: SLUICE_E_CANCELLED) { export(old, receive, context, error) }
        }) {
        case .success(let bytes): blob = bytes
        case .failure(let outcome): return outcome.outcome
        }
        var made: UnsafeMutableRawPointer?
        var error = sluice_error.make()
        let status = withInfo { info in
            blob.withUnsafeBufferPointer { blob in
                next.call(.take, else: SLUICE_E_CANCELLED) { take(next.instance, info, blob.borrowed, &made, &error) }
            }
        }
        guard status == SLUICE_OK, let made else { return .refused(error.reason(or: "import failed with status \(status)")) }
        generation.call(.forget) { forget(old) }
        generation.leases.sessions.wrappingSubtract(1, ordering: .relaxed)
        next.leases.sessions.wrappingAdd(1, ordering: .relaxed)
        (pointer, self.table, generation) = (made, table, next)
        number.store(next.number, ordering: .releasing)
        return .moved
    }

    /// [lane] What the code before was not told any more, and this one has to be.
    func take(_ event: SessionEvent) {
        switch event {
        case .bytes(let bytes, _, _): bytes.withUnsafeBytes { connection(connection, received: $0) }
        case .timer(let now): connection(connection, timer: now)
        case .writable: connectionWritable(connection)
        case .attachment(let state, let reason): tell(state, reason)
        case .publication(let handle, let state, let reason):
            guard let pointer else { return }
            BorrowedText.with(reason) { reason in
                generation.call(.publication) { table.pointee.publication?(pointer, handle, state, reason) }
            }
        case .stop(let reason): stop(reason)
        case .drain(let reason, let limit): drain(reason, limit: limit)
        // Nobody hands over with an open question.
        case .answer: break
        }
    }

    // MARK: ConnectionDelegate

    func connection(_: Connection, received bytes: UnsafeRawBufferPointer) {
        guard let pointer, let call = table.pointee.bytes else { return }
        var error = sluice_error.make()
        let data = sluice_bytes(data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(bytes.count))
        let status = generation.call(.bytes, else: SLUICE_E_CANCELLED) { call(pointer, data, server.now, &error) }
        if status < 0 { connection.close(afterFlush: true, reason: error.reason(or: "protocol error \(status)")) }
        lane.settle()
    }

    func connection(_: Connection, timer now: UInt64) {
        guard let pointer, let call = table.pointee.timer else { return }
        var error = sluice_error.make()
        let status = generation.call(.timer, else: SLUICE_E_CANCELLED) { call(pointer, now, &error) }
        if status < 0 { connection.close(afterFlush: true, reason: error.reason(or: "protocol error \(status)")) }
        lane.settle()
    }

    func connectionWritable(_: Connection) {
        guard let pointer else { return }
        generation.call(.writable) { table.pointee.writable?(pointer, server.now) }
        lane.settle()
    }

    func connection(_: Connection, closed reason: String) {
        guard !isClosed else { return }
        isClosed = true
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
            guard let pointer = self.pointer else { return }
            guard let stop = self.table.pointee.stop, !self.generation.budget.isClosed else {
                return self.connection.close(afterFlush: true, reason: reason)
            }
            BorrowedText.with(reason) { reason in self.generation.call(.stop) { stop(pointer, reason) } }
            // A plugin that does not close gets no second chance.
            self.lane.loop.scheduleTask(in: .seconds(5)) { self.connection.close(afterFlush: false, reason: reason) }
        }
    }

    /// [any] The host takes nothing new: a plugin whose protocol has words for it sends the peer elsewhere. At most once.
    func drain(_ reason: String, limit: UInt64) {
        lane.post {
            guard let pointer = self.pointer, self.table.pointee.struct_size >= Self.sizeWithDrain else { return }
            guard let drain = self.table.pointee.drain else { return }
            BorrowedText.with(reason) { reason in self.generation.call(.drain) { drain(pointer, reason, limit) } }
            self.lane.settle()
        }
    }

    /// What a table has to have that says anything about draining.
    private static let sizeWithDrain =
        (MemoryLayout<sluice_protocol_interface>.offset(of: \.drain) ?? 0) + MemoryLayout<UnsafeRawPointer>.size

    // MARK: Publishing and playing

    /// [any] Somebody else ended a publication.
    func publicationEnded(_ publication: UInt64, _ reason: String) {
        lane.post {
            guard let ended = self.publications.removeValue(forKey: publication), let pointer = self.pointer else { return }
            self.changeWords { $0.publishes.removeAll { $0 == ended.stream.key.description } }
            BorrowedText.with(reason) { reason in
                self.generation.call(.publication) {
                    self.table.pointee.publication?(pointer, publication, SLUICE_PUBLICATION_ENDED, reason)
                }
            }
        }
    }

    /// [lane] Tells the plugin what became of its attach.
    func tell(_ state: UInt32, _ reason: String) {
        guard let pointer else { return }
        BorrowedText.with(reason) { reason in
            generation.call(.attachment) { table.pointee.attachment?(pointer, state, reason) }
        }
    }

    func playerWaits() {
        guard attachment?.isEnding == false else { return }
        tell(SLUICE_ATTACHMENT_WAITING, "")
    }

    func playerJoins(_ sink: SinkInstance, _ log: BroadcastLog) {
        guard let attachment, !attachment.isEnding, attachment.sink == nil, !isClosed, let wish = attachment.wish else {
            return sink.left(self)
        }
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
        if grant.verdict.recheckMilliseconds > 0 { recheck(grant, what: what) }
    }

    private func recheck(_ grant: Grant, what: String) {
        let delay = TimeAmount.milliseconds(Int64(clamping: max(grant.verdict.recheckMilliseconds, 1000)))
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
                        self.recheck(grant, what: what)
                    }
                }
            })
        if guards.count > 16 { guards.removeFirst(8) }
    }
}

/// What a session plays or waits for.
final class SessionAttachment {
    let key: StreamKey
    /// What was asked for; let go of when it is had.
    private(set) var wish: PlayerWish?
    private(set) var sink: SinkInstance?
    var isEnding = false
    private var timer: Scheduled<Void>?

    init(wish: PlayerWish) {
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
