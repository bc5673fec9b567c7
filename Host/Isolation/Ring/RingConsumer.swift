import CHostIsolation
import Glibc

/// The reading end of a ring. One thread at a time.
public final class RingConsumer: @unchecked Sendable {
    private let memory: RingMemory
    private let wakeDescriptor: Int32
    /// Ours: never read back from the shared page.
    private var tail: UInt64 = 0
    private var head: UInt64 = 0

    /// - Parameter wakeDescriptor: the eventfd that the producer writes to; stays the caller's.
    public init(_ memory: RingMemory, wakeDescriptor: Int32) {
        self.memory = memory
        self.wakeDescriptor = wakeDescriptor
    }

    /// Reads one record, if there is one.
    ///
    /// The bytes lie in memory that the other process can change at any time: copy what is to be checked before it is checked. They are
    /// gone when `body` returns.
    /// - Throws: what is written there can't be: the ring is of no use any more.
    public func read<R>(_ body: (_ tag: UInt32, _ bytes: UnsafeRawBufferPointer) -> R) throws(RingError) -> R? {
        if head == tail, try !lookAtHead() { return nil }
        let place = UnsafeRawPointer(memory.place(tail))
        // The record's head is read once; what it says is checked against what was written.
        let size = place.loadUnaligned(as: UInt32.self)
        let tag = place.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        let (limit, span) = (head &- tail, RingRecord.span(Int(size)))
        guard Int(size) <= memory.capacity / 2, UInt64(span) <= limit else { throw .record(size: size) }
        let result = body(tag, UnsafeRawBufferPointer(start: place + RingRecord.headSize, count: Int(size)))
        tail &+= UInt64(span)
        hostiso_store_release(memory.word(.tail), tail)
        return result
    }

    /// Waits until there is a record. `false`: not in so many milliseconds, or it was woken for something else.
    /// - Parameters:
    ///   - spins: looks so often before it sleeps: a sleep costs the producer a system call.
    ///   - isOver: asked before each sleep: whoever wants the wait to end says so there, then writes to the eventfd.
    public func wait(
        milliseconds: Int32, spins: Int = 100, until isOver: () -> Bool = { false }
    ) throws(RingError) -> Bool {
        if head != tail { return true }
        for _ in 0..<max(spins, 1) { if try lookAtHead() { return true } }
        let end = monotonicNanoseconds() &+ UInt64(max(milliseconds, 0)) &* 1_000_000
        while true {
            hostiso_store_ordered(memory.word(.sleeps), 1)
            defer { hostiso_store_ordered(memory.word(.sleeps), 0) }
            if try lookAtHead() { return true }
            let now = monotonicNanoseconds()
            guard now < end, !isOver() else { return false }
            var wanted = pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)
            // A wake that nobody needed any more may lie there from before: then this is one more turn.
            if poll(&wanted, 1, Int32(clamping: (end &- now) / 1_000_000 + 1)) > 0 {
                var count: UInt64 = 0
                _ = Glibc.read(wakeDescriptor, &count, 8)
            }
        }
    }

    private func lookAtHead() throws(RingError) -> Bool {
        let found = hostiso_load_ordered(memory.word(.head))
        // Not before the last one, not further than the ring is long, and whole records only.
        guard found &- tail <= UInt64(memory.capacity), found &- tail >= head &- tail, found & 7 == 0 else { throw .index(found) }
        head = found
        return head != tail
    }
}
