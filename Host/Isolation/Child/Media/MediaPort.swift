// MediaPort: the media rings at the plugin's end. One thread reads what the host writes and runs all lanes of the plugin on it, one call
// after the other; any thread writes.

import CHostMedia
import CSluice
import Glibc
import Synchronization

final class MediaPort: @unchecked Sendable {
    /// How long a record may wait for room before it is given up.
    static let patience: UInt64 = 10_000_000_000

    typealias Receiver = (
        MediaKind, _ object: UInt64, inout WireReader, _ record: UnsafeMutablePointer<sluice_buffer>
    ) throws -> Void

    private let rings: MediaRings
    private let link: HostLink
    private let producing = Mutex(())
    /// Since when the media thread runs one call of the plugin; 0: it runs none.
    private let busySince = Atomic<UInt64>(0)
    private let thread = Atomic<UInt>(0)

    init(_ rings: MediaRings, _ link: HostLink) {
        self.rings = rings
        self.link = link
    }

    /// [any] How long the present call of the media thread has been running; waiting for the host does not count.
    var busyNanoseconds: UInt64 {
        let since = busySince.load(ordering: .relaxed)
        return since == 0 ? 0 : monotonicNanoseconds() &- since
    }

    var isMediaThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Reads for ever. `receive` gets each record's object and fields, borrowed, in a buffer of the plugin's kind that holds all of it:
    /// frames may lie in it. What can't be read ends the process: the host is the same build.
    func run(_ receive: Receiver) -> Never {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        do {
            while true {
                guard try rings.consumer.wait(milliseconds: 60_000) else { continue }
                while let taken = try rings.consumer.read(Self.copy) {
                    guard let (kind, buffer, size) = taken else { _exit(70) }
                    busySince.store(monotonicNanoseconds(), ordering: .relaxed)
                    var reader = WireReader(UnsafeRawBufferPointer(start: buffer.pointee.data, count: size))
                    let object = try reader.u64()
                    rings.handled = object
                    try receive(kind, object, &reader, buffer)
                    rings.handled = 0
                    busySince.store(0, ordering: .relaxed)
                    hostmedia_buffer_release(buffer)
                }
            }
        } catch {
            _exit(70)
        }
    }

    private static func copy(
        _ tag: UInt32, _ shared: UnsafeRawBufferPointer
    ) -> (MediaKind, UnsafeMutablePointer<sluice_buffer>, Int)? {
        guard let kind = MediaKind(rawValue: tag), let buffer = hostmedia_buffer_allocate(UInt64(shared.count)) else {
            return nil
        }
        if let source = shared.baseAddress { memcpy(buffer.pointee.data, source, shared.count) }
        return (kind, buffer, shared.count)
    }

    /// [any] Writes one record, waiting while the ring is full. `false`: too large, or no room for 10 s.
    @discardableResult
    func send(_ kind: MediaKind, object: UInt64, reserving size: Int = 240, _ fill: (inout WireWriter) -> Void) -> Bool {
        var writer = WireWriter(object: object, reserving: size)
        fill(&writer)
        guard let record = writer.record() else { return false }
        return record.withUnsafeBytes { write(kind, $0) }
    }

    private func write(_ kind: MediaKind, _ record: UnsafeRawBufferPointer) -> Bool {
        func isWritten() -> Bool {
            producing.withLock { _ in
                do { return try rings.producer.write(kind.rawValue, record) } catch { _exit(70) }
            }
        }
        if isWritten() { return true }
        return waiting {
            let end = monotonicNanoseconds() &+ Self.patience
            while monotonicNanoseconds() < end {
                usleep(300)
                if isWritten() { return true }
            }
            return false
        }
    }

    /// The host's fault is not the plugin's.
    private func waiting<R>(_ body: () -> R) -> R {
        guard isMediaThread else { return body() }
        let before = busySince.load(ordering: .relaxed)
        busySince.store(0, ordering: .relaxed)
        defer { busySince.store(before == 0 ? 0 : monotonicNanoseconds(), ordering: .relaxed) }
        return body()
    }

    /// [any, not the link's reader] A request, in order with what was sent before; waits for the answer. `rest` reads what follows a
    /// status that is no failure.
    func ask(
        _ kind: RequestKind, object: UInt64, error: UnsafeMutablePointer<sluice_error>? = nil, reserving size: Int = 240,
        _ fill: (inout WireWriter) -> Void, _ rest: (inout WireReader) throws -> Void = { _ in }
    ) -> Int32 {
        let answer = waiting {
            link.ask { id in
                send(.request, object: object, reserving: size) {
                    $0.u64(id)
                    $0.u32(kind.rawValue)
                    fill(&$0)
                }
            }
        }
        guard let answer else { return refuse(error, SLUICE_E_TIMEOUT, "the host did not answer, or the request is too large") }
        return HostLink.status(of: answer, error, rest)
    }
}
