import CHostIsolation
import Glibc

/// The two rings of one life of a plugin's process, and the descriptors that wake each reader.
final class MediaRings: Sendable {
    /// The first of the four descriptors that the process gets them as.
    static let firstDescriptor: Int32 = 5
    static let capacity = 16 << 20

    let producer: RingProducer
    let consumer: RingConsumer
    private let down: RingMemory
    private let up: RingMemory
    private let downEvent: Int32
    private let upEvent: Int32

    /// The host's end: new memory.
    static func create() throws(RingError) -> MediaRings {
        let down = try RingMemory.create(capacity: capacity)
        let up = try RingMemory.create(capacity: capacity)
        let events = (hostiso_eventfd(), hostiso_eventfd())
        guard events.0 >= 0, events.1 >= 0 else {
            if events.0 >= 0 { close(events.0) }
            if events.1 >= 0 { close(events.1) }
            throw .noMemory
        }
        return MediaRings(down, up, events, isHost: true)
    }

    /// The process' end: what it was started with.
    static func open() throws(RingError) -> MediaRings {
        let down = try RingMemory.open(descriptor: firstDescriptor)
        let up = try RingMemory.open(descriptor: firstDescriptor + 1)
        return MediaRings(down, up, (firstDescriptor + 2, firstDescriptor + 3), isHost: false)
    }

    private init(_ down: RingMemory, _ up: RingMemory, _ events: (Int32, Int32), isHost: Bool) {
        self.down = down
        self.up = up
        (downEvent, upEvent) = events
        producer = RingProducer(isHost ? down : up, wakeDescriptor: isHost ? events.0 : events.1)
        consumer = RingConsumer(isHost ? up : down, wakeDescriptor: isHost ? events.1 : events.0)
    }

    deinit {
        close(downEvent)
        close(upEvent)
    }

    /// What the process is started with, from `firstDescriptor` on.
    var descriptors: [Int32] { [down.descriptor, up.descriptor, downEvent, upEvent] }

    /// The object whose record the process is handling, as it says itself; what it was at when it died.
    var handled: UInt64 {
        get { hostiso_load_acquire(down.word(.handles)) }
        set { hostiso_store_release(down.word(.handles), newValue) }
    }

    /// [any] Wakes the host's reader for something else than a record.
    func wakeReader() {
        var one: UInt64 = 1
        _ = write(upEvent, &one, 8)
    }
}
