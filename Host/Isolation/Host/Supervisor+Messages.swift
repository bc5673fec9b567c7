import CSluice

/// What the process says. It may be mad or hostile: handles are looked up in what it was given, never in the host's own tables.
extension Supervisor {
    /// - Throws: what makes the process unfit: an unreadable message, or one that is not its to send.
    func receive(_ message: Message) throws {
        guard message.kind.comesFromPlugin else { throw WireError.unknownKind(message.kind.rawValue) }
        switch message.kind {
        case .described, .done: try answered(message)
        case .pong:
            let busy = try message.reading { try $0.u64() } / 1_000_000
            if ping?.id == message.id { ping = nil }
            let now = monotonicNanoseconds()
            if busy >= busyLimit / 1_000_000, let child { processorWait.note(child.pid, at: now) }
            let began = now &- min(busy, UInt64(Int64.max) / 1_000_000) &* 1_000_000
            guard busy < (busyLimit &+ excusedWait(since: began)) / 1_000_000 else {
                return died("its media thread loops or blocks: one call takes \(busy) ms already; it was ended")
            }
        default:
            guard let services = shared.withLock({ $0.services }) else { return }
            try receive(message, services)
        }
    }

    private func answered(_ message: Message) throws {
        guard let entry = pending.removeValue(forKey: message.id) else { return }
        let outcome = try message.reading { reader in
            let (status, reason) = (try reader.i32(), try reader.string(limit: 1024))
            return Operation.Outcome.answered(
                status: status, reason: reason, rest: Array(message.fields[reader.offset...]))
        }
        entry.finish(outcome)
    }

    private func receive(_ message: Message, _ services: HostServices) throws {
        switch message.kind {
        case .verdict:
            guard taken(question: message.id) else { return }
            var status: Int32?
            defer { if status == nil { services.fail(question: message.id, "its verdict cannot be read") } }
            status = try message.reading { reader in
                try reader.verdict { services.auth?.pointee.answer?(services.host, message.id, $0) ?? SLUICE_E_UNSUPPORTED }
            }
        case .refusedQuestion:
            let reason = try message.reading { try $0.string(limit: 480) }
            if taken(question: message.id) { services.fail(question: message.id, reason) }
        case .reply:
            try message.reading { reader in
                let (code, output, errors) = (try reader.i32(), try reader.text(), try reader.text())
                guard taken(command: message.id) else { return }
                _ = services.command?.pointee.reply?(services.host, message.id, code, output, errors)
            }
        case .refusedCommand:
            let reason = try message.reading { try $0.string(limit: 480) }
            if taken(command: message.id) { services.fail(command: message.id, reason) }
        case .respond:
            try message.reading { reader in
                guard taken(request: message.id) else { return }
                try reader.response { _ = services.exchange?.pointee.respond?(services.host, message.id, $0) }
            }
        case .refusedRequest:
            let reason = try message.reading { try $0.string(limit: 480) }
            guard taken(request: message.id) else { return }
            services.fail(request: message.id, status: 500, "the request could not be answered")
            services.write(SLUICE_LOG_ERROR, "route failed", reason)
        case .log:
            try message.reading { reader in
                let (level, text, fields) = (try reader.i32(), try reader.text(), try reader.pairs())
                services.log?.pointee.write?(services.host, level, text, fields, UInt32(fields.count))
            }
        case .emit:
            try message.reading { reader in
                let (type, json) = (try reader.text(), try reader.text())
                _ = services.event?.pointee.emit?(services.host, type, json)
            }
        case .record:
            let value = try message.reading { try $0.double() }
            // Only metrics that were defined by it: a handle of another's is not its to write.
            if metrics.contains(message.id) { services.metrics?.pointee.record?(services.host, message.id, value) }
        case .request: try answer(message, services)
        case .cancelFetch: cancelFetch(message.id, services)
        default: throw WireError.unknownKind(message.kind.rawValue)
        }
    }

    private func taken(question: UInt64) -> Bool { shared.withLock { $0.open.questions.removeValue(forKey: question) != nil } }
    private func taken(command: UInt64) -> Bool { shared.withLock { $0.open.commands.removeValue(forKey: command) != nil } }
    private func taken(request: UInt64) -> Bool { shared.withLock { $0.open.requests.removeValue(forKey: request) != nil } }
}
