import CSluice
import HostMedia
import HostNet
import HostPaths

extension ServiceTables {
    nonisolated(unsafe) static let stream = keep(
        sluice_stream_service(
            struct_size: size(sluice_stream_service.self), reserved: 0,
            publish: { host, request, stream, error in
                guard let generation = PluginGeneration.from(host), let request, let stream else { return SLUICE_E_INVALID }
                return publish(generation.server, request.pointee, stream, error)
            },
            set_tracks: { host, stream, tracks, stride, count, error in
                guard let generation = PluginGeneration.from(host), let publication = generation.server.publications[stream],
                    !publication.isOver, publication.plugin == generation.id
                else { return refuse(error, SLUICE_E_STALE, "publishing is over") }
                guard let tracks, Int(stride) >= MemoryLayout<sluice_track>.size, publication.lane.isCurrent else {
                    return SLUICE_E_INVALID
                }
                let list = (0..<min(Int(count), TrackSet.limit + 1)).map { index in
                    TrackSet.Track(
                        UnsafeRawPointer(tracks).advanced(by: index * Int(stride)).assumingMemoryBound(to: sluice_track.self)
                            .pointee)
                }
                do {
                    try publication.setTracks(list)
                    return SLUICE_OK
                } catch let refusal {
                    return refuse(error, SLUICE_E_INVALID, String(describing: refusal))
                }
            },
            push: { host, stream, frames, stride, count in
                guard let generation = PluginGeneration.from(host), let frames else { return SLUICE_E_INVALID }
                guard Int(stride) >= MemoryLayout<sluice_frame>.size else { return SLUICE_E_INVALID }
                let server = generation.server
                guard let publication = server.publications[stream], !publication.isOver, publication.plugin == generation.id
                else { return SLUICE_E_STALE }
                guard publication.lane.isCurrent else { return SLUICE_E_STATE }
                publication.push(frames, stride: Int(stride), count: Int(count), now: server.now, wall: server.wallMicroseconds)
                return SLUICE_OK
            },
            unpublish: { host, stream, reason in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                guard let publication = generation.server.publications[stream], publication.plugin == generation.id else {
                    return SLUICE_E_STALE
                }
                generation.server.sessions[publication.connection]?.forget(publication)
                generation.server.unpublish(publication, reason: reason.string(limit: 256))
                return SLUICE_OK
            },
            set_attribute: { host, stream, key, value in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                let server = generation.server
                guard let target = server.publications[stream]?.stream ?? server.sinks[stream]?.stream else {
                    return SLUICE_E_STALE
                }
                let (key, value) = (key.string(limit: 64), value.string(limit: 1024))
                guard !key.isEmpty else { return SLUICE_E_INVALID }
                target.lane.post { target.setAttribute(key, value) }
                return SLUICE_OK
            },
            find: { host, app, name, receive, context in
                guard let generation = PluginGeneration.from(host), let receive else { return SLUICE_E_INVALID }
                guard let app = Name(app.string(limit: 300)), let name = Name(name.string(limit: 300)) else {
                    return SLUICE_E_NOT_FOUND
                }
                let streams = generation.server.streams
                let own = streams[StreamKey(app: app, stream: name)]
                let found = (own.map { [$0] } ?? []) + streams.group(app: app, name: name).filter { $0 !== own }
                guard !found.isEmpty else { return SLUICE_E_NOT_FOUND }
                for stream in found { describe(stream) { receive(context, $0) } }
                return SLUICE_OK
            }))

    private static func publish(
        _ server: Server, _ request: sluice_publish_request, _ out: UnsafeMutablePointer<sluice_handle>,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = server.sessions[request.connection], session.lane.isCurrent else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        guard let grant = server.grants.remove(request.grant), grant.action == .publish, grant.expires > server.now,
            grant.question.connection == session.handle
        else {
            return refuse(error, SLUICE_E_DENIED, "no verdict allows it")
        }
        do {
            let publication = try server.publish(
                grant, session: session, protocolName: request.protocol.string(limit: 32),
                description: request.description.string(limit: 128))
            out.pointee = publication.handle
            return SLUICE_OK
        } catch let failure {
            let code = if case .duplicate = failure { SLUICE_E_DUPLICATE } else { SLUICE_E_LIMIT }
            return refuse(error, code, failure.text(grant.key))
        }
    }

    private static func describe(_ stream: LiveStream, _ body: (UnsafePointer<sluice_stream_info>) -> Void) {
        let snapshot = stream.snapshot
        let arena = TextArena()
        var info = sluice_stream_info()
        info.struct_size = size(sluice_stream_info.self)
        info.state = snapshot.state.rawValue
        info.app = arena.text(stream.key.app.text)
        info.name = arena.text(stream.key.stream.text)
        info.group = arena.text(snapshot.group)
        info.tracks = snapshot.tracks?.raw.baseAddress
        info.track_count = UInt32(snapshot.tracks?.raw.count ?? 0)
        info.track_stride = UInt32(MemoryLayout<sluice_track>.stride)
        info.epoch = snapshot.epoch
        info.measured_bitrate = snapshot.figures.measuredBitrate
        info.peak_bitrate = snapshot.figures.peakBitrate
        info.started_wall_us = snapshot.startedWall
        withExtendedLifetime((arena, snapshot)) { withUnsafePointer(to: &info, body) }
    }

    nonisolated(unsafe) static let net = keep(
        sluice_net_service(
            struct_size: size(sluice_net_service.self), reserved: 0,
            send: { host, connection, bytes in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                guard session.lane.isCurrent else { return SLUICE_E_STATE }
                session.connection.send(bytes.unsafeBytes)
                return session.connection.isOpen ? SLUICE_OK : SLUICE_E_LIMIT
            },
            pending: { host, connection in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection], session.lane.isCurrent else {
                    return 0
                }
                return UInt64(max(session.connection.pendingBytes, 0))
            },
            close: { host, connection, how, reason in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                let reason = reason.string(limit: 256)
                // Never from inside the plugin's own call: the session's `close` would come back into it.
                session.lane.post { session.connection.close(afterFlush: how == SLUICE_CLOSE_AFTER_FLUSH, reason: reason) }
                return SLUICE_OK
            },
            set_timer: { host, connection, deadline in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                guard session.lane.isCurrent else { return SLUICE_E_STATE }
                session.connection.setTimer(deadline == 0 ? nil : deadline)
                return SLUICE_OK
            },
            pause: { host, connection, paused in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                guard session.lane.isCurrent else { return SLUICE_E_STATE }
                session.pause(paused != 0)
                return SLUICE_OK
            },
            describe: { host, connection, pairs, count in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                let words = copyPairs(pairs, count, limit: 16).map { (key: $0.0, value: String($0.1.prefix(256))) }
                session.changeWords { $0.pairs = words }
                return SLUICE_OK
            }))

    nonisolated(unsafe) static let broadcast = keep(
        sluice_broadcast_service(
            struct_size: size(sluice_broadcast_service.self), reserved: 0,
            append: { host, log, first, second, flags in
                guard let sink = PluginGeneration.from(host)?.server.logs[log], let target = sink.log else {
                    return SLUICE_E_STALE
                }
                guard sink.stream.lane.isCurrent else { return SLUICE_E_STATE }
                let taken = target.append(
                    first.unsafeBytes, second.unsafeBytes, joinPoint: flags & SLUICE_RECORD_JOIN != 0,
                    video: flags & SLUICE_RECORD_VIDEO != 0)
                return taken ? SLUICE_OK : target.isOpen ? SLUICE_E_LIMIT : SLUICE_E_STALE
            },
            set_prefix: { host, log, prefix in
                guard let sink = PluginGeneration.from(host)?.server.logs[log], let target = sink.log else {
                    return SLUICE_E_STALE
                }
                guard sink.stream.lane.isCurrent else { return SLUICE_E_STATE }
                guard prefix.size <= 1 << 20 else { return SLUICE_E_LIMIT }
                target.setPrefix([UInt8](prefix.unsafeBytes))
                return SLUICE_OK
            },
            attach: { host, connection, request, error in
                guard let generation = PluginGeneration.from(host), let request else { return SLUICE_E_INVALID }
                return attach(generation.server, connection, request.pointee, error)
            },
            detach: { host, connection in
                guard let session = PluginGeneration.from(host)?.server.sessions[connection] else { return SLUICE_E_STALE }
                guard session.lane.isCurrent, session.attachment != nil else { return SLUICE_E_STATE }
                session.lane.post { session.detach(then: SLUICE_ATTACHMENT_DETACHED, "") }
                return SLUICE_OK
            }))

    private static func attach(
        _ server: Server, _ connection: UInt64, _ request: sluice_attach, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = server.sessions[connection], session.lane.isCurrent else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        guard session.attachment == nil else { return refuse(error, SLUICE_E_STATE, "the connection plays already") }
        guard let grant = server.grants.remove(request.grant), grant.action == .play, grant.expires > server.now,
            grant.question.connection == session.handle
        else {
            return refuse(error, SLUICE_E_DENIED, "no verdict allows it")
        }
        guard let wish = wish(request, grant) else { return refuse(error, SLUICE_E_LIMIT, "the head is over 64 KiB") }
        guard server.offers(format: wish.format, variant: wish.variant, app: grant.key.app) else {
            return refuse(error, SLUICE_E_UNSUPPORTED, "no output of the app \(grant.key.app) writes \(wish.format)")
        }
        session.attachment = SessionAttachment(wish: wish)
        session.lane.post { server.play(session, wish) }
        return SLUICE_OK
    }

    static func wish(_ request: sluice_attach, _ grant: Grant) -> PlayerWish? {
        guard request.head.size <= 64 << 10 else { return nil }
        return PlayerWish(
            grant: grant, format: request.format.string(limit: 64), variant: request.variant.string(limit: 64),
            head: [UInt8](request.head.unsafeBytes),
            pace: request.pace == SLUICE_PACE_LOW ? .low : request.pace == SLUICE_PACE_DENSE ? .dense : nil,
            wait: request.wait_ns == 0 ? nil : request.wait_ns)
    }

    nonisolated(unsafe) static let auth = keep(
        sluice_auth_service(
            struct_size: size(sluice_auth_service.self), reserved: 0,
            ask: { host, request, done, context, operation, error in
                guard let generation = PluginGeneration.from(host), let request, let done else { return SLUICE_E_INVALID }
                return ask(generation.server, request.pointee, done, context, operation, error)
            },
            cancel: { host, operation in
                guard let server = PluginGeneration.from(host)?.server else { return SLUICE_E_INVALID }
                guard let asked = server.operations.remove(operation) else { return SLUICE_E_STALE }
                asked.session?.asked(operation)
                server.withdraw(asked.wait)
                return SLUICE_OK
            },
            answer: { host, question, verdict in
                guard let server = PluginGeneration.from(host)?.server, let verdict else { return SLUICE_E_INVALID }
                let raw = verdict.pointee
                switch server.auth.answer(question, { Verdict(raw, action: $0) }) {
                case .taken: return SLUICE_OK
                case .stale: return SLUICE_E_STALE
                case .invalid: return SLUICE_E_INVALID
                }
            }))

    private static func ask(
        _ server: Server, _ request: sluice_auth_request, _ done: @escaping sluice_auth_done, _ context: UnsafeMutableRawPointer?,
        _ out: UnsafeMutablePointer<sluice_handle>?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = server.sessions[request.connection], session.lane.isCurrent else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        var question: AuthQuestion
        do {
            question = try AuthQuestion(request)
        } catch let refused {
            return refuse(error, SLUICE_E_INVALID, refused.text)
        }
        question.context = session.context
        question.connection = session.handle
        question.peerAddress = session.peer
        question.peerPort = UInt32(clamping: session.peerPort)
        question.tls = session.isTLS
        nonisolated(unsafe) let context = context
        let operation = AuthOperation(session: session) { done(context, $0) }
        let handle = server.operations.insert(operation)
        guard handle != 0 else { return refuse(error, SLUICE_E_LIMIT, "too many questions are open") }
        session.asks(handle)
        out?.pointee = handle
        server.ask(question, operation: handle, operation, session: session)
        return SLUICE_OK
    }
}

/// A protocol plugin's question under way: whom to call, on whose lane.
final class AuthOperation: @unchecked Sendable {
    weak var session: Session?
    /// Set and read on the session's lane.
    var wait: AuthWait?
    let done: (UnsafePointer<sluice_auth_answer>) -> Void

    init(session: Session, done: @escaping (UnsafePointer<sluice_auth_answer>) -> Void) {
        self.session = session
        self.done = done
    }
}

extension Session {
    /// [lane] The plugin itself ended a publication.
    func forget(_ publication: Publication) {
        publications[publication.handle] = nil
        changeWords { $0.publishes.removeAll { $0 == publication.stream.key.description } }
    }
}
