import CSluice
import Glibc

/// What the host asks of the plugin, from a message to a call; each on the control thread.
extension HostedPlugin {
    /// [reader] Brings a message to the control thread.
    func receive(_ message: Message) {
        switch message.kind {
        case .ping:
            if let levels = try? message.reading({ try $0.u32() }) { logLevels.store(levels, ordering: .relaxed) }
            control.postFirst {
                var writer = WireWriter(.pong, id: message.id)
                writer.u64(self.media?.busyNanoseconds ?? 0)
                self.link.send(writer.finished())
            }
        case .decide: open.withLock { _ = $0.questions.insert(message.id) }
        case .cancelQuestion: open.withLock { _ = $0.questions.remove(message.id) }
        case .runCommand: open.withLock { _ = $0.commands.insert(message.id) }
        case .handleRequest: open.withLock { $0.exchanges[message.id] = 0 }
        default: break
        }
        guard message.kind != .ping else { return }
        _ = control.post { self.handle(message) }
    }

    private func handle(_ message: Message) {
        do {
            switch message.kind {
            case .create: try create(message)
            case .configure: done(message) { error in try message.reading { self.configure(try $0.text(), &error) } }
            case .selfTest: done(message) { self.runSelfTest(&$0) }
            case .activate: done(message) { self.activate(&$0) }
            case .deactivate:
                done(message) { _ in
                    self.deactivate()
                    return SLUICE_OK
                }
            case .destroy:
                destroy()
                done(message) { _ in SLUICE_OK }
            case .decide: try decide(message)
            case .cancelQuestion: auth?.pointee.cancel?(instance, message.id)
            case .runCommand: try runCommand(message)
            case .event:
                try message.reading { reader in
                    let (type, json) = (try reader.text(), try reader.text())
                    observer?.pointee.event?(instance, type, json)
                }
            case .handleRequest: try message.reading { try handleRequest(message.id, &$0, sink: nil) }
            case .fetched: try fetched(message)
            default: break
            }
        } catch {
            // The host is the same build as we are: it does not send what can't be read.
            _exit(70)
        }
    }

    private func done(
        _ message: Message, _ body: (inout sluice_error) throws -> Int32, _ more: (inout WireWriter) -> Void = { _ in }
    ) {
        var error = sluice_error.make()
        let status = (try? body(&error)) ?? SLUICE_E_INVALID
        var writer = WireWriter(.done, id: message.id)
        writer.i32(status)
        writer.text(status == SLUICE_OK ? "" : error.reason(or: "status \(status)"))
        more(&writer)
        link.send(writer.finished())
    }

    private func create(_ message: Message) throws {
        let (folder, granted) = try message.reading { (try $0.string(), try $0.strings()) }
        var found = InterfaceDescription()
        done(message) { error in
            let status = self.create(granted: granted, dataFolder: folder, &error)
            if status == SLUICE_OK { found = interfaces() }
            return status
        } _: {
            found.write(&$0)
        }
    }

    private func decide(_ message: Message) throws {
        guard open.withLock({ $0.questions.contains(message.id) }) else { return }
        let status = try message.reading { reader in
            try reader.authRequest { auth?.pointee.decide?(instance, message.id, $0) ?? SLUICE_E_UNSUPPORTED }
        }
        guard status != SLUICE_OK, open.withLock({ $0.questions.remove(message.id) }) != nil else { return }
        refused(.refusedQuestion, message.id, "the plugin refused the question with status \(status)")
    }

    private func runCommand(_ message: Message) throws {
        var error = sluice_error.make()
        let status = try message.reading { reader in
            let arguments = try reader.texts()
            return command?.pointee.run?(instance, message.id, arguments, UInt32(arguments.count), &error) ?? SLUICE_E_UNSUPPORTED
        }
        guard status != SLUICE_OK, open.withLock({ $0.commands.remove(message.id) }) != nil else { return }
        refused(.refusedCommand, message.id, error.reason(or: "the plugin refused the command with status \(status)"))
    }

    /// On the control thread, or with a sink on the media thread.
    func handleRequest(_ exchange: UInt64, _ reader: inout WireReader, sink: UnsafeMutableRawPointer?) throws {
        var error = sluice_error.make()
        let status = try reader.request(exchange: exchange) { request in
            routes?.pointee.handle?(instance, request, sink, &error) ?? SLUICE_E_UNSUPPORTED
        }
        guard status < 0, open.withLock({ $0.exchanges.removeValue(forKey: exchange) }) != nil else { return }
        refused(.refusedRequest, exchange, error.reason(or: "status \(status)"))
    }

    func refused(_ kind: MessageKind, _ id: UInt64, _ reason: String) {
        var writer = WireWriter(kind, id: id)
        writer.text(String(reason.prefix(480)))
        link.send(writer.finished())
    }
}
