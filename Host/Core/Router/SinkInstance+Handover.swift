// A sink given to another generation's code, while its log, its players and its parked requests stay as they are. To code in the host in
// one turn. To a process in two: it is asked, and until it has answered the sink is the old generation's, frames are kept and requests wait.
// Anything else that happens to the stream meanwhile takes the question back: what the new one was asked about is not the sink any more.

import CSluice
import HostIsolation
import NIOCore

extension SinkInstance {
    /// [lane] Gives the sink to another generation's code. `.asked`: its process is asked; `decided` is called when it does not take it.
    func move(to output: PluginOutput, decided: @escaping (HandoverOutcome) -> Void) -> HandoverOutcome {
        let next = output.generation
        guard let old = pointer, isOpen, !isFailing, generation !== next, refusedBy != next.number else { return .gone }
        guard pendingMove == nil else { return .notNow }
        guard let from = generation.handoverTable, let to = next.handoverTable, let export = from.pointee.export_sink,
            let take = to.pointee.import_sink, from.pointee.forget_sink != nil
        else { return .refused("it has no sluice.handover/1") }
        let place = output.formats.firstIndex { $0.format == formatName && $0.variant == variant }
        guard let place = log == nil ? 0 : place else { return .refused("it does not write \(formatName) any more") }
        let blob: [UInt8]
        switch HandoverBlob.take({ receive, context, error in
            generation.call(.export, else: SLUICE_E_CANCELLED) { export(old, receive, context, error) }
        }) {
        case .success(let bytes): blob = bytes
        case .failure(let outcome): return outcome.outcome
        }
        var made: UnsafeMutableRawPointer?
        var error = sluice_error.make()
        let status = withRequest(format: place) { request in
            blob.withUnsafeBufferPointer { blob in
                next.call(.take, else: SLUICE_E_CANCELLED) { take(next.instance, request, blob.borrowed, &made, &error) }
            }
        }
        guard status == SLUICE_OK, let made else { return .refused(error.reason(or: "import failed with status \(status)")) }
        guard next.isElsewhere, let moving = MovingObject(sink: made) else {
            next.leases.sinks.wrappingAdd(1, ordering: .relaxed)
            change(to: output, place, made)
            return .moved
        }
        if let tracks = stream.media.tracks {
            let stride = UInt32(MemoryLayout<sluice_track>.stride)
            ProcessModule.remember(sink: made, tracks.raw.baseAddress, stride: stride, count: UInt32(tracks.raw.count))
        }
        wait(for: PendingMove(next: next, moving: moving, pointer: made), output, place, decided)
        return .asked
    }

    private func change(to output: PluginOutput, _ place: Int, _ made: UnsafeMutableRawPointer) {
        if let old = pointer, let forget = generation.handoverTable?.pointee.forget_sink {
            generation.call(.forget) { forget(old) }
        }
        generation.leases.sinks.wrappingSubtract(1, ordering: .relaxed)
        (pointer, table, format, generation) = (made, output.table, place, output.generation)
    }

    // MARK: Waiting for a process

    private func wait(
        for move: PendingMove, _ output: PluginOutput, _ place: Int, _ told: @escaping (HandoverOutcome) -> Void
    ) {
        pendingMove = move
        // Both have it until it is decided.
        move.next.leases.sinks.wrappingAdd(1, ordering: .relaxed)
        if generation.isElsewhere { MovingObject(sink: pointer)?.hold() }
        move.decide = { [weak self, weak move] reason in
            guard let self, let move, self.pendingMove === move else { return }
            let reason = reason ?? (move.next.currentPlace == .active ? nil : "its generation is being taken back")
            if let reason {
                self.refusedBy = move.next.number
                self.giveUp(move)
                told(.refused(reason))
            } else {
                self.end(move)
                self.change(to: output, place, move.pointer)
            }
            self.goOn()
        }
        move.takeBack = { [weak self, weak move] in
            guard let self, let move, self.pendingMove === move else { return }
            self.giveUp(move)
            told(.notNow)
        }
        move.moving.whenDecided { [weak move] in move?.decide($0) }
        let milliseconds = stream.server.importMilliseconds.load(ordering: .relaxed)
        move.deadline = stream.lane.loop.scheduleTask(in: .milliseconds(Int64(milliseconds))) { [weak self] in
            move.decide(PendingMove.late(milliseconds))
            self?.stream.lane.settle()
        }
    }

    private func end(_ move: PendingMove) {
        pendingMove = nil
        move.deadline?.cancel()
    }

    private func giveUp(_ move: PendingMove) {
        end(move)
        move.moving.abandon()
        move.next.leases.sinks.wrappingSubtract(1, ordering: .relaxed)
        if generation.isElsewhere { MovingObject(sink: pointer)?.goOn() }
    }

    /// [lane] Something happens to the sink that the new generation was not told of: it is asked again later.
    func interruptMove() {
        guard let move = pendingMove else { return }
        move.takeBack()
        goOn()
    }

    /// What came in the meantime.
    private func goOn() {
        if !isCaughtUp { frames(UnsafeBufferPointer(start: nil, count: 0)) }
        let requests = waitingRequests
        waitingRequests = []
        for request in requests { request() }
    }

    /// [lane] Holds a request until it is known whose sink it is. `false`: it is.
    func holds(_ request: @escaping () -> Void) -> Bool {
        guard pendingMove != nil else { return false }
        waitingRequests.append(request)
        return true
    }
}
