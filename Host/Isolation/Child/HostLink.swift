// HostLink: the plugin's process' end of the socket to the host. Sends from any thread, whole messages; a thread of its own reads.
// When the host is gone, so is this process.

import CHostIsolation
import CSluice
import Glibc
import Synchronization

final class HostLink: Sendable {
    /// How long a request to the host may take.
    static let requestNanoseconds: UInt64 = 5_000_000_000

    private enum Waiting: Sendable {
        case open
        case answered([UInt8])
    }

    private let socket: Int32
    private let sending = Mutex(())
    private let requests = Monitor<(next: UInt64, waiting: [UInt64: Waiting])>((1, [:]))

    init(socket: Int32) { self.socket = socket }

    /// [any] Sends a message, waiting while the socket is full. nil is a message that was too large.
    @discardableResult
    func send(_ message: [UInt8]?) -> Bool {
        guard let message else { return false }
        sending.withLock { _ in
            message.withUnsafeBytes { bytes in
                var sent = 0
                while sent < bytes.count {
                    let count = hostiso_send(socket, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, 1)
                    guard count > 0 else { _exit(0) }
                    sent += Int(count)
                }
            }
        }
        return true
    }

    /// [any, not the reader] Asks the host and waits. nil: no answer in time, or the question was too large.
    func ask(_ kind: RequestKind, _ fill: (inout WireWriter) -> Void) -> [UInt8]? {
        ask { id in
            var writer = WireWriter(.request, id: id)
            writer.u32(kind.rawValue)
            fill(&writer)
            return send(writer.finished())
        }
    }

    /// [any, not the reader] Sends a request of that number by whatever way, and waits for the answer. nil: none in time, or not sent.
    func ask(_ send: (_ id: UInt64) -> Bool) -> [UInt8]? {
        let id = requests.withLock { state in
            state.next += 1
            state.waiting[state.next] = .open
            return state.next
        }
        let deadline = monotonicNanoseconds() &+ Self.requestNanoseconds
        var answer: [UInt8]?
        if send(id) {
            answer = requests.wait(until: { _ in deadline }) { state in
                if case .answered(let fields) = state.waiting[id] { fields } else { nil }
            }
        }
        requests.withLock { _ = $0.waiting.removeValue(forKey: id) }
        return answer
    }

    /// Reads an answer that begins with a status and its reason; `rest` reads what follows a good one.
    static func status(
        of answer: [UInt8], _ error: UnsafeMutablePointer<sluice_error>?, _ rest: (inout WireReader) throws -> Void
    ) -> Int32 {
        let status = try? answer.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            let status = try reader.i32()
            let reason = try reader.string(limit: 480)
            if status < 0 { refuse(error, status, reason) } else { try rest(&reader) }
            return status
        }
        return status ?? SLUICE_E_FAILED
    }

    /// Reads for ever; `receive` gets each message but the answers to requests. Ends the process with the host.
    func read(_ assembler: MessageAssembler, _ receive: (Message) -> Void) -> Never {
        var assembler = assembler
        do {
            while true {
                while let message = try assembler.next() {
                    if message.kind == .result { answered(message) } else { receive(message) }
                }
                guard fill(&assembler) else { _exit(0) }
            }
        } catch {
            _exit(70)
        }
    }

    /// Waits for the first message, before there is a thread that reads.
    func first(_ assembler: inout MessageAssembler) -> Message? {
        while true {
            do {
                if let message = try assembler.next() { return message }
            } catch {
                return nil
            }
            guard fill(&assembler) else { return nil }
        }
    }

    private func fill(_ assembler: inout MessageAssembler) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { place in
            let count = hostiso_receive(socket, place.baseAddress, place.count, 1)
            guard count > 0 else { return false }
            assembler.receive(UnsafeRawBufferPointer(rebasing: place[..<Int(count)]))
            return true
        }
    }

    private func answered(_ message: Message) {
        requests.withLock(wake: true) { state in
            if state.waiting[message.id] != nil { state.waiting[message.id] = .answered(message.fields) }
        }
    }
}
