import CSluice

/// One thing that a session is told, in the order in which it is told.
public enum SessionEvent: Equatable, Sendable {
    /// `pending`: what the connection has queued at that moment.
    case bytes([UInt8], now: UInt64, pending: UInt64)
    case timer(now: UInt64)
    case writable(now: UInt64)
    case attachment(state: UInt32, reason: String)
    case publication(handle: UInt64, state: UInt32, reason: String)
    case stop(reason: String)
    case drain(reason: String, limit: UInt64)
    /// The answer to a question, by the number that the process gave it, as its fields.
    case answer(operation: UInt64, fields: [UInt8])

    /// Bytes in one event; more come as several.
    static let longest = 256 << 10

    /// What it costs to keep.
    public var size: Int {
        switch self {
        case .bytes(let bytes, _, _): bytes.count
        case .timer, .writable: 0
        case .attachment(_, let reason), .publication(_, _, let reason), .stop(let reason), .drain(let reason, _):
            reason.utf8.count
        case .answer(_, let fields): fields.count
        }
    }

    private enum Tag: UInt32 {
        case bytes = 1
        case timer, writable, attachment, publication, stop, answer, drain
    }

    func write(_ writer: inout WireWriter) {
        switch self {
        case .bytes(let bytes, let now, let pending):
            writer.u32(Tag.bytes.rawValue)
            writer.u64(now)
            writer.u64(pending)
            bytes.withUnsafeBytes { writer.bytes($0) }
        case .timer(let now):
            writer.u32(Tag.timer.rawValue)
            writer.u64(now)
        case .writable(let now):
            writer.u32(Tag.writable.rawValue)
            writer.u64(now)
        case .attachment(let state, let reason):
            writer.u32(Tag.attachment.rawValue)
            writer.u32(state)
            writer.text(reason)
        case .publication(let handle, let state, let reason):
            writer.u32(Tag.publication.rawValue)
            writer.u64(handle)
            writer.u32(state)
            writer.text(reason)
        case .stop(let reason):
            writer.u32(Tag.stop.rawValue)
            writer.text(reason)
        case .drain(let reason, let limit):
            writer.u32(Tag.drain.rawValue)
            writer.text(reason)
            writer.u64(limit)
        case .answer(let operation, let fields):
            writer.u32(Tag.answer.rawValue)
            writer.u64(operation)
            fields.withUnsafeBytes { writer.bytes($0) }
        }
    }

    init(_ reader: inout WireReader) throws(WireError) {
        let number = try reader.u32()
        switch Tag(rawValue: number) {
        case .bytes:
            let (now, pending) = (try reader.u64(), try reader.u64())
            self = .bytes(Array(try reader.raw()), now: now, pending: pending)
        case .timer: self = .timer(now: try reader.u64())
        case .writable: self = .writable(now: try reader.u64())
        case .attachment: self = .attachment(state: try reader.u32(), reason: try reader.string())
        case .publication:
            let handle = try reader.u64()
            self = .publication(handle: handle, state: try reader.u32(), reason: try reader.string())
        case .stop: self = .stop(reason: try reader.string())
        case .drain:
            let reason = try reader.string()
            self = .drain(reason: reason, limit: try reader.u64())
        case .answer:
            let operation = try reader.u64()
            self = .answer(operation: operation, fields: Array(try reader.raw()))
        case nil: throw .unknownKind(UInt16(truncatingIfNeeded: number))
        }
    }
}
