import NIOCore
import Testing

@testable import HostNet

@Suite("Where a record begins") struct SegmentMarkTests {
    @Test(
        "a segment finds the last one before a place", arguments: [[0], [0, 1, 63, 64, 65, 127, 128, 5_000, 262_143], [200_000]])
    func lastMark(positions: [Int]) throws {
        let segment = try #require(SegmentPool.shared.take())
        defer { SegmentPool.shared.give(segment) }
        for position in positions { segment.mark(position) }
        for end in Set(positions + positions.map { $0 + 1 } + [0, 7, 262_143, LogSegment.size]) {
            let last = positions.last { $0 < end }
            #expect(segment.lastMark(from: 0, end: end) == last)
            guard let last else { continue }
            #expect(segment.lastMark(from: last, end: end) == last)
            #expect(segment.lastMark(from: last + 1, end: end) == nil)
        }
    }

    @Test("a log finds it over segments, and never looks below what it may")
    func recordStart() async throws {
        let runtime = NetRuntime(threads: 1)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        try await runtime.loops[0].submit {
            let sizes = [300, LogSegment.size * 2, 1, 5_000]
            for (i, size) in sizes.enumerated() {
                [UInt8](repeating: UInt8(i), count: size).withUnsafeBytes { _ = log.append($0, joinPoint: i == 0, video: true) }
            }
            let large = UInt64(LogSegment.size * 2)
            #expect(log.recordStart(of: 299, notBelow: 0) == 0)
            #expect(log.recordStart(of: 300, notBelow: 0) == 300)
            for offset in [301, UInt64(LogSegment.size), large - 1, large + 299] {
                #expect(log.recordStart(of: offset, notBelow: 0) == 300)
                #expect(log.recordStart(of: offset, notBelow: 300) == 300)
                #expect(log.recordStart(of: offset, notBelow: 301) == 301)
                #expect(log.recordStart(of: offset, notBelow: offset) == offset)
            }
            #expect(log.recordStart(of: large + 300, notBelow: 0) == large + 300)
            #expect(log.recordStart(of: large + 5_000, notBelow: 0) == large + 301)
        }.get()
        await runtime.shutdown()
    }
}
