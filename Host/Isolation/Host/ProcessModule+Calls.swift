import CSluice

/// The host's calls as messages. Only those of the plugin's life wait, and only so long; all others leave a message and return.
extension ProcessModule {
    static func from(_ instance: OpaquePointer?) -> ProcessModule? {
        instance.map { Unmanaged<ProcessModule>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
    }

    // MARK: Life, on the control thread

    func create(
        _ host: UnsafePointer<sluice_host>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let host, let out else { return SLUICE_E_INVALID }
        let services = HostServices(host)
        supervisor.shared.withLock { $0.services = services }
        let folder = supervisor.settings.dataFolder
        var status = SLUICE_OK
        switch supervisor.perform(
            .create, milliseconds: supervisor.settings.loadMilliseconds, { Supervisor.fillCreate(&$0, services, folder) })
        {
        case .lost(let reason): status = refuse(error, SLUICE_E_FAILED, reason)
        case .answered(let code, let reason, let rest):
            if code != SLUICE_OK {
                status = refuse(error, code, reason)
            } else if let found = try? rest.withUnsafeBytes({ try Self.interfaces($0) }) {
                tables.fill(found)
                supervisor.interfaces = found
            } else {
                status = refuse(error, SLUICE_E_FAILED, "its interfaces cannot be read")
            }
        }
        guard status == SLUICE_OK else {
            stop()
            return status
        }
        out.pointee = OpaquePointer(Unmanaged.passRetained(self).toOpaque())
        return SLUICE_OK
    }

    private static func interfaces(_ bytes: UnsafeRawBufferPointer) throws -> InterfaceDescription {
        var reader = WireReader(bytes)
        return try InterfaceDescription(&reader)
    }

    /// One step of its life.
    func call(
        _ kind: MessageKind, _ error: UnsafeMutablePointer<sluice_error>?,
        _ fill: @escaping @Sendable (inout WireWriter) -> Void = { _ in }
    ) -> Int32 {
        let isLive = supervisor.shared.withLock { $0.isActive }
        let milliseconds = isLive || kind == .deactivate ? 1000 : supervisor.settings.loadMilliseconds
        switch supervisor.perform(kind, milliseconds: milliseconds, fill) {
        case .answered(let status, let reason, _):
            guard status == SLUICE_OK else { return refuse(error, status, reason) }
            if kind == .configure, let fields = supervisor.shared.withLock({ $0.configuration }) { workers?.configure(fields) }
            return SLUICE_OK
        case .lost(let reason): return refuse(error, SLUICE_E_FAILED, reason)
        }
    }

    func destroy() {
        _ = supervisor.perform(.destroy, milliseconds: 1000)
        stop()
        Unmanaged.passUnretained(self).release()
    }

    // MARK: Questions

    func decide(_ question: UInt64, _ request: UnsafePointer<sluice_auth_request>?) -> Int32 {
        guard let request else { return SLUICE_E_INVALID }
        var writer = WireWriter(.decide, id: question, reserving: 1024)
        writer.authRequest(request.pointee)
        guard let message = writer.finished() else { return SLUICE_E_LIMIT }
        // Past its deadline the host has given up; a little later nobody needs to remember it here.
        let until = max(request.pointee.deadline_ns, monotonicNanoseconds()) &+ 1_000_000_000
        let goes = supervisor.shared.withLock { shared -> Bool? in
            guard shared.open.questions.count < OpenWork.limit else { return nil }
            switch shared.figures.state {
            case .running:
                shared.open.questions[question] = until
                return true
            case .restarting where shared.canHold && shared.open.held.count < Supervisor.heldLimit:
                shared.open.held.append(OpenWork.Held(question: question, message: message))
                return false
            default: return nil
            }
        }
        switch goes {
        case nil: return SLUICE_E_BACKEND
        case .some(false): return SLUICE_OK
        case .some(true):
            if supervisor.outbox.send(message) { return SLUICE_OK }
            // It may have died in between: then it is answered already.
            let isOurs = supervisor.shared.withLock { $0.open.questions.removeValue(forKey: question) != nil }
            return isOurs ? SLUICE_E_LIMIT : SLUICE_OK
        }
    }

    func cancel(_ question: UInt64) {
        let wasOpen = supervisor.shared.withLock { shared -> Bool in
            shared.open.held.removeAll { $0.question == question }
            return shared.open.questions.removeValue(forKey: question) != nil
        }
        if wasOpen { _ = supervisor.outbox.send(WireWriter(.cancelQuestion, id: question).finished()) }
    }

    // MARK: Commands, requests, events

    /// Notes that it is open, if there is a process in service. A command may also run before `activate`: with no server it does.
    private func open(
        _ handle: UInt64, _ list: WritableKeyPath<OpenWork, [UInt64: UInt64]> & Sendable, whileStarting: Bool = false
    ) -> Bool {
        let until = monotonicNanoseconds() &+ OpenWork.patience
        return supervisor.shared.withLock { shared in
            let isThere = shared.figures.state == .running || whileStarting && shared.figures.state == .starting
            guard isThere, shared.open[keyPath: list].count < OpenWork.limit else { return false }
            shared.open[keyPath: list][handle] = until
            return true
        }
    }

    private func send(
        _ message: [UInt8], _ handle: UInt64, _ list: WritableKeyPath<OpenWork, [UInt64: UInt64]> & Sendable
    ) -> Bool {
        if supervisor.outbox.send(message) { return true }
        return supervisor.shared.withLock { $0.open[keyPath: list].removeValue(forKey: handle) == nil }
    }

    func run(
        _ call: UInt64, _ argv: UnsafePointer<sluice_text>?, _ argc: UInt32, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        var writer = WireWriter(.runCommand, id: call)
        let count = argv == nil ? 0 : min(argc, WireReader.listLimit)
        writer.u32(count)
        if let argv { for index in 0..<Int(count) { writer.text(argv[index]) } }
        guard let message = writer.finished() else { return refuse(error, SLUICE_E_LIMIT, "the arguments are too long") }
        guard open(call, \.commands, whileStarting: true) else { return refuse(error, SLUICE_E_BACKEND, unavailable) }
        return send(message, call, \.commands)
            ? SLUICE_OK : refuse(error, SLUICE_E_LIMIT, "too much waits for the plugin's process")
    }

    /// - Parameter sink: of a route that runs with one: the request comes in order with its frames.
    func handle(
        _ request: UnsafePointer<sluice_request>?, _ sink: SinkProxy?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let request else { return SLUICE_E_INVALID }
        if let sink { return handle(request.pointee, with: sink) }
        let exchange = request.pointee.exchange
        guard let services = supervisor.shared.withLock({ $0.services }) else { return SLUICE_E_STATE }
        var writer = WireWriter(
            .handleRequest, id: exchange, reserving: 1024 + Int(clamping: min(request.pointee.body.size, 1 << 20)))
        writer.request(request.pointee)
        guard let message = writer.finished() else {
            services.fail(request: exchange, status: 413, "a request to this plugin is at most 1 MiB")
            return SLUICE_OK
        }
        guard open(exchange, \.requests) else {
            services.fail(request: exchange, status: 503, unavailable)
            return SLUICE_OK
        }
        if !send(message, exchange, \.requests) {
            services.fail(request: exchange, status: 503, "too much waits for the plugin's process")
        }
        return SLUICE_OK
    }

    private func handle(_ request: sluice_request, with sink: SinkProxy) -> Int32 {
        let exchange = request.exchange
        guard open(exchange, \.requests) else {
            sink.services.fail(request: exchange, status: 503, unavailable)
            return SLUICE_OK
        }
        sink.tell()
        let sent = sink.border.send(.sinkRequest, object: sink.id, reserving: 1024) {
            $0.u64(exchange)
            $0.request(request)
        }
        // It may have died in between: then it is answered already.
        guard sent != .sent, supervisor.takeRequest(exchange) else { return SLUICE_OK }
        sink.services.fail(
            request: exchange, status: sent == .tooLarge ? 413 : 503,
            sent == .full ? "too much waits for the plugin's process" : unavailable)
        return SLUICE_OK
    }

    func event(_ type: sluice_text, _ json: sluice_text) {
        guard supervisor.shared.withLock({ $0.figures.state == .running }) else { return dropped() }
        var writer = WireWriter(.event, reserving: 64 + Int(clamping: min(json.size, 1 << 20)))
        writer.text(type)
        writer.text(json)
        if !supervisor.outbox.send(writer.finished()) { dropped() }
    }

    private func dropped() { supervisor.shared.withLock { $0.figures.droppedEvents &+= 1 } }

    var unavailable: String {
        supervisor.shared.withLock { shared in
            switch shared.figures.state {
            case .restarting: "the plugin's process is being started again"
            case .quarantined: "the plugin is quarantined: \(shared.figures.lastDeath)"
            default: "the plugin's process does not run"
            }
        }
    }
}
