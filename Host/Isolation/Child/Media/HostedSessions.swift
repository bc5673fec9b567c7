// HostedSessions: the plugin's sessions in its own process, by the host's numbers of them. Each is told events in the host's order, on the
// media thread; what it says goes by the ring, in the order in which it says it.

import CSluice
import Synchronization

/// One connection's session. Of the media thread, but for what is constant.
final class HostedSession: @unchecked Sendable {
    let object: UInt64
    let connection: UInt64
    var pointer: UnsafeMutableRawPointer?
    /// Events told, and the number of the last question; both go on from an import.
    var told: UInt64 = 0
    var asked: UInt64 = 0
    var questions: [UInt64: Question] = [:]
    /// Given in the present call.
    var checkpoint: [UInt8]?
    /// What the connection has queued, as far as it is known here.
    var pending: UInt64 = 0

    struct Question {
        let done: sluice_auth_done
        let context: UnsafeMutableRawPointer?
        let operation: UInt64
    }

    init(object: UInt64, connection: UInt64) {
        self.object = object
        self.connection = connection
    }
}

final class HostedSessions: @unchecked Sendable {
    /// Bytes after which the host wants another checkpoint.
    static let checkpointEvery: UInt64 = 64 << 10

    private let byConnection = Mutex<[UInt64: HostedSession]>([:])
    // Of the media thread.
    private var byObject: [UInt64: HostedSession] = [:]
    private var byPublication: [UInt64: HostedSession] = [:]
    private var operations: [UInt64: (session: HostedSession, number: UInt64)] = [:]
    private var nextOperation: UInt64 = 1
    /// Made on the control thread before there are sessions.
    var interface: UnsafePointer<sluice_protocol_interface>?
    var handover: UnsafePointer<sluice_handover_interface>?

    private var plugin: HostedPlugin { HostedPlugin.shared }
    private var port: MediaPort? { plugin.media }

    // MARK: Finding

    /// [any] The object of a connection.
    func object(of connection: UInt64) -> UInt64? { byConnection.withLock { $0[connection]?.object } }

    /// [media] nil: it is gone, or this is another thread.
    func session(_ connection: UInt64) -> HostedSession? {
        guard port?.isMediaThread == true else { return nil }
        return byConnection.withLock { $0[connection] }
    }

    /// [media] The session that publishes a stream.
    func publisher(of stream: UInt64) -> HostedSession? { port?.isMediaThread == true ? byPublication[stream] : nil }
    func publishes(_ session: HostedSession, _ stream: UInt64) { byPublication[stream] = session }
    func unpublished(_ stream: UInt64) { byPublication[stream] = nil }

    // MARK: Calls, on the media thread

    func receive(_ kind: MediaKind, _ object: UInt64, _ reader: inout WireReader) throws {
        switch kind {
        case .sessionOpen: try open(object, &reader)
        case .sessionImport: try importSession(object, &reader)
        case .sessionEvent:
            guard let session = byObject[object] else { return }
            session.told &+= 1
            try tell(session, &reader)
            keep(session)
        case .sessionReplayEnd: port?.send(.sessionReplayed, object: object) { _ in }
        case .sessionRoom: port?.send(.sessionHasRoom, object: object) { _ in }
        case .sessionExport: export(object)
        case .sessionForget:
            guard let session = byObject[object] else { return }
            if let pointer = session.pointer { handover?.pointee.forget_session?(pointer) }
            remove(session)
        case .sessionClose:
            let reason = try reader.text()
            guard let session = byObject[object] else { return }
            if let pointer = session.pointer { interface?.pointee.close?(pointer, reason) }
            remove(session)
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    private func add(_ object: UInt64, _ connection: UInt64) -> HostedSession {
        let session = HostedSession(object: object, connection: connection)
        byObject[object] = session
        byConnection.withLock { $0[connection] = session }
        return session
    }

    private func remove(_ session: HostedSession) {
        byObject[session.object] = nil
        byConnection.withLock { if $0[session.connection] === session { $0[session.connection] = nil } }
        for stream in byPublication.filter({ $0.value === session }).keys { byPublication[stream] = nil }
        for question in session.questions.values { operations[question.operation] = nil }
        session.questions = [:]
        session.pointer = nil
    }

    private func refused(_ session: HostedSession, _ reason: String) {
        remove(session)
        port?.send(.sessionRefused, object: session.object) { $0.text(String(reason.prefix(480))) }
    }

    private func open(_ object: UInt64, _ reader: inout WireReader) throws {
        try reader.connectionInfo { info in
            let session = add(object, info.pointee.connection)
            var error = sluice_error.make()
            let status =
                interface?.pointee.session_open?(plugin.instance, info, &session.pointer, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK, session.pointer != nil else {
                return refused(session, error.reason(or: "the plugin refused the session"))
            }
            keep(session)
        }
    }

    private func importSession(_ object: UInt64, _ reader: inout WireReader) throws {
        let (before, asked, blob) = (try reader.u64(), try reader.u64(), try reader.blob())
        var streams: [UInt64] = []
        for _ in 0..<(try reader.count(each: 8)) { streams.append(try reader.u64()) }
        try reader.connectionInfo { info in
            let session = add(object, info.pointee.connection)
            (session.told, session.asked) = (before, asked)
            for stream in streams { byPublication[stream] = session }
            var error = sluice_error.make()
            let status =
                handover?.pointee.import_session?(plugin.instance, info, blob, &session.pointer, &error) ?? SLUICE_E_UNSUPPORTED
            guard status == SLUICE_OK, session.pointer != nil else {
                return refused(session, "its state was not taken: \(error.reason(or: "status \(status)"))")
            }
            port?.send(.sessionTaken, object: object) { _ in }
        }
    }

    private func tell(_ session: HostedSession, _ reader: inout WireReader) throws {
        let event = try SessionEvent(&reader)
        guard let pointer = session.pointer, let table = interface?.pointee else { return }
        var error = sluice_error.make()
        switch event {
        case .bytes(let bytes, let now, let pending):
            session.pending = pending
            let status = bytes.withUnsafeBufferPointer {
                table.bytes?(pointer, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count)), now, &error)
            }
            failed(session, status, error)
        case .timer(let now): failed(session, table.timer?(pointer, now, &error), error)
        case .writable(let now):
            session.pending = 0
            table.writable?(pointer, now)
        case .attachment(let state, let reason): sluice_text.with(reason) { table.attachment?(pointer, state, $0) }
        case .publication(let stream, let state, let reason):
            byPublication[stream] = nil
            sluice_text.with(reason) { table.publication?(pointer, stream, state, $0) }
        case .stop(let reason):
            guard let stop = table.stop else {
                port?.send(.sessionFailed, object: session.object) { $0.text(reason) }
                return
            }
            sluice_text.with(reason) { stop(pointer, $0) }
        case .drain(let reason, let limit):
            guard table.struct_size >= Self.sizeWithDrain else { return }
            sluice_text.with(reason) { table.drain?(pointer, $0, limit) }
        case .answer(let number, let fields):
            guard let question = session.questions.removeValue(forKey: number) else { return }
            operations[question.operation] = nil
            var answer = try fields.withUnsafeBytes { bytes in
                var reader = WireReader(bytes)
                return try Answer(reader.authAnswer())
            }
            answer.with { question.done(question.context, $0) }
        }
    }

    /// What a table has to have that says anything about draining.
    private static let sizeWithDrain =
        (MemoryLayout<sluice_protocol_interface>.offset(of: \.drain) ?? 0) + MemoryLayout<UnsafeRawPointer>.size

    private func failed(_ session: HostedSession, _ status: Int32?, _ error: sluice_error) {
        guard let status, status < 0 else { return }
        port?.send(.sessionFailed, object: session.object) { $0.text(error.reason(or: "protocol error \(status)")) }
    }

    /// The end of a call: what the session is now.
    private func keep(_ session: HostedSession) {
        guard let blob = session.checkpoint else { return }
        session.checkpoint = nil
        port?.send(.sessionCheckpoint, object: session.object, reserving: blob.count + 64) { writer in
            writer.u64(session.told)
            writer.u64(session.asked)
            blob.withUnsafeBytes { writer.bytes($0) }
        }
    }

    // MARK: Questions

    /// [media] A new question's number, and the handle that the plugin knows it by.
    func ask(_ session: HostedSession, _ done: @escaping sluice_auth_done, _ context: UnsafeMutableRawPointer?) -> (
        number: UInt64, operation: UInt64
    ) {
        session.asked &+= 1
        let operation = nextOperation
        nextOperation += 1
        session.questions[session.asked] = HostedSession.Question(done: done, context: context, operation: operation)
        operations[operation] = (session, session.asked)
        return (session.asked, operation)
    }

    /// [media] nil: it was answered, or its connection is gone.
    func cancel(_ operation: UInt64) -> (session: HostedSession, number: UInt64)? {
        guard port?.isMediaThread == true, let found = operations.removeValue(forKey: operation) else { return nil }
        found.session.questions[found.number] = nil
        return found
    }

    // MARK: Handover

    private final class Blob { var bytes: [UInt8] = [] }

    private func export(_ object: UInt64) {
        guard let session = byObject[object], let pointer = session.pointer else {
            return exported(object, SLUICE_E_STALE, "it is gone", [])
        }
        guard let export = handover?.pointee.export_session else {
            return exported(object, SLUICE_E_UNSUPPORTED, "it has no export_session", [])
        }
        let blob = Blob()
        var error = sluice_error.make()
        let status = export(
            pointer,
            { context, bytes in
                guard let context else { return }
                Unmanaged<Blob>.fromOpaque(context).takeUnretainedValue().bytes = Array(
                    UnsafeRawBufferPointer(start: bytes.data, count: Int(clamping: bytes.size)))
            }, Unmanaged.passUnretained(blob).toOpaque(), &error)
        exported(object, status, status == SLUICE_OK ? "" : error.reason(or: "status \(status)"), blob.bytes)
    }

    private func exported(_ object: UInt64, _ status: Int32, _ reason: String, _ blob: [UInt8]) {
        let isSent = port?.send(.sessionExported, object: object, reserving: blob.count + 64) { writer in
            writer.i32(status)
            writer.text(reason)
            blob.withUnsafeBytes { writer.bytes($0) }
        }
        guard isSent == false, !blob.isEmpty else { return }
        exported(object, SLUICE_E_LIMIT, "its state is larger than 8 MiB", [])
    }
}

/// An answer that keeps its texts.
private struct Answer {
    private var raw: sluice_auth_answer
    private let texts: [String]

    init(_ raw: sluice_auth_answer) {
        self.raw = raw
        texts = [raw.stream, raw.reason, raw.message, raw.status].map(\.copied)
    }

    mutating func with(_ body: (UnsafePointer<sluice_auth_answer>) -> Void) {
        var raw = raw
        raw.struct_size = UInt32(MemoryLayout<sluice_auth_answer>.size)
        sluice_text.with(texts[0]) { stream in
            sluice_text.with(texts[1]) { reason in
                sluice_text.with(texts[2]) { message in
                    sluice_text.with(texts[3]) { status in
                        (raw.stream, raw.reason, raw.message, raw.status) = (stream, reason, message, status)
                        body(&raw)
                    }
                }
            }
        }
    }
}
