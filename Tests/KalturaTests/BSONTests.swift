import KalturaBSON
import TestSupport
import Testing

@Suite struct BSONTests {
    /// bsonspec.org's examples and one of each type.
    static let rows: [(name: String, bytes: [UInt8], value: BSONDocument)] = [
        ("empty", [5, 0, 0, 0, 0], [:]),
        (
            "hello world", [0x16, 0, 0, 0, 2] + Array("hello\0".utf8) + [6, 0, 0, 0] + Array("world\0".utf8) + [0],
            ["hello": "world"]
        ),
        (
            "an array",
            [0x31, 0, 0, 0, 4] + Array("BSON\0".utf8) + [0x26, 0, 0, 0, 2, 0x30, 0, 8, 0, 0, 0] + Array("awesome\0".utf8)
                + [1, 0x31, 0, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x14, 0x40, 0x10, 0x32, 0, 0xC2, 7, 0, 0, 0, 0],
            ["BSON": ["awesome", .double(5.05), .int32(1986)]]
        ),
        ("truth, null", [12, 0, 0, 0, 8, 0x61, 0, 1, 0x0A, 0x62, 0, 0], ["a": true, "b": nil]),
        (
            "numbers and a date",
            [27, 0, 0, 0, 0x12, 0x61, 0, 0xFE, 255, 255, 255, 255, 255, 255, 255, 9, 0x62, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            ["a": -2, "b": .date(1)]
        ),
        ("binary", [15, 0, 0, 0, 5, 0x61, 0, 2, 0, 0, 0, 0, 7, 8, 0], ["a": .binary([7, 8])]),
        ("nested", [13, 0, 0, 0, 3, 0x61, 0, 5, 0, 0, 0, 0, 0], ["a": [:]]),
    ]

    @Test(arguments: rows.indices) func `documents are read and written byte for byte`(_ i: Int) throws {
        let row = Self.rows[i]
        #expect(try BSONDocument(reading: row.bytes) == row.value, "\(row.name)")
        #expect(row.value.bytes == row.bytes, "\(row.name)")
    }

    @Test func `each truncation is an error, and no flipped bit traps`() throws {
        var random = SeededGenerator(seed: 7)
        for row in Self.rows {
            for count in 0..<row.bytes.count {
                #expect(throws: BSONError.self) { try BSONDocument(reading: Array(row.bytes.prefix(count))) }
            }
            for _ in 0..<500 {
                var bytes = row.bytes
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                guard let document = try? BSONDocument(reading: bytes) else { continue }
                #expect((try? BSONDocument(reading: document.bytes)) != nil)
            }
        }
    }

    @Test func `types that nobody needs are passed over, unknown ones are errors`() throws {
        let id: [UInt8] = [0x19, 0, 0, 0, 7, 0x61, 0] + [UInt8](repeating: 9, count: 12) + [0x10, 0x62, 0, 3, 0, 0, 0, 0]
        let bytes = [UInt8(id.count)] + id.dropFirst()
        let document = try BSONDocument(reading: bytes)
        #expect(document["a"] == .other(7) && document["b"] == .int32(3))
        #expect(throws: BSONError.unknownType(0x44, offset: 7)) { try BSONDocument(reading: [8, 0, 0, 0, 0x44, 0x61, 0, 0]) }
    }

    @Test func `depth is bounded`() {
        var document = BSONDocument()
        for _ in 0..<200 { document = ["a": .document(document)] }
        #expect(throws: BSONError.self) { try BSONDocument(reading: document.bytes) }
    }
}
