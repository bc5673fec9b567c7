// A session given to another generation's code, while its connection, its publications and its attachment stay as they are. To code in the
// host in one turn. To a process in two: it is asked, and until it has answered the session is the old generation's, which is told nothing;
// then whoever has it is told what came in the meantime, in order.

import CSluice
import HostIsolation
import NIOCore

extension Session {
    /// [lane] Gives the session to another generation's code. `.asked`: its process is asked; `refused` is called when it does not take it.
    func move(to next: PluginGeneration, refused: @escaping (String) -> Void) -> HandoverOutcome {
        guard let old = pointer, !isClosed, generation !== next, refusedBy != next.number else { return .gone }
        guard pendingMove == nil else { return .notNow }
        guard let table = next.protocolTable, let from = generation.handoverTable, let to = next.handoverTable,
            let export = from.pointee.export_session, let take = to.pointee.import_session, from.pointee.forget_session != nil
        else { return .refused("it has no sluice.handover/1") }
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
        guard next.isElsewhere, let moving = MovingObject(session: made) else {
            next.leases.sessions.wrappingAdd(1, ordering: .relaxed)
            change(to: next, table, made)
            return .moved
        }
        wait(for: PendingMove(next: next, moving: moving, pointer: made), table, refused)
        return .asked
    }

    private func change(
        to next: PluginGeneration, _ table: UnsafePointer<sluice_protocol_interface>, _ made: UnsafeMutableRawPointer
    ) {
        if let old = pointer, let forget = generation.handoverTable?.pointee.forget_session {
            generation.call(.forget) { forget(old) }
        }
        generation.leases.sessions.wrappingSubtract(1, ordering: .relaxed)
        (pointer, self.table, generation) = (made, table, next)
        number.store(next.number, ordering: .releasing)
    }

    // MARK: Waiting for a process

    private func wait(
        for move: PendingMove, _ table: UnsafePointer<sluice_protocol_interface>, _ refused: @escaping (String) -> Void
    ) {
        pendingMove = move
        // Both have it until it is decided.
        move.next.leases.sessions.wrappingAdd(1, ordering: .relaxed)
        if generation.isElsewhere { MovingObject(session: pointer)?.hold() }
        settleReading()
        move.decide = { [weak self, weak move] reason in if let move { self?.decided(move, table, reason, refused) } }
        move.moving.whenDecided { [weak move] in move?.decide($0) }
        let milliseconds = server.importMilliseconds.load(ordering: .relaxed)
        move.deadline = lane.loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            move.decide(PendingMove.late(milliseconds))
            self.lane.settle()
        }
    }

    private func decided(
        _ move: PendingMove, _ table: UnsafePointer<sluice_protocol_interface>, _ reason: String?, _ refused: (String) -> Void
    ) {
        guard pendingMove === move, !move.isOver else { return }
        move.isOver = true
        move.deadline?.cancel()
        let reason = reason ?? (move.next.currentPlace == .active ? nil : "its generation is being taken back")
        if let reason {
            refusedBy = move.next.number
            giveUp(move)
            refused(reason)
        } else {
            change(to: move.next, table, move.pointer)
        }
        // Behind what a process that forgets it was not told any more.
        lane.post { self.deliverHeld(move) }
    }

    private func giveUp(_ move: PendingMove) {
        move.moving.abandon()
        move.next.leases.sessions.wrappingSubtract(1, ordering: .relaxed)
        if generation.isElsewhere { MovingObject(session: pointer)?.goOn() }
    }

    private func deliverHeld(_ move: PendingMove) {
        guard pendingMove === move else { return }
        pendingMove = nil
        let events = held
        (held, heldBytes) = ([], 0)
        for event in events { take(event) }
        if !isClosed { settleReading() }
    }

    /// [lane] The connection is gone.
    func dropMove() {
        guard let move = pendingMove else { return }
        pendingMove = nil
        (held, heldBytes) = ([], 0)
        move.deadline?.cancel()
        guard !move.isOver else { return }
        move.isOver = true
        giveUp(move)
    }

    // MARK: Events

    /// [lane] Keeps what whoever gets the session is to be told. A peer that is not read any more sends at most what was on its way.
    func hold(_ event: SessionEvent) {
        held.append(event)
        heldBytes += event.size
        if heldBytes > server.limits.unparsedBytes { pendingMove?.decide("too much came in meanwhile") }
    }

    /// [lane]
    func holdOrTake(_ event: SessionEvent) { if pendingMove != nil { hold(event) } else { take(event) } }

    /// [lane] Tells the code whose the session is now; also what the code before was not told any more, and this one has to be.
    func take(_ event: SessionEvent) {
        switch event {
        case .bytes(let bytes, _, _): bytes.withUnsafeBytes { deliver($0) }
        case .timer(let now): deliver(timer: now)
        case .writable(let now):
            guard let pointer else { return }
            generation.call(.writable) { table.pointee.writable?(pointer, now) }
            lane.settle()
        case .attachment(let state, let reason):
            guard let pointer else { return }
            BorrowedText.with(reason) { reason in
                generation.call(.attachment) { table.pointee.attachment?(pointer, state, reason) }
            }
        case .publication(let handle, let state, let reason):
            guard let pointer else { return }
            BorrowedText.with(reason) { reason in
                generation.call(.publication) { table.pointee.publication?(pointer, handle, state, reason) }
            }
        case .stop(let reason): deliver(stop: reason)
        case .drain(let reason, let limit): deliver(drain: reason, limit)
        // Nobody hands over with an open question.
        case .answer: break
        }
    }

    private func deliver(timer now: UInt64) {
        guard let pointer, let call = table.pointee.timer else { return }
        var error = sluice_error.make()
        let status = generation.call(.timer, else: SLUICE_E_CANCELLED) { call(pointer, now, &error) }
        if status < 0 { connection.close(afterFlush: true, reason: error.reason(or: "protocol error \(status)")) }
        lane.settle()
    }

    private func deliver(stop reason: String) {
        guard let pointer else { return }
        guard let stop = table.pointee.stop, !generation.budget.isClosed else {
            return connection.close(afterFlush: true, reason: reason)
        }
        BorrowedText.with(reason) { reason in generation.call(.stop) { stop(pointer, reason) } }
        // A plugin that does not close gets no second chance.
        lane.loop.scheduleTask(in: .seconds(5)) { self.connection.close(afterFlush: false, reason: reason) }
    }

    private func deliver(drain reason: String, _ limit: UInt64) {
        guard let pointer, table.pointee.struct_size >= Self.sizeWithDrain, let drain = table.pointee.drain else { return }
        BorrowedText.with(reason) { reason in generation.call(.drain) { drain(pointer, reason, limit) } }
        lane.settle()
    }

    /// What a table has to have that says anything about draining.
    private static let sizeWithDrain =
        (MemoryLayout<sluice_protocol_interface>.offset(of: \.drain) ?? 0) + MemoryLayout<UnsafeRawPointer>.size
}
