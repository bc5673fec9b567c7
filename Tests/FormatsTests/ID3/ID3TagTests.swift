import Formats
import TestSupport
import Testing

@Suite struct ID3TagTests {
    /// Name, bytes behind the tag's header, text of the one frame.
    static let frames: [(name: String, version: UInt8, body: [UInt8], text: String)] = [
        ("UTF-8", 4, [3] + Array("{\"a\":\"é😀\"}".utf8), "{\"a\":\"é😀\"}"), ("UTF-8 with a closing zero", 4, [3, 0x61, 0], "a"),
        ("Latin-1", 4, [0, 0x61, 0xE9], "aé"), ("UTF-16 little", 4, [1, 0xFF, 0xFE, 0x61, 0, 0xE9, 0], "aé"),
        ("UTF-16 big, marked", 3, [1, 0xFE, 0xFF, 0, 0x61, 0, 0], "a"), ("UTF-16 big", 3, [2, 0xD8, 0x3D, 0xDE, 0x00], "😀"),
        ("empty", 4, [3], ""), ("2.3", 3, [3, 0x61], "a"),
    ]

    private static func tag(_ version: UInt8, _ body: [UInt8], id: String = "TEXT") -> [UInt8] {
        let size = UInt8(body.count)
        return [0x49, 0x44, 0x33, version, 0, 0, 0, 0, 0, size + 10] + Array(id.utf8) + [0, 0, 0, size, 0, 0] + body
    }

    @Test(arguments: frames.indices) func `text of every encoding is read`(number: Int) throws {
        let row = Self.frames[number]
        let bytes = Self.tag(row.version, row.body)
        let read = try #require(ID3Tag(bytes), "\(row.name)")
        #expect(read.frames == [ID3Tag.Frame(id: FourCC("TEXT"), text: row.text)], "\(row.name)")
        #expect(try ID3Tag(#require(read.bytes())) == read, "\(row.name)")
        for length in 0..<bytes.count { #expect(ID3Tag(Array(bytes[..<length])) == nil) }
    }

    @Test func `what is written, byte for byte`() throws {
        let bytes = try #require(ID3Tag([ID3Tag.Frame(id: FourCC("TEXT"), text: String(repeating: "x", count: 200))]).bytes())
        #expect(
            bytes.prefix(21).elementsEqual([
                0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 83, 0x54, 0x45, 0x58, 0x54, 0, 0, 1, 73, 0, 0, 3,
            ]))
        #expect(bytes.count == 221)
    }

    @Test func `frames of other kinds are skipped, padding ends the tag`() throws {
        let two = Self.tag(4, [3, 0x61], id: "PRIV").dropFirst(10) + Self.tag(4, [3, 0x62], id: "TIT2").dropFirst(10)
        let bytes: [UInt8] = [0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, UInt8(two.count + 12)] + two + [UInt8](repeating: 0, count: 12)
        #expect(try #require(ID3Tag(bytes)).frames == [ID3Tag.Frame(id: FourCC("TIT2"), text: "b")])
    }

    @Test(arguments: frames.indices) func `flipped bits never trap`(number: Int) {
        let bytes = Self.tag(Self.frames[number].version, Self.frames[number].body)
        var random = SeededGenerator(seed: UInt64(number))
        for _ in 0..<300 {
            var flipped = bytes
            flipped[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            guard let read = ID3Tag(flipped) else { continue }
            #expect(read.bytes().flatMap { ID3Tag($0) } == read)
        }
    }
}
