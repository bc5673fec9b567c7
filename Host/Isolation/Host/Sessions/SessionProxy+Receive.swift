import CSluice

/// What the process says of a session. Each thing is looked at as a stranger's: it can act on its own connection only, and what it did
/// before it died is not done twice.
extension SessionProxy {
    private var host: UnsafePointer<sluice_host> { services.host }

    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws {
        do {
            try take(kind, &reader)
        } catch Resume.Fault.differs {
            close("the session cannot go on after its process died: \(Resume.Fault.differs)")
        }
    }

    private func take(_ kind: MediaKind, _ reader: inout WireReader) throws {
        // Before it has said that it takes the session over, it has nothing to say of it.
        if decision != nil, kind != .sessionRefused, kind != .sessionTaken { return }
        switch kind {
        case .sessionTaken: decide(nil)
        case .sessionRefused where decision != nil: decide(try reader.string(limit: 480))
        case .sessionRefused, .sessionFailed:
            let reason = try reader.string(limit: 480)
            close(reason, how: kind == .sessionRefused ? SLUICE_CLOSE_NOW : SLUICE_CLOSE_AFTER_FLUSH)
        case .sessionCheckpoint:
            let (after, operations) = (try reader.u64(), try reader.u64())
            try resume.checkpoint(after: after, operations: operations, blob: Array(try reader.raw()))
        case .sessionReplayed:
            try resume.replayed()
            cameThrough()
            if let heldTimer { _ = services.net?.pointee.set_timer?(host, connection, heldTimer) }
            heldTimer = nil
        case .sessionExported:
            let (status, reason) = (try reader.i32(), try reader.string(limit: 480))
            exported(status, reason, Array(try reader.raw()))
        case .sessionHasRoom: hasRoom()
        case .sessionSend, .sessionEnd, .sessionTimer, .sessionPause, .sessionDescribe: try act(kind, &reader)
        case .sessionPush: try push(&reader)
        case .sessionUnpublish, .sessionDetach: try once(kind, &reader)
        case .sessionAttribute:
            let (stream, key, value) = (try reader.u64(), try reader.text(), try reader.text())
            if publications.contains(stream) { _ = services.stream?.pointee.set_attribute?(host, stream, key, value) }
        case .sessionAsk: try ask(&reader)
        case .sessionCancel:
            guard let question = questions.removeValue(forKey: try reader.u64()) else { return }
            _ = services.auth?.pointee.cancel?(host, question.operation)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    /// The connection.
    private func act(_ kind: MediaKind, _ reader: inout WireReader) throws {
        guard let net = services.net?.pointee else { return }
        switch kind {
        case .sessionSend:
            let bytes = try reader.raw()
            let rest = bytes.dropFirst(resume.sends(bytes.count))
            guard !rest.isEmpty else { return }
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            _ = net.send?(
                host, connection,
                sluice_bytes(data: piece.baseAddress?.assumingMemoryBound(to: UInt8.self), size: UInt64(piece.count)))
        case .sessionEnd:
            let how = try reader.u32()
            _ = net.close?(host, connection, how, try reader.text())
        case .sessionTimer:
            let deadline = try reader.u64()
            if resume.isReplaying { heldTimer = deadline } else { _ = net.set_timer?(host, connection, deadline) }
        case .sessionPause:
            isPausedByPlugin = try reader.u32() != 0
            settleReading()
        default:
            let pairs = try reader.pairs()
            _ = pairs.withUnsafeBufferPointer { net.describe?(host, connection, $0.baseAddress, UInt32($0.count)) }
        }
    }

    private func push(_ reader: inout WireReader) throws {
        let stream = try reader.u64()
        let frames = try reader.frames()
        let fresh = frames.dropFirst(resume.pushes(frames.count)).filter(\.hasSoundTimes)
        guard !fresh.isEmpty, publications.contains(stream) else { return }
        fresh.withUnsafeBufferPointer {
            _ = services.stream?.pointee.push?(
                host, stream, $0.baseAddress, UInt32(MemoryLayout<sluice_frame>.stride), UInt32($0.count))
        }
    }

    /// What must not be done again.
    private func once(_ kind: MediaKind, _ reader: inout WireReader) throws {
        guard try resume.step(kind.rawValue) == nil else { return }
        resume.did(Resume.Step(kind: kind.rawValue))
        if kind == .sessionDetach {
            _ = services.broadcast?.pointee.detach?(host, connection)
            return
        }
        let (stream, reason) = (try reader.u64(), try reader.text())
        guard publications.remove(stream) != nil else { return }
        _ = services.stream?.pointee.unpublish?(host, stream, reason)
    }

    // MARK: Questions

    private func ask(_ reader: inout WireReader) throws {
        let number = try reader.u64()
        guard try resume.step(MediaKind.sessionAsk.rawValue) == nil else { return }
        resume.did(Resume.Step(kind: MediaKind.sessionAsk.rawValue))
        guard questions[number] == nil else { throw Resume.Fault.checkpoint(after: number) }
        let question = Question(self, number)
        questions[number] = question
        var error = sluice_error.make()
        let status = try reader.authRequest { request -> Int32 in
            var raw = request.pointee
            raw.connection = connection
            return services.auth?.pointee.ask?(
                host, &raw, { SessionProxy.answered($0, $1) }, Unmanaged.passUnretained(question).toOpaque(),
                &question.operation, &error) ?? SLUICE_E_DENIED
        }
        guard status != SLUICE_OK else { return }
        questions[number] = nil
        sluice_text.with(error.reason(or: "the question was refused with status \(status)")) { reason in
            var answer = sluice_auth_answer()
            answer.decision = SLUICE_VERDICT_DENY
            answer.reason = reason
            answer.message = reason
            tell(number, answer)
        }
    }

    /// [lane] Called by the host, with the question as its context.
    private static func answered(_ context: UnsafeMutableRawPointer?, _ answer: UnsafePointer<sluice_auth_answer>?) {
        guard let context, let answer else { return }
        let question = Unmanaged<Question>.fromOpaque(context).takeUnretainedValue()
        let session = question.session
        session.questions[question.number] = nil
        session.tell(question.number, answer.pointee)
    }

    private func tell(_ number: UInt64, _ answer: sluice_auth_answer) {
        var writer = WireWriter(object: 0)
        writer.authAnswer(answer)
        tell(.answer(operation: number, fields: Array(writer.bytes[8...])))
    }

    // MARK: Requests

    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws {
        if decision != nil { return answer(SLUICE_E_STALE, "an import calls no service") }
        // Apart from the numbers of records.
        let number = kind.rawValue &+ 0x1_0000
        do {
            if let known = try resume.step(number) { return answer(known.status, known.reason) { $0.fields(known.rest) } }
        } catch {
            answer(SLUICE_E_STALE, "\(error)")
            return close("the session cannot go on after its process died: \(error)")
        }
        var step = Resume.Step(kind: number)
        var error = sluice_error.make()
        switch kind {
        case .publish:
            var request = try reader.publishRequest()
            request.connection = connection
            var stream: UInt64 = 0
            step.status = services.stream?.pointee.publish?(host, &request, &stream, &error) ?? SLUICE_E_DENIED
            guard step.status == SLUICE_OK else { break }
            publications.insert(stream)
            step.rest = withUnsafeBytes(of: stream.littleEndian) { Array($0) }
        case .setTracks:
            let stream = try reader.u64()
            let tracks = try reader.tracks()
            step.status =
                publications.contains(stream)
                ? services.stream?.pointee.set_tracks?(
                    host, stream, tracks, UInt32(MemoryLayout<sluice_track>.stride), UInt32(tracks.count), &error)
                    ?? SLUICE_E_DENIED : SLUICE_E_STALE
        case .attachSession:
            step.status = try reader.attach { _, wish in
                services.broadcast?.pointee.attach?(host, connection, wish, &error) ?? SLUICE_E_DENIED
            }
        default: throw WireError.unknownKind(.max)
        }
        if step.status < 0 { step.reason = error.reason(or: "status \(step.status)") }
        resume.did(step)
        answer(step.status, step.reason) { $0.fields(step.rest) }
    }
}
