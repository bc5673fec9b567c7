// sluice-border: what it costs to cross to a plugin's process and back: records of 1.2 KB and 60 KB through two shared rings, each side
// asleep when the other writes. Prints p50 and p99 in microseconds as one JSON object; with --check it fails beyond 15 and 25 µs.

import CHostIsolation
import Glibc
import HostIsolation

@main
struct Border {
    static let rounds = 20_000
    static let capacity = 8 << 20

    static func main() throws {
        if CommandLine.arguments.contains("--echo") { try echo() }
        let (there, back) = (try RingMemory.create(capacity: capacity), try RingMemory.create(capacity: capacity))
        let wakes = (hostiso_eventfd(), hostiso_eventfd())
        let pid = try spawn([0, 1, 2, there.descriptor, back.descriptor, wakes.0, wakes.1])
        defer {
            var status: Int32 = 0
            hostiso_reap(pid, 1, &status)
        }
        let producer = RingProducer(there, wakeDescriptor: wakes.0)
        let consumer = RingConsumer(back, wakeDescriptor: wakes.1)
        // The middle of three: where the scheduler puts the two processes makes a difference of two.
        let small = try (0..<3).map { _ in try measure(producer, consumer, size: 1200) }.sorted { $0.p50 < $1.p50 }[1]
        let large = try (0..<3).map { _ in try measure(producer, consumer, size: 60_000) }.sorted { $0.p50 < $1.p50 }[1]
        print(
            "{\"echo_1200_p50_us\":\(small.p50),\"echo_1200_p99_us\":\(small.p99),"
                + "\"echo_60000_p50_us\":\(large.p50),\"echo_60000_p99_us\":\(large.p99)}")
        if CommandLine.arguments.contains("--check"), small.p50 > 15 || large.p50 > 25 { exit(1) }
    }

    private static func spawn(_ descriptors: [Int32]) throws -> Int32 {
        // Above what the other process gets them as.
        let lifted = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 32) }
        defer { for descriptor in lifted { close(descriptor) } }
        let argv = [strdup("sluice-border"), strdup("--echo"), nil]
        let environment: [UnsafeMutablePointer<CChar>?] = [nil]
        defer { for text in argv { free(text) } }
        var pid: Int32 = 0
        guard hostiso_spawn("/proc/self/exe", argv, environment, lifted, Int32(lifted.count), &pid) == 0 else { exit(71) }
        return pid
    }

    private static func echo() throws -> Never {
        let consumer = RingConsumer(try RingMemory.open(descriptor: 3), wakeDescriptor: 5)
        let producer = RingProducer(try RingMemory.open(descriptor: 4), wakeDescriptor: 6)
        while try consumer.wait(milliseconds: 10_000, spins: 1) {
            _ = try consumer.read { tag, bytes in try? producer.write(tag, bytes) }
        }
        exit(0)
    }

    private static func measure(
        _ producer: RingProducer, _ consumer: RingConsumer, size: Int
    ) throws -> (p50: Double, p99: Double) {
        let body = [UInt8](repeating: 0x5A, count: size)
        var copy = [UInt8](repeating: 0, count: size)
        var times: [UInt64] = []
        for round in 0..<rounds {
            let began = now()
            guard try body.withUnsafeBytes({ try producer.write(UInt32(round), $0) }) else { exit(70) }
            guard try consumer.wait(milliseconds: 5000, spins: 1) else { exit(70) }
            _ = try consumer.read { _, bytes in copy.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
            times.append(now() &- began)
        }
        times.sort()
        return (Double(times[rounds / 2]) / 1000, Double(times[rounds * 99 / 100]) / 1000)
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
