import Testing

@testable import LoadCore

@Suite struct FLVTests {
    static let tags = [
        FLVTag(type: 18, timestamp: 0, body: [2, 0, 0]),
        FLVTag(type: 9, timestamp: 0, body: [0x17, 0, 0, 0, 0, 1]),
        FLVTag(type: 9, timestamp: 1000, body: videoBody(0, key: true)),
        FLVTag(type: 8, timestamp: 1010, body: [0xaf, 1, 9]),
        FLVTag(type: 9, timestamp: 1040, body: videoBody(1, key: false)),
        FLVTag(type: 9, timestamp: 0x0102_0304, body: [0x17, 2, 0, 0, 0]),
    ]

    static func read(_ pieces: [[UInt8]]) throws -> [FLVTag] {
        var reader = FLVReader()
        var tags: [FLVTag] = []
        for piece in pieces {
            piece.withUnsafeBytes { reader.append($0) }
            while let tag = try reader.next() { tags.append(tag) }
        }
        return tags
    }

    @Test(arguments: Feed.allCases) func tagsComeBack(feed: Feed) throws {
        #expect(try Self.read(feed.pieces(flvBytes(Self.tags))) == Self.tags)
    }

    @Test func faultsAreNamed() {
        var bytes = flvBytes([Self.tags[3]])
        bytes[bytes.count - 1] += 1
        #expect(throws: WireFault.flvBackPointer(15, expected: 14)) { try Self.read([bytes]) }
        bytes[13] = 7
        #expect(throws: WireFault.flvTag(type: 7)) { try Self.read([bytes]) }
        #expect(throws: WireFault.flvSignature) { try Self.read([Array(repeating: 0x47, count: 188)]) }
    }

    @Test func aFileIsPreparedForALoop() throws {
        let file = try FLVFile(parsing: flvBytes(Self.tags))
        #expect(file.head.map(\.type) == [18, 9])
        #expect(file.media.map(\.timestamp) == [0, 10, 40])
        #expect(file.media.map { $0.markOffset != nil } == [true, false, true])
        #expect(file.duration == 80)
    }

    @Test func aMarkGoesBehindTheDelimiter() throws {
        let body: [UInt8] = [0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x09, 0xf0] + accessUnit(0, key: true)
        let file = try FLVFile(parsing: flvBytes([FLVTag(type: 9, timestamp: 0, body: body)]))
        #expect(file.media.first?.markOffset == 11)
    }

    @Test func damageNeverTraps() {
        var random = Seeded(state: 2)
        let good = flvBytes(Self.tags)
        for _ in 0..<2000 { _ = try? FLVFile(parsing: random.flipped(good)) }
        for length in 0..<good.count { _ = try? FLVFile(parsing: Array(good.prefix(length))) }
    }
}
