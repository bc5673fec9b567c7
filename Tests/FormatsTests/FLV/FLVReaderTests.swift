import Formats
import TestSupport
import Testing

@Suite struct FLVReaderTests {
    static let tags: [FLVTag] = [
        FLVTag(.script, timestamp: 0, body: StreamMetadata.scriptData(for: [])),
        FLVTag(.video, timestamp: 0, body: wire("17 00 000000 0102")),
        FLVTag(.audio, timestamp: 21, body: []),
        FLVTag(.audio, timestamp: 0xFF12_3456, body: wire("AF 01 21")),
        FLVTag(.video, timestamp: 0, body: [UInt8](repeating: 3, count: 70_000)),
    ]

    static var stream: [UInt8] {
        var writer = ByteWriter()
        FLVFileHeader(hasAudio: true, hasVideo: true).append(to: &writer)
        for tag in tags { tag.append(to: &writer) }
        return writer.bytes
    }

    @Test func layout() {
        var writer = ByteWriter()
        FLVFileHeader(hasAudio: true, hasVideo: false).append(to: &writer)
        FLVTag(.audio, timestamp: 0x0102_0304, body: [0xAA]).append(to: &writer)
        #expect(writer.bytes == wire("'FLV' 01 04 00000009 00000000  08 000001 020304 01 000000 AA 0000000C"))
    }

    @Test(arguments: [1, 2, 3, 7, 13, 1000, 1_000_000]) func inPieces(of size: Int) throws {
        var reader = FLVReader()
        var found: [FLVTag] = []
        let stream = Self.stream
        for start in stride(from: 0, to: stream.count, by: size) {
            reader.receive(stream[start..<min(start + size, stream.count)])
            while let tag = try reader.next() { found.append(tag) }
        }
        #expect(found == Self.tags)
        #expect(reader.header == FLVFileHeader(hasAudio: true, hasVideo: true))
        #expect(reader.sizeMismatches == 0)
        #expect(reader.buffered == 0)
    }

    @Test func cutAtEachLength() throws {
        let stream = Self.stream
        for count in stride(from: 0, to: 200, by: 1) {
            var reader = FLVReader()
            reader.receive(stream.prefix(count))
            var found: [FLVTag] = []
            while let tag = try reader.next() { found.append(tag) }
            #expect(found == Array(Self.tags.prefix(found.count)))
        }
    }

    @Test func sizesThatDoNotFitAreForgiven() throws {
        var reader = FLVReader()
        reader.receive(
            wire("'FLV' 01 05 0000000B FFFF 00000001  08 000001 000000 00 000000 AA 00000000 1F 000000 000000 00 000000 0000000B")
        )
        #expect(try reader.next()?.body == [0xAA])
        let unknown = try reader.next()
        #expect(unknown?.header.rawType == 31 && unknown?.header.type == nil)
        #expect(try reader.next() == nil)
        #expect(reader.sizeMismatches == 2)
    }

    static let refusals: [(bytes: [UInt8], error: FLVError)] = [
        (wire("'F' 00"), .notFLV), (wire("'FLV' 02"), .notFLV), (wire("'GET /'"), .notFLV),
        (wire("'FLV' 01 05 00000008"), .headerSize(8)),
        (wire("'FLV' 01 05 FFFFFFFF"), .headerSize(0xFFFF_FFFF)),
        (
            wire("'FLV' 01 05 00000009 00000000 09 000065 000000 00 000000"), .tagTooLarge(bytes: 101, limit: 100, offset: 13)
        ),
        (wire("'FLV' 01 05 00000009 00000000 29 000001 000000 00 000000"), .encrypted(offset: 13)),
    ]

    @Test(arguments: refusals) func refuses(_ line: (bytes: [UInt8], error: FLVError)) {
        var reader = FLVReader(maximumTagBytes: 100)
        reader.receive(line.bytes)
        #expect(throws: line.error) { try reader.next() }
        reader.receive(Self.stream)
        #expect(throws: line.error) { try reader.next() }
        #expect(reader.buffered == 0)
        #expect(!line.error.description.isEmpty)
    }

    @Test func flippedBitsNeverTrap() {
        var generator = SeededGenerator(seed: 3)
        let stream = Array(Self.stream.prefix(400))
        for _ in 0..<2000 {
            var reader = FLVReader(maximumTagBytes: 1000)
            reader.receive(flipped(stream, &generator))
            var total = 0
            while let tag = try? reader.next() { total += tag.body.count + 15 }
            #expect(total <= stream.count)
        }
    }
}
