import Formats
import Testing

@Suite struct BitReaderTests {
    @Test(arguments: [
        (UInt32(0), "80"), (1, "40"), (2, "60"), (3, "20"), (7, "10"), (254, "01FE"), (4_294_967_294, "00000001FFFFFFFE"),
    ])
    func expGolomb(value: UInt32, text: String) throws {
        let bytes = wire(text)
        var writer = BitWriter()
        writer.ue(value)
        #expect(writer.bytes == bytes)
        var reader = BitReader(bytes)
        #expect(try reader.ue("value") == value)
    }

    @Test func signedExpGolombAlternates() throws {
        for (code, value) in [(UInt32(0), Int32(0)), (1, 1), (2, -1), (3, 2), (4, -2), (4_294_967_294, -2_147_483_647)] {
            var writer = BitWriter()
            writer.ue(code)
            var reader = BitReader(writer.bytes)
            #expect(try reader.se("value") == value)
        }
    }

    @Test func endlessExpGolombIsRefused() {
        var reader = BitReader([UInt8](repeating: 0, count: 4096))
        #expect(throws: BitstreamError.invalid(field: "value", value: 0)) { try reader.ue("value") }
        #expect(reader.position == 32)
        var short = BitReader([0, 0])
        #expect(throws: BitstreamError.truncated(field: "value", bitOffset: 16)) { try short.ue("value") }
    }

    @Test func readsAcrossBytes() throws {
        var reader = BitReader(wire("A5 5A FF 00 12345678 9A"))
        #expect(try reader.u(3, "a") == 5)
        #expect(try reader.u(10, "b") == 0b00101_01011)
        #expect(try reader.u(0, "c") == 0)
        #expect(try reader.u(32, "d") == 0x5FE0_0246)
        #expect(reader.bitsLeft == 27)
        #expect(throws: BitstreamError.self) { try reader.u(28, "e") }
        #expect(throws: BitstreamError.self) { try reader.u(33, "e") }
        #expect(throws: BitstreamError.self) { try reader.u(-1, "e") }
        #expect(reader.bitsLeft == 27)
    }

    @Test func wideNumbersAndBytes() throws {
        var reader = BitReader(wire("0102030405060708 0909"))
        #expect(try reader.u64(48, "a") == 0x0102_0304_0506)
        #expect(try reader.bytes(2, "b") == [7, 8])
        #expect(throws: BitstreamError.self) { try reader.bytes(3, "c") }
        try reader.skip(1, "d")
        #expect(throws: BitstreamError.self) { try reader.bytes(1, "e") }
        reader.alignToByte()
        #expect(try reader.bytes(1, "f") == [9])
        #expect(reader.bitsLeft == 0)
    }

    @Test(arguments: [
        (UInt32(0), "00"), (127, "7F"), (128, "8001"), (300, "AC02"), (4_294_967_295, "FFFFFFFF0F"),
    ])
    func littleEndianBase128(value: UInt32, text: String) throws {
        let bytes = wire(text)
        var reader = BitReader(bytes)
        #expect(try reader.leb128("size") == value)
        var written: [UInt8] = []
        LEB128.append(Int(value), to: &written)
        #expect(written == bytes)
        #expect(LEB128.size(Int(value)) == bytes.count)
    }

    @Test(arguments: ["FFFFFFFF1F", "8080808080808080", "80"])
    func badBase128(text: String) {
        var reader = BitReader(wire(text))
        #expect(throws: BitstreamError.self) { try reader.leb128("size") }
    }

    @Test(arguments: [
        ("0001", "0001"), ("000003", "00000303"), ("000001", "00000301"), ("00000000", "0000030000"), ("000004", "000004"),
        ("000000000003", "0000030000030003"),
    ])
    func emulationPrevention(plain: String, escaped: String) {
        #expect(RBSP.escaped(wire(plain)) == wire(escaped))
        #expect(RBSP.unescaped(wire(escaped)) == wire(plain))
    }
}
