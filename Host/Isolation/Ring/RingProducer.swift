import CHostIsolation
import Glibc

/// The writing end of a ring. One thread at a time.
public final class RingProducer: @unchecked Sendable {
    private let memory: RingMemory
    private let wakeDescriptor: Int32
    /// Ours: never read back from the shared page.
    private var head: UInt64 = 0
    private var tail: UInt64 = 0

    /// - Parameter wakeDescriptor: an eventfd that the consumer waits for; stays the caller's.
    public init(_ memory: RingMemory, wakeDescriptor: Int32) {
        self.memory = memory
        self.wakeDescriptor = wakeDescriptor
    }

    /// The largest record: half the ring.
    public var limit: Int { memory.capacity / 2 }

    /// Copies one record in; the consumer sees it, and is woken if it sleeps.
    /// - Returns: `false` when there is no room now, or never for so much.
    /// - Throws: the consumer's index can't be: the ring is of no use any more.
    public func write(_ tag: UInt32, _ body: UnsafeRawBufferPointer) throws(RingError) -> Bool {
        guard body.count <= limit else { return false }
        let span = RingRecord.span(body.count)
        if Int(head &- tail) + span > memory.capacity {
            try lookAtTail()
            if Int(head &- tail) + span > memory.capacity { return false }
        }
        let place = memory.place(head)
        place.storeBytes(of: UInt32(truncatingIfNeeded: body.count), as: UInt32.self)
        place.storeBytes(of: tag, toByteOffset: 4, as: UInt32.self)
        if let source = body.baseAddress { memcpy(place + RingRecord.headSize, source, body.count) }
        head &+= UInt64(span)
        hostiso_store_ordered(memory.word(.head), head)
        if hostiso_load_ordered(memory.word(.sleeps)) != 0 { wake() }
        return true
    }

    private func lookAtTail() throws(RingError) {
        let found = hostiso_load_acquire(memory.word(.tail))
        // Not before the last one, not beyond what was written.
        guard found &- tail <= head &- tail else { throw .index(found) }
        tail = found
    }

    private func wake() {
        hostiso_store_ordered(memory.word(.sleeps), 0)
        var one: UInt64 = 1
        _ = Glibc.write(wakeDescriptor, &one, 8)
    }
}
