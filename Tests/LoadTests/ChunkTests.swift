import Testing

@testable import LoadCore

@Suite struct ChunkTests {
    static let messages: [ChunkMessage] = [
        ChunkMessage(type: 20, payload: []),
        ChunkMessage(type: 20, timestamp: 0, streamID: 0, payload: Array(repeating: 1, count: 128)),
        ChunkMessage(type: 9, timestamp: 40, streamID: 1, payload: (0..<1000).map { UInt8(truncatingIfNeeded: $0) }),
        ChunkMessage(type: 8, timestamp: 0xff_ffff, streamID: 1, payload: Array(repeating: 2, count: 129)),
        ChunkMessage(type: 9, timestamp: 0x1234_5678, streamID: 0xa0b0_c0d0, payload: Array(repeating: 3, count: 300)),
    ]

    static func written(chunkSize: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let control = ChunkWriter(chunkSize: 128)
        control.write([0, 0, UInt8(chunkSize >> 8), UInt8(chunkSize & 255)], type: 1, chunkStream: 2, to: &bytes)
        let writer = ChunkWriter(chunkSize: chunkSize)
        for message in messages {
            writer.write(
                message.payload, type: message.type, chunkStream: 6, timestamp: message.timestamp, streamID: message.streamID,
                to: &bytes)
        }
        return bytes
    }

    static func read(_ pieces: [[UInt8]]) throws -> [ChunkMessage] {
        var reader = ChunkReader()
        var messages: [ChunkMessage] = []
        for piece in pieces {
            piece.withUnsafeBytes { reader.append($0) }
            while let message = try reader.next() { messages.append(message) }
        }
        return messages
    }

    @Test(arguments: [1, 100, 128, 4096, 60_000], Feed.allCases)
    func roundTrip(chunkSize: Int, feed: Feed) throws {
        let read = try Self.read(feed.pieces(Self.written(chunkSize: chunkSize)))
        #expect(read.dropFirst() == Self.messages[...])
    }

    @Test func deltasAddUp() throws {
        var bytes: [UInt8] = []
        ChunkWriter().write([7], type: 8, chunkStream: 5, timestamp: 1000, streamID: 1, to: &bytes)
        bytes += [0x45, 0, 0, 20, 0, 0, 1, 8, 8]  // format 1, delta 20
        bytes += [0x85, 0, 0, 30, 9]  // format 2, delta 30
        bytes += [0xc5, 10]  // format 3, the same delta
        #expect(try Self.read([bytes]).map(\.timestamp) == [1000, 1020, 1050, 1080])
        #expect(try Self.read([bytes]).map(\.payload) == [[7], [8], [9], [10]])
    }

    @Test func interleavedChunkStreams() throws {
        var video: [UInt8] = []
        var audio: [UInt8] = []
        ChunkWriter().write(Array(repeating: 1, count: 200), type: 9, chunkStream: 6, to: &video)
        ChunkWriter().write([2], type: 8, chunkStream: 5, to: &audio)
        let bytes = video.prefix(12 + 128) + audio + video.dropFirst(12 + 128)
        #expect(try Self.read([Array(bytes)]).map(\.type) == [8, 9])
    }

    @Test func aHeaderInsideAMessageIsAFault() {
        var bytes: [UInt8] = []
        ChunkWriter(chunkSize: 128).write(Array(repeating: 1, count: 300), type: 9, chunkStream: 6, to: &bytes)
        bytes[12 + 128] = 6
        #expect(throws: WireFault.chunkInterrupted(chunkStream: 6)) { try Self.read([bytes]) }
    }

    @Test func aCompressedHeaderFirstIsAFault() {
        #expect(throws: WireFault.chunkWithoutHeader(chunkStream: 6)) { try Self.read([[0xc6]]) }
    }

    @Test func damageNeverTraps() {
        var random = Seeded(state: 1)
        let good = Self.written(chunkSize: 100)
        for _ in 0..<2000 { _ = try? Self.read(Feed.sevens.pieces(random.flipped(good))) }
        for length in 0..<good.count { _ = try? Self.read([Array(good.prefix(length))]) }
    }
}
