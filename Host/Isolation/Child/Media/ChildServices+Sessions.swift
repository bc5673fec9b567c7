import CSluice

/// Services of sessions: records of the session that a handle stands for. What needs an answer is asked and waited for; all else is
/// told, and the host sees to it in the order in which it was told. On the media thread, but for what says otherwise.
extension ChildServices {
    private static var sessions: HostedSessions { plugin.sessions }

    nonisolated(unsafe) static let net = keep(
        sluice_net_service(
            struct_size: size(sluice_net_service.self), reserved: 0,
            send: { _, connection, bytes in
                guard let session = sessions.session(connection), let port = plugin.media else { return SLUICE_E_STALE }
                var rest = UnsafeRawBufferPointer(start: bytes.data, count: bytes.data == nil ? 0 : Int(clamping: bytes.size))
                session.pending &+= UInt64(rest.count)
                while !rest.isEmpty {
                    let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
                    let sent = port.send(.sessionSend, object: session.object, reserving: piece.count + 16) { $0.bytes(piece) }
                    guard sent else { return SLUICE_E_LIMIT }
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
                }
                return SLUICE_OK
            },
            // What was queued at the last call, and what was sent since.
            pending: { _, connection in sessions.session(connection)?.pending ?? 0 },
            close: { _, connection, how, reason in
                told(.sessionEnd, sessions.object(of: connection)) {
                    $0.u32(how)
                    $0.text(reason)
                }
            },
            set_timer: { _, connection, deadline in
                told(.sessionTimer, sessions.session(connection)?.object) { $0.u64(deadline) }
            },
            pause: { _, connection, paused in
                told(.sessionPause, sessions.session(connection)?.object) { $0.u32(paused) }
            },
            describe: { _, connection, pairs, count in
                told(.sessionDescribe, sessions.object(of: connection)) { $0.pairs(pairs, min(count, 16)) }
            }))

    nonisolated(unsafe) static let handover = keep(
        sluice_handover_service(
            struct_size: size(sluice_handover_service.self), reserved: 0, checkpoint_every: HostedSessions.checkpointEvery,
            checkpoint: { _, connection, blob in
                guard let session = sessions.session(connection) else { return SLUICE_E_STALE }
                guard blob.size <= UInt64(Resume.blobLimit) else { return SLUICE_E_LIMIT }
                session.checkpoint = Array(
                    UnsafeRawBufferPointer(start: blob.data, count: blob.data == nil ? 0 : Int(blob.size)))
                return SLUICE_OK
            }))

    private static func told(_ kind: MediaKind, _ object: UInt64?, _ fill: (inout WireWriter) -> Void) -> Int32 {
        guard let object, let port = plugin.media else { return SLUICE_E_STALE }
        return port.send(kind, object: object, fill) ? SLUICE_OK : SLUICE_E_LIMIT
    }

    // MARK: Streams

    static func publish(
        _ request: sluice_publish_request, _ stream: UnsafeMutablePointer<sluice_handle>,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = sessions.session(request.connection), let port = plugin.media else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        return port.ask(.publish, object: session.object, error: error) {
            $0.publishRequest(request)
        } _: {
            stream.pointee = try $0.u64()
            sessions.publishes(session, stream.pointee)
        }
    }

    static func setTracks(
        _ stream: UInt64, _ tracks: UnsafePointer<sluice_track>?, _ stride: UInt32, _ count: UInt32,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = sessions.publisher(of: stream), let port = plugin.media else {
            return refuse(error, SLUICE_E_STALE, "publishing is over")
        }
        return port.ask(.setTracks, object: session.object, error: error) {
            $0.u64(stream)
            $0.tracks(tracks, stride: stride, count: count)
        }
    }

    static func push(_ stream: UInt64, _ frames: UnsafePointer<sluice_frame>?, _ stride: UInt32, _ count: UInt32) -> Int32 {
        guard let frames, Int(stride) >= MemoryLayout<sluice_frame>.size else { return SLUICE_E_INVALID }
        guard let session = sessions.publisher(of: stream), let port = plugin.media else { return SLUICE_E_STALE }
        // One record each: a batch of them may be larger than any.
        for index in 0..<Int(count) {
            let frame = UnsafeRawPointer(frames).advanced(by: index * Int(stride)).assumingMemoryBound(to: sluice_frame.self)
            let size = Int(clamping: min(frame.pointee.data.size, 8 << 20)) + WireWriter.frameHead + 32
            let sent = port.send(.sessionPush, object: session.object, reserving: size) {
                $0.u64(stream)
                $0.u32(1)
                $0.frame(frame.pointee)
            }
            guard sent else { return SLUICE_E_LIMIT }
        }
        return SLUICE_OK
    }

    static func unpublish(_ stream: UInt64, _ reason: sluice_text) -> Int32 {
        guard let session = sessions.publisher(of: stream) else { return SLUICE_E_STALE }
        sessions.unpublished(stream)
        return told(.sessionUnpublish, session.object) {
            $0.u64(stream)
            $0.text(reason)
        }
    }

    /// nil: the stream is none that is published here.
    static func setPublishedAttribute(_ stream: UInt64, _ key: sluice_text, _ value: sluice_text) -> Int32? {
        guard let session = sessions.publisher(of: stream) else { return nil }
        return told(.sessionAttribute, session.object) {
            $0.u64(stream)
            $0.text(key)
            $0.text(value)
        }
    }

    // MARK: Playing

    static func attach(
        _ connection: UInt64, _ request: sluice_attach, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let session = sessions.session(connection), let port = plugin.media else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        return port.ask(.attachSession, object: session.object, error: error) { $0.attach(request) }
    }

    static func detach(_ connection: UInt64) -> Int32 { told(.sessionDetach, sessions.session(connection)?.object) { _ in } }

    // MARK: Questions

    static func ask(
        _ request: sluice_auth_request, _ done: sluice_auth_done?, _ context: UnsafeMutableRawPointer?,
        _ operation: UnsafeMutablePointer<sluice_handle>?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let done else { return SLUICE_E_INVALID }
        guard let session = sessions.session(request.connection), let port = plugin.media else {
            return refuse(error, SLUICE_E_STALE, "the connection is gone")
        }
        let made = sessions.ask(session, done, context)
        operation?.pointee = made.operation
        let sent = port.send(.sessionAsk, object: session.object, reserving: 2048) {
            $0.u64(made.number)
            $0.authRequest(request)
        }
        if sent { return SLUICE_OK }
        _ = sessions.cancel(made.operation)
        return refuse(error, SLUICE_E_LIMIT, "the question is too large")
    }

    static func cancel(_ operation: UInt64) -> Int32 {
        guard let found = sessions.cancel(operation) else { return SLUICE_E_STALE }
        return told(.sessionCancel, found.session.object) { $0.u64(found.number) }
    }
}
