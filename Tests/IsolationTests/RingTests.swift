import CHostIsolation
import Glibc
import Testing

@testable import HostIsolation

/// Frames through shared memory: whole, in order, and nothing believed that the other side may have written.
@Suite struct RingTests {
    private static func pair(_ capacity: Int = 64 << 10) throws -> (RingMemory, RingProducer, RingConsumer, Int32) {
        let memory = try RingMemory.create(capacity: capacity)
        let other = try RingMemory.open(descriptor: fcntl(memory.descriptor, F_DUPFD_CLOEXEC, 3))
        let wake = hostiso_eventfd()
        return (other, RingProducer(memory, wakeDescriptor: wake), RingConsumer(other, wakeDescriptor: wake), wake)
    }

    private static let bodies = [0, 1, 7, 8, 9, 1200, 20_000].map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }
    private static func body(_ index: Int) -> [UInt8] { bodies[index % bodies.count] }

    @Test func recordsComeWholeAndInOrder() throws {
        let (_, producer, consumer, wake) = try Self.pair()
        defer { close(wake) }
        var (written, read) = (0, 0)
        while read < 5000 {
            while written < 5000, try Self.body(written).withUnsafeBytes({ try producer.write(UInt32(written), $0) }) {
                written += 1
            }
            while let same = try consumer.read({ tag, bytes in Int(tag) == read && Array(bytes) == Self.body(read) }) {
                #expect(same, "record \(read)")
                read += 1
            }
        }
        #expect(try consumer.read { _, _ in 0 } == nil && written == 5000)
        let large = [UInt8](repeating: 0, count: producer.limit + 1)
        #expect(try large.withUnsafeBytes { try producer.write(1, $0) } == false)
    }

    @Test func twoThreads() throws {
        let (_, producer, consumer, wake) = try Self.pair()
        let count = 50_000
        let thread = try #require(
            OwnThread("producer") {
                var next = 0
                while next < count {
                    let sent = withUnsafeBytes(of: next) { try? producer.write(UInt32(next & 0xFFFF), $0) }
                    if sent == true { next += 1 } else { sched_yield() }
                }
            })
        var expected = 0
        while expected < count, try consumer.wait(milliseconds: 5000) {
            while let value = try consumer.read({ _, bytes in bytes.loadUnaligned(as: Int.self) }) {
                #expect(value == expected)
                expected += 1
            }
        }
        thread.join()
        close(wake)
        #expect(expected == count)
    }

    @Test func indicesThatCannotBe() throws {
        for bad: UInt64 in [1, 7, 65_544, 1 << 40, .max, .max - 7] {
            let (memory, _, consumer, wake) = try Self.pair()
            hostiso_store_ordered(memory.word(.head), bad)
            #expect(throws: RingError.index(bad)) { _ = try consumer.read { _, _ in 0 } }
            close(wake)
        }
        for bad: UInt64 in [1 << 20, .max, .max - 7] {
            let (memory, producer, _, wake) = try Self.pair()
            let body = [UInt8](repeating: 1, count: 30_000)
            #expect(try body.withUnsafeBytes { try producer.write(1, $0) } && body.withUnsafeBytes { try producer.write(1, $0) })
            hostiso_store_ordered(memory.word(.tail), bad)
            #expect(throws: RingError.index(bad)) { _ = try body.withUnsafeBytes { try producer.write(1, $0) } }
            close(wake)
        }
    }

    @Test func recordsThatCannotBe() throws {
        for bad: UInt32 in [9, 1200, 32_769, 65_536, .max] {
            let (memory, producer, consumer, wake) = try Self.pair()
            let body = [UInt8](repeating: 1, count: 8)
            #expect(try body.withUnsafeBytes { try producer.write(1, $0) })
            memory.bytes.storeBytes(of: bad, as: UInt32.self)
            #expect(throws: RingError.record(size: bad)) { _ = try consumer.read { _, _ in 0 } }
            close(wake)
        }
    }

    @Test func memoryThatIsNoRing() throws {
        let file = hostiso_memory(12_345)
        #expect(throws: RingError.wrongSize(12_345)) { _ = try RingMemory.open(descriptor: file) }
        close(file)
        let memory = try RingMemory.create(capacity: 1)
        #expect(memory.capacity == 64 << 10 && ftruncate(memory.descriptor, 0) != 0)
    }

    /// A peer that scribbles over everything: the reader ends with an error or goes on, and never leaves the ring.
    @Test func scribbled() throws {
        var state: UInt64 = 42
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 20
        }
        for _ in 0..<200 {
            let (memory, producer, consumer, wake) = try Self.pair()
            defer { close(wake) }
            for index in 0..<50 { _ = try Self.body(index).withUnsafeBytes { try producer.write(1, $0) } }
            for _ in 0..<200 {
                memory.bytes.storeBytes(
                    of: UInt8(truncatingIfNeeded: random()), toByteOffset: Int(random() % 65_536), as: UInt8.self)
            }
            var sum = 0
            do {
                while let size = try consumer.read({ _, bytes in bytes.reduce(bytes.count) { $0 &+ Int($1) } }) { sum &+= size }
            } catch {
                sum = -1
            }
            #expect(sum >= -1)
        }
    }
}
