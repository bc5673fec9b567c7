import Formats
import TestSupport
import Testing

@Suite struct BlobTests {
    /// One field of a blob: written, and read again as what it was.
    struct Field: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var write: @Sendable (inout BlobWriter) -> Void
        var isReadBack: @Sendable (inout BlobReader) throws -> Bool
        var testDescription: String { name }
    }

    static let track = TrackDescription(
        id: 7, kind: .audio, codec: .opus, timescale: 48_000, configuration: [1, 2], width: 3, height: 4, frameRateMilli: 5,
        sampleRate: 6, channels: 7, bitrate: 8, language: "de")

    static let fields: [Field] = [
        Field(name: "u8", bytes: [0xFE], write: { $0.u8(0xFE) }, isReadBack: { try $0.u8() == 0xFE }),
        Field(name: "u16", bytes: [1, 2], write: { $0.u16(0x0102) }, isReadBack: { try $0.u16() == 0x0102 }),
        Field(name: "u32", bytes: [1, 2, 3, 4], write: { $0.u32(0x0102_0304) }, isReadBack: { try $0.u32() == 0x0102_0304 }),
        Field(
            name: "u64", bytes: [1, 2, 3, 4, 5, 6, 7, 8], write: { $0.u64(0x0102_0304_0506_0708) },
            isReadBack: { try $0.u64() == 0x0102_0304_0506_0708 }),
        Field(name: "i32", bytes: [0xFF, 0xFF, 0xFF, 0xFE], write: { $0.i32(-2) }, isReadBack: { try $0.i32() == -2 }),
        Field(
            name: "i64", bytes: [0x80, 0, 0, 0, 0, 0, 0, 0], write: { $0.i64(.min) }, isReadBack: { try $0.i64() == .min }),
        Field(
            name: "int", bytes: [UInt8](repeating: 0xFF, count: 8), write: { $0.int(-1) },
            isReadBack: { try $0.int("x", in: -1...3) == -1 }),
        Field(name: "f64", bytes: [0x3F, 0xF0, 0, 0, 0, 0, 0, 0], write: { $0.f64(1) }, isReadBack: { try $0.f64() == 1 }),
        Field(name: "bool", bytes: [1], write: { $0.bool(true) }, isReadBack: { try $0.bool() }),
        Field(
            name: "run", bytes: [0, 0, 0, 2, 8, 9], write: { $0.run([8, 9]) },
            isReadBack: { try $0.run("x", limit: 2) == [8, 9] }),
        Field(
            name: "text", bytes: [0, 0, 0, 2, 0xC3, 0xA4], write: { $0.text("ä") },
            isReadBack: { try $0.text("x", limit: 2) == "ä" }),
        Field(
            name: "no value", bytes: [0], write: { $0.optional(UInt8?.none) { $0.u8($1) } },
            isReadBack: { try $0.optional { blob throws(BlobError) in try blob.u8() } == nil }),
        Field(
            name: "a value", bytes: [1, 9], write: { $0.optional(9) { $0.u8($1) } },
            isReadBack: { try $0.optional { blob throws(BlobError) in try blob.u8() } == 9 }),
        Field(
            name: "array", bytes: [0, 0, 0, 2, 0, 1, 0, 2], write: { $0.array([1, 2]) { $0.u16($1) } },
            isReadBack: { try $0.array("x", limit: 2) { blob throws(BlobError) in try blob.u16() } == [1, 2] }),
        Field(
            name: "header", bytes: [0x54, 0x45, 0x53, 0x54, 0, 3], write: { $0.header(FourCC("TEST"), version: 3) },
            isReadBack: { try $0.header(FourCC("TEST"), version: 3) == 3 }),
        Field(
            name: "track",
            bytes: [0, 0, 0, 7, 2, 0x4F, 0x70, 0x75, 0x73, 0, 0, 0xBB, 0x80, 0, 0, 0, 2, 1, 2] + [0, 0, 0, 3, 0, 0, 0, 4]
                + [0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 2, 0x64, 0x65],
            write: { $0.track(track) }, isReadBack: { try $0.track() == track }),
    ]

    @Test(arguments: fields)
    func fieldsAreWrittenAndReadBack(_ field: Field) throws {
        var blob = BlobWriter()
        field.write(&blob)
        #expect(blob.bytes == field.bytes)
        try field.bytes.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            #expect(try field.isReadBack(&reader))
            try reader.end()
        }
        for length in field.bytes.indices {
            field.bytes[..<length].withUnsafeBytes { raw in
                var reader = BlobReader(raw)
                #expect(throws: BlobError.self) { _ = try field.isReadBack(&reader) }
            }
        }
    }

    @Test func manyFieldsInARow() throws {
        var blob = BlobWriter(capacity: 0)
        for field in Self.fields { field.write(&blob) }
        try blob.bytes.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            for field in Self.fields { #expect(try field.isReadBack(&reader), "\(field.name)") }
            try reader.end()
            #expect(reader.offset == raw.count && reader.remaining == 0)
        }
    }

    /// Reads `bytes` and answers the error.
    private func fault(_ bytes: [UInt8], _ read: (inout BlobReader) throws(BlobError) -> Void) -> BlobError? {
        bytes.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            do throws(BlobError) {
                try read(&reader)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func boundsComeBeforeMemory() {
        let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 1]
        let bound = BlobError.bound(field: "x", value: 0xFFFF_FFFF, limit: 9, offset: 0)
        #expect(fault(huge) { (blob) throws(BlobError) in _ = try blob.run("x", limit: 9) } == bound)
        #expect(fault(huge) { (blob) throws(BlobError) in _ = try blob.run("x", limit: .max) } == .truncated(offset: 0))
        #expect(fault(huge) { (blob) throws(BlobError) in _ = try blob.array("x", limit: 9) { _ in 0 } } == bound)
        #expect(
            fault(huge) { (blob) throws(BlobError) in _ = try blob.array("x", limit: .max) { _ in 0 } } == .truncated(offset: 4))
        #expect(fault([2]) { (blob) throws(BlobError) in _ = try blob.bool("x") } == .value(field: "x", offset: 0))
        #expect(
            fault([0, 0, 0, 1, 0xFF]) { (blob) throws(BlobError) in _ = try blob.text("x", limit: 9) }
                == .value(field: "x", offset: 0))
        #expect(
            fault([UInt8](repeating: 0, count: 8)) { (blob) throws(BlobError) in _ = try blob.int("x", in: 1...2) }
                == .value(field: "x", offset: 0))
        #expect(fault([1]) { (blob) throws(BlobError) in try blob.end() } == .trailing(1))
    }

    @Test func refusalsSayWhy() {
        let table: [(BlobError, String)] = [
            (.truncated(offset: 4), "blob ends in the value at byte 4"),
            (.magic(FourCC("abcd"), expected: FourCC("TEST")), "blob of abcd, not of TEST"),
            (.version(9, known: 1), "blob version 9, version 1 is known"),
            (.bound(field: "tracks", value: 300, limit: 16, offset: 8), "blob: tracks 300 at byte 8, limit 16"),
            (.value(field: "role", offset: 3), "blob: no such role at byte 3"), (.trailing(2), "blob: 2 bytes after its end"),
        ]
        for (error, text) in table { #expect("\(error)" == text) }
    }
}
