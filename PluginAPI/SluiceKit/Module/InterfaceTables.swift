// The C tables of an instance's interfaces: functions that find the Swift object behind a pointer, borrow its arguments, call it, and
// turn a thrown error into status and reason. Throws never cross the border.

/// What a plugin offers, as C sees it. Lives as long as the instance.
struct InterfaceTables {
    private let tables: [String: UnsafeRawPointer]

    init(plugin: any Plugin) {
        var tables: [String: UnsafeRawPointer] = [:]
        func add<T>(_ id: String, _ table: T) {
            let block = UnsafeMutablePointer<T>.allocate(capacity: 1)
            block.initialize(to: table)
            tables[id] = UnsafeRawPointer(block)
        }
        if plugin is any ProtocolServer { add(SLUICE_INTERFACE_PROTOCOL, Self.protocolTable()) }
        if let provider = plugin as? any SinkProvider { add(SLUICE_INTERFACE_SINK, Self.sinkTable(type(of: provider).formats)) }
        if plugin is any TransformProvider { add(SLUICE_INTERFACE_TRANSFORM, Self.transformTable()) }
        if plugin is any SourceProvider { add(SLUICE_INTERFACE_SOURCE, Self.sourceTable()) }
        if let handler = plugin as? any RouteHandler { add(SLUICE_INTERFACE_ROUTES, Self.routesTable(type(of: handler).routes)) }
        if plugin is any Authenticator { add(SLUICE_INTERFACE_AUTH, Self.authTable()) }
        if plugin is any CommandRunner { add(SLUICE_INTERFACE_COMMAND, Self.commandTable()) }
        if plugin is any EventObserver { add(SLUICE_INTERFACE_OBSERVER, Self.observerTable()) }
        if plugin is any SelfTesting { add(SLUICE_INTERFACE_SELFTEST, Self.selfTestTable()) }
        if plugin is any Handover { add(SLUICE_INTERFACE_HANDOVER, Self.handoverTable()) }
        self.tables = tables
    }

    /// The tables are small and an image is never unmapped: they are kept.
    func table(_ id: String) -> UnsafeRawPointer? { tables[id] }
}

/// A session or sink behind a `void *`.
final class SessionBox {
    let session: any ProtocolSession
    init(_ session: any ProtocolSession) { self.session = session }

    @inline(__always)
    static func with<R>(_ pointer: UnsafeMutableRawPointer?, else missing: R, _ body: (any ProtocolSession) -> R) -> R {
        guard let pointer else { return missing }
        return Unmanaged<SessionBox>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0.session) }
    }
}

final class SinkBox {
    let sink: any Sink
    init(_ sink: any Sink) { self.sink = sink }

    @inline(__always)
    static func with<R>(_ pointer: UnsafeMutableRawPointer?, else missing: R, _ body: (any Sink) -> R) -> R {
        guard let pointer else { return missing }
        return Unmanaged<SinkBox>.fromOpaque(pointer)._withUnsafeGuaranteedRef { body($0.sink) }
    }
}

/// Runs `body`; a thrown error becomes status and reason.
@inline(__always)
func caught(_ error: UnsafeMutablePointer<sluice_error>?, _ body: () throws -> Void) -> Int32 {
    do {
        try body()
        return SLUICE_OK
    } catch let failure {
        return report(failure, to: error)
    }
}

/// Hands out an object's own description of itself.
private func export(
    _ object: (any Exportable)?, _ receive: sluice_blob_receiver?, _ context: UnsafeMutableRawPointer?,
    _ error: UnsafeMutablePointer<sluice_error>?
) -> Int32 {
    guard let object, let receive else {
        return report(PluginError("it can't be handed over", code: SLUICE_E_UNSUPPORTED), to: error)
    }
    do {
        guard let blob = try object.export() else { return SLUICE_AGAIN }
        withBytes(blob) { receive(context, $0) }
        return SLUICE_OK
    } catch let failure {
        return report(failure, to: error)
    }
}

extension InterfaceTables {
    fileprivate static func protocolTable() -> sluice_protocol_interface {
        var table = sluice_protocol_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_protocol_interface>.size)
        table.session_open = { instance, info, session, error in
            guarded(instance, error) { box in
                guard let info, let session, let server = box.server else {
                    throw PluginError("no server", code: SLUICE_E_INVALID)
                }
                let opened = try server.openSession(Connection(host: box.host, info: info.pointee))
                session.pointee = Unmanaged.passRetained(SessionBox(opened)).toOpaque()
            }
        }
        table.bytes = { session, data, now, error in
            SessionBox.with(session, else: SLUICE_E_INVALID) { session in
                caught(error) { try session.receive(data.unsafeBytes, at: now) }
            }
        }
        table.timer = { session, now, error in
            SessionBox.with(session, else: SLUICE_E_INVALID) { session in caught(error) { try session.timer(at: now) } }
        }
        table.writable = { session, now in SessionBox.with(session, else: ()) { $0.writable(at: now) } }
        table.attachment = { session, state, reason in
            guard let state = Attachment(rawValue: state) else { return }
            SessionBox.with(session, else: ()) { $0.attachment(state, reason: reason.string) }
        }
        table.publication = { session, stream, _, reason in
            SessionBox.with(session, else: ()) { $0.publicationEnded(stream, reason: reason.string) }
        }
        table.stop = { session, reason in SessionBox.with(session, else: ()) { $0.stop(reason: reason.string) } }
        table.drain = { session, reason, limit in
            SessionBox.with(session, else: ()) { $0.drain(reason: reason.string, limit: limit) }
        }
        table.close = { session, reason in
            SessionBox.with(session, else: ()) { $0.closed(reason: reason.string) }
            if let session { Unmanaged<SessionBox>.fromOpaque(session).release() }
        }
        return table
    }

    fileprivate static func sinkTable(_ formats: [LogFormat]) -> sluice_sink_interface {
        let list = UnsafeMutablePointer<sluice_log_format>.allocate(capacity: max(formats.count, 1))
        for (index, format) in formats.enumerated() {
            list[index] = sluice_log_format(format: text(format.format), variant: text(format.variant))
        }
        var table = sluice_sink_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_sink_interface>.size)
        table.opens = formats.isEmpty ? SLUICE_SINK_OPENS_WITH_STREAM : SLUICE_SINK_OPENS_AT_SUBSCRIBER
        table.formats = UnsafePointer(list)
        table.format_count = UInt32(formats.count)
        table.format_stride = UInt32(MemoryLayout<sluice_log_format>.stride)
        table.open = { instance, request, sink, error in
            guarded(instance, error) { box in
                guard let request, let sink, let provider = box.sinks else {
                    throw PluginError("no sinks", code: SLUICE_E_INVALID)
                }
                let opened = try provider.openSink(SinkRequest(host: box.host, raw: request.pointee))
                sink.pointee = Unmanaged.passRetained(SinkBox(opened)).toOpaque()
            }
        }
        table.tracks = { sink, tracks, stride, count, flags, error in
            SinkBox.with(sink, else: SLUICE_E_INVALID) { sink in
                caught(error) {
                    let list = Track.array(tracks, stride: stride, count: count)
                    try sink.tracks(list, discontinuity: flags & SLUICE_TRACKS_DISCONTINUITY != 0)
                }
            }
        }
        table.frames = { sink, frames, stride, count, error in
            guard let frames else { return SLUICE_OK }
            return SinkBox.with(sink, else: SLUICE_E_INVALID) { sink in
                caught(error) { try sink.frames(BorrowedFrames(frames, stride: stride, count: count)) }
            }
        }
        table.publisher = { sink, state in
            SinkBox.with(sink, else: ()) { $0.publisher(lost: state == SLUICE_SINK_PUBLISHER_LOST) }
        }
        table.attributes = { sink, list, count in SinkBox.with(sink, else: ()) { $0.attributes(pairs(list, count)) } }
        table.close = { sink, reason in
            SinkBox.with(sink, else: ()) { $0.close(reason: reason.string) }
            if let sink { Unmanaged<SinkBox>.fromOpaque(sink).release() }
        }
        return table
    }

    fileprivate static func handoverTable() -> sluice_handover_interface {
        var table = sluice_handover_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_handover_interface>.size)
        table.export_session = { session, receive, context, error in
            SessionBox.with(session, else: SLUICE_E_INVALID) { session in
                export(session as? any Exportable, receive, context, error)
            }
        }
        table.import_session = { instance, info, blob, session, error in
            guarded(instance, error) { box in
                guard let info, let session, let handover = box.handover else {
                    throw PluginError("no handover", code: SLUICE_E_UNSUPPORTED)
                }
                let made = try handover.importSession(Connection(host: box.host, info: info.pointee), blob.unsafeBytes)
                session.pointee = Unmanaged.passRetained(SessionBox(made)).toOpaque()
            }
        }
        table.forget_session = { session in
            SessionBox.with(session, else: ()) { ($0 as? any Exportable)?.forget() }
            if let session { Unmanaged<SessionBox>.fromOpaque(session).release() }
        }
        table.export_sink = { sink, receive, context, error in
            SinkBox.with(sink, else: SLUICE_E_INVALID) { sink in export(sink as? any Exportable, receive, context, error) }
        }
        table.import_sink = { instance, request, blob, sink, error in
            guarded(instance, error) { box in
                guard let request, let sink, let handover = box.handover else {
                    throw PluginError("no handover", code: SLUICE_E_UNSUPPORTED)
                }
                let made = try handover.importSink(SinkRequest(host: box.host, raw: request.pointee), blob.unsafeBytes)
                sink.pointee = Unmanaged.passRetained(SinkBox(made)).toOpaque()
            }
        }
        table.forget_sink = { sink in
            SinkBox.with(sink, else: ()) { ($0 as? any Exportable)?.forget() }
            if let sink { Unmanaged<SinkBox>.fromOpaque(sink).release() }
        }
        return table
    }

    fileprivate static func routesTable(_ routes: [Route]) -> sluice_routes_interface {
        let list = UnsafeMutablePointer<sluice_route>.allocate(capacity: max(routes.count, 1))
        var arena = TextArena()
        for (index, route) in routes.enumerated() {
            list[index] = sluice_route(
                struct_size: UInt32(MemoryLayout<sluice_route>.size), listener: route.listener.rawValue,
                methods: arena.text(route.methods), pattern: arena.text(route.pattern), flags: route.flags.rawValue, reserved: 0)
        }
        arena.leak()
        var table = sluice_routes_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_routes_interface>.size)
        table.route_stride = UInt32(MemoryLayout<sluice_route>.stride)
        table.routes = UnsafePointer(list)
        table.route_count = UInt32(routes.count)
        table.handle = { instance, request, sink, error in
            guarded(instance, error) { box in
                guard let request, let handler = box.routes else { throw PluginError("no routes", code: SLUICE_E_INVALID) }
                let open = SinkBox.with(sink, else: nil) { $0 as (any Sink)? }
                try handler.handle(Request(host: box.host, request.pointee), sink: open)
            }
        }
        return table
    }

    fileprivate static func authTable() -> sluice_auth_interface {
        var table = sluice_auth_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_auth_interface>.size)
        table.decide = { instance, question, request in
            guard let box = InstanceBox.from(instance) else { return SLUICE_E_INVALID }
            return decide(box, question, request)
        }
        return table
    }

    fileprivate static func commandTable() -> sluice_command_interface {
        var table = sluice_command_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_command_interface>.size)
        table.run = { instance, call, argv, argc, _ in
            guard let box = InstanceBox.from(instance) else { return SLUICE_E_INVALID }
            return runCommand(box, call, argv, argc)
        }
        return table
    }

    fileprivate static func observerTable() -> sluice_observer_interface {
        var table = sluice_observer_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_observer_interface>.size)
        table.event = { instance, type, json in InstanceBox.from(instance)?.observer?.observe(type.string, json: json.string) }
        return table
    }

    fileprivate static func selfTestTable() -> sluice_selftest_interface {
        var table = sluice_selftest_interface()
        table.struct_size = UInt32(MemoryLayout<sluice_selftest_interface>.size)
        table.run = { instance, error in guarded(instance, error) { try $0.selfTest?.selfTest() } }
        return table
    }

    private static func text(_ string: StaticString) -> sluice_text {
        sluice_text(
            data: UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self), size: UInt64(string.utf8CodeUnitCount))
    }
}
