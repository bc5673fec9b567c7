import TestSupport
import Testing

@testable import RTMPCore

/// Everything a reader makes of some bytes.
enum ChunkOutcome: Equatable {
    case messages([RTMPMessage])
    case failed([RTMPMessage], RTMPError)

    static func reading(_ bytes: [UInt8], piece: Int, reader: RTMPChunkReader = .forTests) -> ChunkOutcome {
        var reader = reader
        var messages: [RTMPMessage] = []
        do {
            for start in stride(from: 0, to: bytes.count, by: piece) {
                let part = Array(bytes[start..<min(start + piece, bytes.count)])
                try part.withUnsafeBytes { raw in
                    var offset = 0
                    while let message = try reader.next(raw, &offset) { messages.append(message) }
                }
            }
        } catch let error as RTMPError {
            return .failed(messages, error)
        } catch {
            fatalError("untyped error")
        }
        return .messages(messages)
    }
}

extension RTMPChunkReader {
    static var forTests: RTMPChunkReader {
        RTMPChunkReader(messageLimit: 1 << 20, pendingLimit: 1 << 18, streamLimit: 8)
    }
}

struct ChunkCase: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var messages: [RTMPMessage]
    var error: RTMPError?
    var testDescription: String { name }

    static func message(_ stream: UInt32, _ time: UInt32, _ body: [UInt8], type: UInt8 = 9) -> RTMPMessage {
        RTMPMessage(chunkStream: stream, type: type, streamID: 1, timestamp: time, body: body)
    }

    static let long: [UInt8] = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    static let max: [UInt8] = [0xFF, 0xFF, 0xFF]

    static let good: [ChunkCase] = [
        ChunkCase(
            name: "one message in one chunk", bytes: [6, 0, 0, 5, 0, 0, 2, 9, 1, 0, 0, 0, 0xAA, 0xBB],
            messages: [message(6, 5, [0xAA, 0xBB])]),
        ChunkCase(name: "empty message", bytes: [6, 0, 0, 5, 0, 0, 0, 8, 1, 0, 0, 0], messages: [message(6, 5, [], type: 8)]),
        ChunkCase(
            name: "three chunks",
            bytes: [6, 0, 0, 5, 0, 1, 44, 9, 1, 0, 0, 0] + long[..<128] + [0xC6] + long[128..<256] + [0xC6]
                + long[256...],
            messages: [message(6, 5, long)]),
        ChunkCase(
            name: "formats 1, 2, 3 add their delta",
            bytes: [6, 0, 0, 10, 0, 0, 1, 9, 1, 0, 0, 0, 1] + [0x46, 0, 0, 3, 0, 0, 2, 9, 2, 3] + [0x86, 0, 0, 4, 5, 6]
                + [0xC6, 7, 8],
            messages: [message(6, 10, [1]), message(6, 13, [2, 3]), message(6, 17, [5, 6]), message(6, 21, [7, 8])]),
        ChunkCase(
            name: "format 3 after format 0 adds its timestamp",
            bytes: [6, 0, 0, 40, 0, 0, 1, 9, 1, 0, 0, 0, 1] + [0xC6, 2], messages: [message(6, 40, [1]), message(6, 80, [2])]),
        ChunkCase(
            name: "two and three byte stream ids",
            bytes: [0, 0, 0, 0, 1, 0, 0, 1, 9, 1, 0, 0, 0, 7] + [1, 2, 3, 0, 0, 1, 0, 0, 1, 9, 1, 0, 0, 0, 8],
            messages: [message(64, 1, [7]), message(64 + 2 + 768, 1, [8])]),
        ChunkCase(
            name: "first chunk of format 1", bytes: [0x42, 0, 0, 0, 0, 0, 1, 9, 5],
            messages: [RTMPMessage(chunkStream: 2, type: 9, streamID: 0, timestamp: 0, body: [5])]),
        ChunkCase(
            name: "extended timestamp repeated",
            bytes: [6] + max + [0, 0, 130, 9, 1, 0, 0, 0, 1, 0, 0, 0] + long[..<128] + [0xC6, 1, 0, 0, 0] + long[128..<130],
            messages: [message(6, 0x0100_0000, Array(long[..<130]))]),
        ChunkCase(
            name: "extended timestamp not repeated",
            bytes: [6] + max + [0, 0, 140, 9, 1, 0, 0, 0, 1, 0, 0, 0] + long[..<128] + [0xC6] + long[128..<140],
            messages: [message(6, 0x0100_0000, Array(long[..<140]))]),
        ChunkCase(
            name: "extended timestamp not repeated and the next message in its place",
            bytes: [6] + max + [0, 0, 129, 9, 1, 0, 0, 0, 1, 0, 0, 0] + long[..<128] + [0xC6] + [9]
                + [5, 0, 0, 1, 0, 0, 1, 8, 1, 0, 0, 0, 7],
            messages: [message(6, 0x0100_0000, Array(long[..<128]) + [9]), message(5, 1, [7], type: 8)]),
        ChunkCase(
            name: "extended delta, wrapping",
            bytes: [6] + max + [0, 0, 1, 9, 1, 0, 0, 0] + max + [0xFF, 1] + [0x86, 0, 0, 2, 2] + [0xC6, 3],
            messages: [message(6, 0xFFFF_FFFF, [1]), message(6, 1, [2]), message(6, 3, [3])]),
        ChunkCase(
            name: "chunk size changes between chunks of another message",
            bytes: [6, 0, 0, 0, 0, 1, 44, 9, 1, 0, 0, 0] + long[..<128] + [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 4, 0]
                + [0xC6] + long[128...],
            messages: [message(6, 0, long)]),
        ChunkCase(
            name: "chunk size 1",
            bytes: [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 1] + [6, 0, 0, 0, 0, 0, 3, 9, 1, 0, 0, 0, 1, 0xC6, 2, 0xC6, 3],
            messages: [message(6, 0, [1, 2, 3])]),
        ChunkCase(
            name: "largest chunk size",
            bytes: [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF] + [6, 0, 0, 0, 0, 1, 44, 9, 1, 0, 0, 0] + long,
            messages: [message(6, 0, long)]),
        ChunkCase(
            name: "abort drops the partial message",
            bytes: [6, 0, 0, 0, 0, 1, 44, 9, 1, 0, 0, 0] + long[..<128] + [2, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6]
                + [6, 0, 0, 9, 0, 0, 1, 9, 1, 0, 0, 0, 4],
            messages: [message(6, 9, [4])]),
        ChunkCase(
            name: "interleaved messages",
            bytes: [6, 0, 0, 0, 0, 0, 129, 9, 1, 0, 0, 0] + long[..<128] + [4, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 3] + [
                0xC6, 0x80,
            ],
            messages: [message(4, 0, [3], type: 8), message(6, 0, Array(long[..<129]))]),
    ]

    static let bad: [ChunkCase] = [
        ChunkCase(name: "format 3 first", bytes: [0xC5] + long, messages: [], error: .noHeader(chunkStream: 5, format: 3)),
        ChunkCase(name: "format 2 first", bytes: [0x85] + long, messages: [], error: .noHeader(chunkStream: 5, format: 2)),
        ChunkCase(
            name: "chunk size 0", bytes: [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0], messages: [], error: .chunkSize(0)),
        ChunkCase(
            name: "chunk size 2^31", bytes: [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x80, 0, 0, 0], messages: [],
            error: .chunkSize(0x8000_0000)),
        ChunkCase(
            name: "short chunk size", bytes: [2, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0], messages: [],
            error: .shortControl(type: 1, length: 2)),
        ChunkCase(
            name: "short abort", bytes: [2, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0], messages: [],
            error: .shortControl(type: 2, length: 0)),
        ChunkCase(
            name: "new header inside a message",
            bytes: [6, 0, 0, 0, 0, 1, 44, 9, 1, 0, 0, 0] + long[..<128] + [0x46, 0, 0, 0, 0, 0, 50, 9] + long,
            messages: [], error: .headerInsideMessage(chunkStream: 6)),
        ChunkCase(
            name: "message over the limit", bytes: [6, 0, 0, 0] + max + [9, 1, 0, 0, 0], messages: [],
            error: .messageTooLong(0xFF_FFFF, limit: 1 << 20)),
        ChunkCase(
            name: "nine chunk streams", bytes: (3..<12).flatMap { [$0, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0] },
            messages: (3..<11).map { message($0, 0, []) }, error: .chunkStreams(limit: 8)),
    ]
}

@Suite struct ChunkReaderTests {
    @Test(arguments: ChunkCase.good, [1, 2, 3, 5, 17, 1 << 20])
    func messagesComeOutHoweverTheBytesAreCut(example: ChunkCase, piece: Int) {
        #expect(ChunkOutcome.reading(example.bytes, piece: piece) == .messages(example.messages))
    }

    @Test(arguments: ChunkCase.bad, [1, 2, 7, 1 << 20])
    func badChunksEndWithTheirReason(example: ChunkCase, piece: Int) throws {
        let error = try #require(example.error)
        #expect(ChunkOutcome.reading(example.bytes, piece: piece) == .failed(example.messages, error))
    }

    @Test func truncatedAtEachLengthIsNoError() {
        for example in ChunkCase.good {
            for length in 0..<example.bytes.count {
                guard case .messages(let messages) = ChunkOutcome.reading(Array(example.bytes[..<length]), piece: 64) else {
                    Issue.record("\(example.name) cut at \(length)")
                    continue
                }
                #expect(example.messages.starts(with: messages))
            }
        }
    }

    @Test func budgetHoldsOverManyChunkStreams() {
        var reader = RTMPChunkReader.forTests
        reader.pendingLimit = 1000
        var bytes: [UInt8] = [2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 16, 0]
        for stream in 3..<6 {
            bytes += [UInt8(stream), 0, 0, 0, 0, 0xFF, 0xFF, 9, 1, 0, 0, 0] + [UInt8](repeating: 1, count: 4096)
        }
        for piece in [1, 100, 1 << 20] {
            #expect(ChunkOutcome.reading(bytes, piece: piece, reader: reader) == .failed([], .pendingBytes(limit: 1000)))
        }
    }

    @Test func announcedLengthsAllocateNothing() throws {
        var reader = RTMPChunkReader(messageLimit: 0xFF_FFFF, pendingLimit: 1 << 20, streamLimit: 64)
        let bytes: [UInt8] = (3..<63).flatMap {
            [$0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 128)
        }
        try bytes.withUnsafeBytes { raw in
            var offset = 0
            let message = try reader.next(raw, &offset)
            #expect(message == nil)
        }
        #expect(reader.pendingBytes == 60 * 128)
        #expect(reader.streams.allSatisfy { $0.body.capacity <= 1024 })
    }

    /// A second message as long as the first has its room from the first chunk on; a longer one only as far as one was kept before.
    @Test func steadyMessagesTakeOneAllocation() throws {
        func begin(_ length: Int) throws -> Int {
            var reader = RTMPChunkReader(messageLimit: 0xFF_FFFF, pendingLimit: 1 << 20, streamLimit: 64)
            var bytes: [UInt8] = []
            let whole = ChunkCase.message(6, 0, [UInt8](repeating: 7, count: 50_000))
            RTMPChunkWriter.append(whole, chunkSize: 128, to: &bytes)
            bytes += [6, 0, 0, 0] + [16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [9, 1, 0, 0, 0]
            bytes += [UInt8](repeating: 8, count: 100)
            return try bytes.withUnsafeBytes { raw in
                var offset = 0
                let first = try reader.next(raw, &offset), second = try reader.next(raw, &offset)
                #expect(first == whole && second == nil)
                return reader.streams[0].body.capacity
            }
        }
        let (same, short, long) = (try begin(50_000), try begin(200), try begin(0xFF_FFFF))
        #expect((50_000..<60_000).contains(same) && short < 512 && (50_000..<100_000).contains(long))
    }

    @Test(arguments: [1, 7, 128, 4096, 65536])
    func whatTheWriterWritesTheReaderReads(chunkSize: Int) {
        var random = SeededGenerator(seed: UInt64(chunkSize))
        var bytes = RTMPControl.setChunkSize(UInt32(chunkSize))
        var messages: [RTMPMessage] = []
        for index in 0..<40 {
            let times: [UInt32] = [0, 40, 0xFF_FFFE, 0xFF_FFFF, 0x100_0000, 0xFFFF_FFFF]
            let message = RTMPMessage(
                chunkStream: UInt32(3 + index % 4), type: 9, streamID: UInt32(index), timestamp: times[index % 6],
                body: random.bytes([0, 1, 127, 128, 129, 3000, 65537][index % 7]))
            RTMPChunkWriter.append(message, chunkSize: chunkSize, to: &bytes)
            messages.append(message)
        }
        for piece in [997, 1 << 20] { #expect(ChunkOutcome.reading(bytes, piece: piece) == .messages(messages)) }
    }

    @Test func flippedBitsNeverTrap() {
        var random = SeededGenerator(seed: 99)
        let all = ChunkCase.good.flatMap(\.bytes)
        for _ in 0..<3000 {
            var bytes = all
            for _ in 0..<3 {
                let place = Int(random.next() % UInt64(bytes.count))
                bytes[place] ^= 1 << UInt8(random.next() % 8)
            }
            #expect(ChunkOutcome.reading(bytes, piece: 1 << 20) == ChunkOutcome.reading(bytes, piece: 3))
        }
    }
}
