import CSluice
import Synchronization

/// Answers of the process that come by its ring, and their bodies, which may come in pieces. On the pump's thread; what lanes take is
/// behind a lock.
final class ResponseBodies: BorderObject, @unchecked Sendable {
    /// Of bodies that are not complete yet, all together.
    static let limit = 64 << 20
    static let countLimit = 1024

    let lane = BorderLane.pump
    private let pieces = Mutex<(bodies: [UInt64: [UInt8]], bytes: Int)>(([:], 0))
    private unowned let supervisor: Supervisor

    init(_ supervisor: Supervisor) { self.supervisor = supervisor }

    /// [any] What came of a body so far; 0 is none.
    func take(_ body: UInt64) -> [UInt8] {
        guard body != 0 else { return [] }
        return pieces.withLock { pieces in
            let found = pieces.bodies.removeValue(forKey: body) ?? []
            pieces.bytes -= found.count
            return found
        }
    }

    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws {
        switch kind {
        case .responsePiece:
            let body = try reader.u64()
            let piece = try reader.raw()
            let isTaken = pieces.withLock { pieces -> Bool in
                guard pieces.bytes + piece.count <= Self.limit,
                    pieces.bodies[body] != nil || pieces.bodies.count < Self.countLimit
                else { return false }
                pieces.bodies[body, default: []].append(contentsOf: piece)
                pieces.bytes += piece.count
                return true
            }
            guard isTaken else { throw WireError.tooLarge(size: UInt32(clamping: piece.count)) }
        case .response:
            let (exchange, body) = (try reader.u64(), try reader.u64())
            let pieces = take(body)
            guard supervisor.takeRequest(exchange), let services = supervisor.shared.withLock({ $0.services }) else { return }
            var isAnswered = false
            defer { if !isAnswered { services.fail(request: exchange, status: 500, "the answer cannot be read") } }
            try reader.response(followedBy: pieces) {
                isAnswered = true
                _ = services.exchange?.pointee.respond?(services.host, exchange, $0)
            }
        default: throw WireError.unknownKind(UInt16(truncatingIfNeeded: kind.rawValue))
        }
    }

    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws {
        answer(SLUICE_E_UNSUPPORTED, "not of a request")
    }

    func processDied(_ reason: String) { pieces.withLock { $0 = ([:], 0) } }
    func processIsBack() {}
    func processGivenUp(_ reason: String) {}
}

extension WireReader {
    /// Calls `body` with a response whose body begins with pieces that came before.
    mutating func response(
        followedBy pieces: [UInt8], _ body: (UnsafePointer<sluice_response>) -> Void
    ) throws(WireError) {
        guard !pieces.isEmpty else { return try response(body) }
        try response { raw in
            let rest = UnsafeRawBufferPointer(start: raw.pointee.body.data, count: Int(clamping: raw.pointee.body.size))
            let whole = pieces + rest
            var response = raw.pointee
            whole.withUnsafeBufferPointer { whole in
                response.body = sluice_bytes(data: whole.baseAddress, size: UInt64(whole.count))
                body(&response)
            }
        }
    }
}
