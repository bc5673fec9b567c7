import CSluice

/// The tables whose objects are sessions: `void *session` is a SessionProxy.
extension ProxyTables {
    func addProtocol(_ found: InterfaceDescription) {
        movesSessions = found.movesSessions
        var table = sluice_protocol_interface()
        table.struct_size = Self.size(sluice_protocol_interface.self)
        table.session_open = { instance, info, session, error in
            guard let module = ProcessModule.from(instance), let info, let session else { return SLUICE_E_INVALID }
            guard let made = module.makeSession(info.pointee, nil, error) else { return SLUICE_E_BACKEND }
            session.pointee = Unmanaged.passRetained(made).toOpaque()
            made.begin()
            return SLUICE_OK
        }
        table.bytes = { session, data, now, _ in
            SessionProxy.from(session)?.received(
                UnsafeRawBufferPointer(start: data.data, count: data.data == nil ? 0 : Int(clamping: data.size)), now: now)
            return SLUICE_OK
        }
        table.timer = { session, now, _ in
            SessionProxy.from(session)?.tell(.timer(now: now))
            return SLUICE_OK
        }
        table.writable = { session, now in SessionProxy.from(session)?.tell(.writable(now: now)) }
        table.attachment = { session, state, reason in
            SessionProxy.from(session)?.tell(.attachment(state: state, reason: reason.copied))
        }
        table.publication = { session, stream, state, reason in
            guard let session = SessionProxy.from(session) else { return }
            session.publications.remove(stream)
            session.tell(.publication(handle: stream, state: state, reason: reason.copied))
        }
        table.stop = { session, reason in SessionProxy.from(session)?.tell(.stop(reason: reason.copied)) }
        table.drain = { session, reason, limit in
            SessionProxy.from(session)?.tell(.drain(reason: reason.copied, limit: limit))
        }
        table.close = { session, reason in SessionProxy.from(session)?.closed(reason) }
        add(SLUICE_INTERFACE_PROTOCOL, table)
    }

    func addSessions(to table: inout sluice_handover_interface) {
        table.export_session = { session, receive, context, error in
            SessionProxy.from(session)?.export(receive, context, error) ?? SLUICE_E_INVALID
        }
        table.import_session = { instance, info, blob, session, error in
            guard let module = ProcessModule.from(instance), let info, let session else { return SLUICE_E_INVALID }
            guard blob.size <= UInt64(Resume.blobLimit) else {
                return refuse(error, SLUICE_E_LIMIT, "its state is larger than \(Resume.blobLimit >> 20) MiB")
            }
            let bytes = Array(UnsafeRawBufferPointer(start: blob.data, count: blob.data == nil ? 0 : Int(blob.size)))
            guard let made = module.makeSession(info.pointee, bytes, error) else { return SLUICE_E_BACKEND }
            session.pointee = Unmanaged.passRetained(made).toOpaque()
            made.begin()
            return SLUICE_OK
        }
        table.forget_session = { SessionProxy.from($0)?.forgetSession() }
    }
}

extension ProcessModule {
    /// A session of the plugin's process; it waits for one that is being started again.
    fileprivate func makeSession(
        _ info: sluice_connection_info, _ blob: [UInt8]?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> SessionProxy? {
        let (state, services) = supervisor.shared.withLock { ($0.figures.state, $0.services) }
        guard let border = supervisor.media, let services, state == .running || state == .restarting else {
            refuse(error, SLUICE_E_BACKEND, unavailable)
            return nil
        }
        return SessionProxy(
            info, blob: blob, canBeImported: tables.movesSessions, settings: supervisor.settings, border: border,
            services: services)
    }
}
