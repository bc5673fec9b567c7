import Formats
import Testing

@Suite struct ByteReaderTests {
    @Test func readsEveryWidth() {
        var reader = ByteReader<[UInt8]>([
            1, 2, 3, 4, 5, 6, 0x80, 0, 0, 0xFF, 0xFF, 0xFE, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0x61, 0x76, 0x63, 0x31, 9,
        ])
        #expect(reader.peek() == 1)
        #expect(reader.peek(24) == 9)
        #expect(reader.peek(25) == nil)
        #expect(reader.u8() == 1)
        #expect(reader.u16() == 0x0203)
        #expect(reader.u24() == 0x040506)
        #expect(reader.i24() == -0x80_0000)
        #expect(reader.i24() == -2)
        #expect(reader.f64() == 1)
        #expect(reader.fourCC() == .avc1)
        #expect(reader.u16() == nil)
        #expect(reader.remaining == 1)
        #expect(reader.restRange == 24..<25)
        #expect(Array(reader.rest) == [9])
        #expect(reader.range(1) == 24..<25)
        #expect(reader.isAtEnd)
    }

    @Test func positionsOfASliceCountFromZero() {
        let slice = [UInt8](0..<20)[5..<12]
        var reader = ByteReader(slice)
        #expect(reader.count == 7)
        #expect(reader.u32() == 0x0506_0708)
        #expect(reader.position == 4)
        var inner = reader.reader(2)
        #expect(inner?.u16() == 0x090A)
        #expect(inner?.u8() == nil)
        #expect(reader.array(2) == nil)
        #expect(reader.array(1) == [11])
    }

    @Test func refusesWhatIsOutside() {
        var reader = ByteReader<[UInt8]>([1, 2, 3])
        #expect(reader.skip(-1) == nil)
        #expect(reader.skip(4) == nil)
        #expect(reader.bytes(-1) == nil)
        #expect(reader.bytes(Int.max) == nil)
        #expect(reader.range(Int.min) == nil)
        let sought = [reader.seek(to: 4), reader.seek(to: -1)]
        #expect(sought == [false, false])
        #expect(reader.position == 0)
        #expect(reader.u64() == nil)
        #expect(reader.u32() == nil)
        #expect(reader.u24() == 0x010203)
    }

    @Test func writerIsTheInverse() {
        var writer = ByteWriter(capacity: 8)
        writer.u8(0xAB)
        writer.u16(0xCDEF)
        writer.u24(0x0102_0304)
        writer.i24(-5)
        writer.u32(0xFFFF_FFFF)
        writer.u64(0x0102_0304_0506_0708)
        writer.i16(-1)
        writer.i32(-2)
        writer.i64(-3)
        writer.f64(0.5)
        writer.fourCC(.opus)
        writer.utf8("é")
        let patched = writer.patch32(at: 9, 0x1234_5678)
        let patchedBeyondEnd = writer.patch32(at: writer.count - 3, 0)
        #expect(patched && !patchedBeyondEnd)
        var reader = ByteReader(writer.bytes)
        #expect(reader.u8() == 0xAB)
        #expect(reader.u16() == 0xCDEF)
        #expect(reader.u24() == 0x020304)
        #expect(reader.i24() == -5)
        #expect(reader.u32() == 0x1234_5678)
        #expect(reader.u64() == 0x0102_0304_0506_0708)
        #expect(reader.i16() == -1)
        #expect(reader.i32() == -2)
        #expect(reader.i64() == -3)
        #expect(reader.f64() == 0.5)
        #expect(reader.fourCC() == .opus)
        #expect(Array(reader.rest) == [0xC3, 0xA9])
    }

    @Test func fourCCAsText() {
        #expect(FourCC("av01").rawValue == 1_635_135_537)
        #expect(FourCC.mp3.description == ".mp3")
        #expect(FourCC(rawValue: 7).description == "0x00000007")
        #expect(FourCC(text: "hvc1") == .hvc1)
        #expect(FourCC(text: "hvc") == nil)
        #expect(FourCC(text: "hvcé") == nil)
        #expect(FourCC("ab").bytes == [0x61, 0x62, 0x20, 0x20])
    }
}
