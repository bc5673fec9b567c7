import CLoad
import Testing

@testable import LoadCore

@Suite struct MarkTests {
    static let mark = Mark(time: 0x0123_4567_89ab_cdef, counter: 0xfedc_ba98, crc: 7)

    static var bytes: [UInt8] {
        var bytes: [UInt8] = []
        mark.write(to: &bytes)
        return bytes
    }

    @Test func layoutIsThatOfTheComparisonKit() {
        let bytes = Self.bytes
        #expect(bytes.count == 56)
        #expect(bytes.prefix(3) == [0x06, 5, 52])
        #expect(String(decoding: bytes[19..<55], as: UTF8.self) == "LG1:0123456789abcdeffedcba9800000007")
        #expect(bytes.last == 0x80)
        #expect(bytes.withUnsafeBytes { Mark(nalUnit: $0) } == Self.mark)
    }

    @Test func needsNoEmulationPrevention() {
        let bytes = Self.bytes
        for i in 2..<bytes.count { #expect(!(bytes[i - 2] == 0 && bytes[i - 1] == 0 && bytes[i] <= 3)) }
    }

    @Test func aCutMarkIsNone() {
        let bytes = Self.bytes
        for length in 0..<bytes.count { #expect(bytes.prefix(length).withUnsafeBytes { Mark(nalUnit: $0) } == nil) }
    }

    @Test func tagsTellStreamsApartAndAreNeverZero() {
        #expect(Set((0..<255).map { Mark.tag(stream: $0) }).count == 255)
        #expect(!(0..<70_000).contains { Mark.tag(stream: $0) == 0 })
    }

    @Test(arguments: [("", UInt32(0)), ("123456789", 0xe306_9283), ("The quick brown fox jumps over the lazy dog", 0x2262_0404)])
    func crc32c(text: String, value: UInt32) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var sum = CRC32C()
            bytes[..<cut].withUnsafeBytes { sum.add($0) }
            bytes[cut...].withUnsafeBytes { sum.add($0) }
            #expect(sum.value == value)
        }
        #expect(bytes.withUnsafeBytes { ~cload_crc32c_table(0xffff_ffff, $0.baseAddress, $0.count) } == value)
    }

    @Test func aFrameIsScanned() {
        let bytes = [0, 0, 0, 2, 0x09, 0xf0] + accessUnit(3, key: true)
        let scan = bytes.withUnsafeBytes { FrameScan(lengthPrefixed: $0) }
        #expect(scan.isWhole && scan.hasSlice && scan.isKey)
        #expect(scan.mark?.counter == 3)
        #expect(scan.mark?.crc == scan.crc)
        let cut = bytes.dropLast().withUnsafeBytes { FrameScan(lengthPrefixed: $0) }
        #expect(!cut.isWhole && !cut.hasSlice)
    }
}
