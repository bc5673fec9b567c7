import NIOCore
import NIOPosix
import Testing

@testable import HostNet

@Suite("The log's memory") struct LogTests {
    @Test("a segment finds its records' beginnings", arguments: [[0], [0, 1, 63, 64, 65, 127, 128, 5_000, 262_143], [200_000]])
    func marks(positions: [Int]) throws {
        let segment = try #require(SegmentPool.shared.take())
        defer { SegmentPool.shared.give(segment) }
        for position in positions { segment.mark(position) }
        for from in Set(positions + positions.map { $0 + 1 } + [0, 7, 262_143]) where from < LogSegment.size {
            let expected = positions.first { $0 >= from }
            #expect(segment.firstMark(from: from, end: LogSegment.size) == expected)
            #expect(segment.firstMark(from: from, end: from) == nil)
            if let expected { #expect(segment.firstMark(from: from, end: expected) == nil) }
            #expect(segment.isMarked(from) == positions.contains(from))
        }
    }

    @Test("a recycled segment remembers nothing")
    func recycled() throws {
        let pool = SegmentPool(limit: 1)
        let first = try #require(pool.take())
        first.mark(77)
        pool.give(first)
        let second = try #require(pool.take())
        #expect(second.base == first.base && second.firstMark(from: 0, end: LogSegment.size) == nil)
        let third = try #require(pool.take())
        #expect(pool.live == 2)
        pool.give(second)
        pool.give(third)
        #expect(pool.live == 0)
    }

    @Test("the timeline tells what is older than the allowed lag")
    func timeline() {
        var line = LogTimeline(maxLag: 4_000)
        var limit: UInt64 = 0
        for ms in 0..<20_000 as Range<UInt64> {
            limit = line.note(ms * 10, now: ms)
            // Never too much, and at most a sixteenth of the lag too little.
            #expect(limit <= (ms > 4_000 ? (ms - 4_000) * 10 : 0))
            if ms > 4_250 { #expect(limit + 2_500 >= (ms - 4_000) * 10) }
        }
        // Silence: everything before it becomes old.
        #expect(line.note(200_000, now: 90_000) >= limit)
        #expect(line.note(200_000, now: 99_000) == 200_000)
    }

    @Test("without players it holds the last group of pictures and no more")
    func holdsOneGroup() async throws {
        let runtime = NetRuntime(threads: 2)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        let publisher = TestPublisher(log, runtime.loops[0])
        #expect(log.statistics.heldBytes == 0)
        for _ in 0..<200 {
            try await publisher.push(30)
            #expect(log.statistics.heldBytes <= 2 * LogSegment.size)
        }
        #expect(log.statistics.records == 6_000 && log.statistics.droppedBytes == 0)
        await runtime.shutdown()
    }

    @Test("a record larger than half the retention is refused; one as large as that is taken whole")
    func largeRecords() async throws {
        let runtime = NetRuntime(threads: 1)
        var options = BroadcastOptions()
        options.retention = 1 << 20
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0], options: options)
        try await runtime.loops[0].submit {
            let small = Record.make(.key, 0, payload: 100)
            let tooLarge = [UInt8](repeating: 1, count: log.maxRecord + 1)
            for _ in 0..<20 {
                tooLarge.withUnsafeBytes { #expect(!log.append($0, joinPoint: true, video: true)) }
                tooLarge.dropFirst().withUnsafeBytes { #expect(log.append($0, joinPoint: true, video: true)) }
                small.withUnsafeBytes { #expect(log.append($0, joinPoint: false, video: true)) }
                log.endOfBatch()
            }
            #expect(log.append(.init(start: nil, count: 0), joinPoint: false, video: false))
        }.get()
        #expect(log.statistics.records == 40)
        #expect(log.statistics.droppedBytes == 20 * UInt64(log.maxRecord + 1))
        await runtime.shutdown()
    }

    @Test("a loop that does not run costs records, not memory, and its players go on at a join point")
    func blockedLoop() async throws {
        var options = BroadcastOptions()
        options.retention = 1 << 20
        let runtime = NetRuntime(threads: 2)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0], options: options)
        let publisher = TestPublisher(log, runtime.loops[0])
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { c in
            try? c.attach(to: log, head: Record.make(.head, 0, payload: 3))
        }
        let port = listener.port
        let clients = try await onThread { try (0..<4).map { _ in try TestClient(port: port) } }
        #expect(await eventually { log.playerCount == 4 })
        try await publisher.push(40)
        let gate = Mutexed()
        runtime.loops[1].execute { while gate.all.isEmpty { usleepMilliseconds(5) } }
        for _ in 0..<100 { try await publisher.push(10) }
        #expect(log.statistics.heldBytes <= 4 * options.retention)
        #expect(log.statistics.droppedBytes > 0)
        gate.add("go")
        try await publisher.start(every: .milliseconds(5))
        try await onThread {
            for client in clients {
                var checker = RecordChecker()
                // Records lost to the blocked loop are missing from the log itself: it goes on at a key, no prefix tells of it.
                checker.hasPrefix = false
                let ended = client.read(into: &checker) { ($0.expected ?? 0) > 1_150 }
                #expect(ended || (checker.expected ?? 0) > 1_150)
                #expect(checker.errors == [])
                client.close()
            }
        }
        await publisher.stop()
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("statistics and lag are read from anywhere")
    func figures() async throws {
        let server = try TestServer()
        try await server.publisher.push(30)
        let clients = try (0..<5).map { _ in try TestClient(port: server.listener.port) }
        #expect(await eventually { server.log.statistics.players == 5 })
        #expect(await eventually { await server.log.lag() == BroadcastLag(players: 5, p50: 0, p90: 0, p99: 0, max: 0) })
        let s = server.log.statistics
        #expect(s.head > 100_000 && s.sentBytes >= 5 * s.head && s.jumps == 0 && s.cuts == 0 && s.heldBytes > 0)
        for client in clients { client.close() }
        await server.shutdown()
    }
}
