import LoadCore
import Testing

@Suite struct MarkTests {
    @Test func roundTrip() {
        let mark = Mark(time: 0x0123_4567_89ab_cdef, counter: 0xfedc_ba98, crc: 7)
        var bytes: [UInt8] = []
        mark.write(to: &bytes)
        #expect(bytes.count == Mark.size)
        #expect(bytes.withUnsafeBytes { Mark(nalUnit: $0) } == mark)
    }
}
