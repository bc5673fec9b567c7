import SluiceKit
import Synchronization

/// The host's side of the border, in the test's process: tables that write down what they are called with.
final class FakeHost: Sendable {
    /// What a call left behind; copies of what was borrowed.
    struct Record: Sendable {
        var verdicts: [(question: UInt64, verdict: CopiedVerdict)] = []
        var replies: [(call: UInt64, code: Int32, out: String, err: String)] = []
        var records: [(first: [UInt8], second: [UInt8], flags: UInt32)] = []
        var lines: [String] = []
        var asked: [String] = []
    }

    /// An answer as C saw it.
    struct CopiedVerdict: Sendable, Equatable {
        var size: UInt32
        var decision: UInt32
        var texts: [String]
        var numbers: [UInt64]
        var attributes: [String]
    }

    static let record = Mutex(Record())
    private static let granted = Mutex<Set<String>>([])

    /// A host struct that grants these services; kept for the life of the process.
    static func make(granting services: [String]) -> UnsafeMutablePointer<sluice_host> {
        granted.withLock { $0 = Set(services) }
        record.withLock { $0 = Record() }
        let host = UnsafeMutablePointer<sluice_host>.allocate(capacity: 1)
        host.initialize(to: sluice_host())
        host.pointee.struct_size = UInt32(MemoryLayout<sluice_host>.size)
        host.pointee.get_service = { _, id in
            guard let id else { return nil }
            let name = String(cString: id)
            FakeHost.record.withLock { $0.asked.append(name) }
            guard FakeHost.granted.withLock({ $0.contains(name) }) else { return nil }
            return FakeHost.table(name)
        }
        return host
    }

    private static func table(_ id: String) -> UnsafeRawPointer? {
        switch id {
        case SLUICE_SERVICE_AUTH: UnsafeRawPointer(auth)
        case SLUICE_SERVICE_COMMAND: UnsafeRawPointer(command)
        case SLUICE_SERVICE_BROADCAST: UnsafeRawPointer(broadcast)
        case SLUICE_SERVICE_LOG: UnsafeRawPointer(log)
        default: nil
        }
    }

    private static func keep<T>(_ table: T) -> UnsafePointer<T> {
        let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
        place.initialize(to: table)
        return UnsafePointer(place)
    }

    nonisolated(unsafe) private static let auth: UnsafePointer<sluice_auth_service> = {
        var table = sluice_auth_service()
        table.struct_size = UInt32(MemoryLayout<sluice_auth_service>.size)
        table.answer = { _, question, verdict in
            guard let raw = verdict?.pointee else { return SLUICE_E_INVALID }
            let copy = CopiedVerdict(
                size: raw.struct_size, decision: raw.decision,
                texts: [raw.reason, raw.message, raw.detail, raw.status, raw.principal, raw.stream, raw.context].map(\.string),
                numbers: [
                    UInt64(raw.http_status), UInt64(raw.flags), raw.ttl_ms, raw.recheck_ms,
                    UInt64(bitPattern: raw.not_after_wall_us),
                    raw.max_bitrate, raw.max_viewers,
                ],
                attributes: (0..<Int(raw.attribute_count)).map { index in
                    raw.attributes.map { "\($0[index].key.string)=\($0[index].value.string)" } ?? "none"
                })
            FakeHost.record.withLock { $0.verdicts.append((question, copy)) }
            return SLUICE_OK
        }
        return keep(table)
    }()

    nonisolated(unsafe) private static let command: UnsafePointer<sluice_command_service> = {
        var table = sluice_command_service()
        table.reply = { _, call, code, out, err in
            let reply = (call, code, out.string, err.string)
            FakeHost.record.withLock { $0.replies.append(reply) }
            return SLUICE_OK
        }
        return keep(table)
    }()

    nonisolated(unsafe) private static let broadcast: UnsafePointer<sluice_broadcast_service> = {
        var table = sluice_broadcast_service()
        table.append = { _, log, first, second, flags in
            guard log == 77 else { return SLUICE_E_STALE }
            let copy = (Array(first.unsafeBytes), Array(second.unsafeBytes), flags)
            FakeHost.record.withLock { $0.records.append(copy) }
            return SLUICE_OK
        }
        return keep(table)
    }()

    nonisolated(unsafe) private static let log: UnsafePointer<sluice_log_service> = {
        var table = sluice_log_service()
        table.enabled = { _, level in level >= 2 ? 1 : 0 }
        table.write = { _, level, message, fields, count in
            let words = (0..<Int(count)).map { index in fields.map { "\($0[index].key.string)=\($0[index].value.string)" } ?? "" }
            let line = "\(level) \(message.string) \(words.joined(separator: " "))"
            FakeHost.record.withLock { $0.lines.append(line) }
        }
        return keep(table)
    }()
}
