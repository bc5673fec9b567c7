import Formats
import Testing

/// What a peer may not make us do.
@Suite struct AMFLimitsTests {
    static let refusals: [(name: String, bytes: [UInt8], error: AMFError)] = [
        ("movie clip", wire("04"), .unsupportedMarker(4, offset: 0)),
        ("record set", wire("0E"), .unsupportedMarker(0x0E, offset: 0)),
        ("object end alone", wire("05 09"), .unsupportedMarker(9, offset: 1)),
        ("unknown marker", wire("12"), .unsupportedMarker(0x12, offset: 0)),
        ("AMF3 unknown marker", wire("11 12"), .unsupportedMarker(0x12, offset: 1)),
        ("reference to nothing", wire("07 0000"), .invalidReference(0, offset: 3)),
        ("reference to itself", wire("0A 00000001 07 0000"), .invalidReference(0, offset: 8)),
        ("AMF3 reference to itself", wire("11 09 03 01 09 00"), .invalidReference(0, offset: 6)),
        ("AMF3 string reference to nothing", wire("11 06 00"), .invalidReference(0, offset: 2)),
        ("AMF3 traits reference to nothing", wire("11 0A 01"), .invalidReference(0, offset: 3)),
        ("externalizable", wire("11 0A 07 03 'T'"), .externalizable(offset: 3)),
        ("name that is not UTF-8", wire("03 0001 FF 05 0000 09"), .invalidName(offset: 3)),
        ("array larger than the message", wire("0A FFFFFFFF 05"), .truncated(offset: 5)),
        ("string larger than the message", wire("0C FFFFFFFF 'a'"), .truncated(offset: 5)),
        ("AMF3 array larger than the message", wire("11 09 FFFFFFFF 01"), .truncated(offset: 7)),
        ("AMF3 vector larger than the message", wire("11 0F FFFFFFFF 00"), .truncated(offset: 7)),
        ("AMF3 byte array larger than the message", wire("11 0C FFFFFFFF"), .truncated(offset: 6)),
        ("AMF3 dictionary larger than the message", wire("11 11 FFFFFFFF 00"), .truncated(offset: 7)),
        ("AMF3 dictionary with an object as key", wire("11 11 03 00 09 01 01 01"), .unsupportedKey(offset: 4)),
        ("ECMA array inside without an end", wire("03 0001 'a' 08 00000000"), .truncated(offset: 9)),
    ]

    @Test(arguments: refusals) func refused(_ line: (name: String, bytes: [UInt8], error: AMFError)) {
        #expect(throws: line.error) { try AMF0.decodeAll(line.bytes) }
        #expect(!line.error.description.isEmpty)
    }

    @Test func depth() throws {
        let open = wire("0A 00000001")
        let nested = { (levels: Int) in [UInt8](repeatElement(open, count: levels).joined()) + [5] }
        #expect(try AMF0.decodeAll(nested(31)).count == 1)
        #expect(throws: AMFError.tooDeep(offset: 161)) { try AMF0.decodeAll(nested(32)) }
        #expect(throws: AMFError.self) { try AMF0.decodeAll(nested(200_000)) }
        let open3 = wire("09 03 01")
        #expect(throws: AMFError.self) { try AMF0.decodeAll([0x11] + [UInt8](repeatElement(open3, count: 200_000).joined())) }
    }

    @Test func widthAndTotal() throws {
        let full = wire("0A 00000FFF") + [UInt8](repeating: 5, count: 4095)
        #expect(try AMF0.decodeAll(full).first?.arrayValues?.count == 4095)
        #expect(throws: AMFError.tooManyValues(offset: full.count + 1)) { try AMF0.decodeAll(full + [5]) }
        let wide = wire("0A 00100000") + [UInt8](repeating: 5, count: 1 << 20)
        #expect(throws: AMFError.tooManyValues(offset: 5)) { try AMF0.decodeAll(wide) }
        #expect(throws: AMFError.self) { try AMF0.decodeAll([UInt8](repeating: 5, count: 4097)) }
    }

    /// Ten references to ten references to … : each level costs what it stands for.
    @Test func referencesAreChargedForWhatTheyStandFor() {
        var bytes = wire("0A 00000001 05")
        for level in 0..<10 {
            bytes += wire("0A 0000000A")
            for _ in 0..<10 { bytes += [7, 0, UInt8(level)] }
        }
        #expect(throws: AMFError.self) { try AMF0.decodeAll(bytes) }
        var three = wire("09 03 01 01")
        for level in 0..<10 {
            three += wire("09 15 01")
            for _ in 0..<10 { three += [9, UInt8(level << 1)] }
        }
        #expect(throws: AMFError.self) { try AMF3.decodeAll(three) }
    }

    @Test func depthThroughReferences() {
        var bytes = wire("0A 00000001 05")
        for level in 0..<100 { bytes += wire("0A 00000001 07 00") + [UInt8(level)] }
        #expect(throws: AMFError.tooDeep(offset: 6 + 31 * 8)) { try AMF0.decodeAll(bytes) }
    }

    @Test func textThroughReferences() {
        let text = [UInt8](repeating: 0x61, count: 1 << 20)
        // A string of 2²⁰ bytes, used five times.
        let bytes = wire("06 80C08001") + text + wire("06 00 06 00 06 00 06 00")
        #expect(throws: AMFError.tooManyBytes(offset: bytes.count)) { try AMF3.decodeAll(bytes) }
        #expect(throws: Never.self) { try AMF3.decodeAll(bytes.dropLast(2)) }
    }

    @Test func ownLimits() {
        let limits = AMFLimits(depth: 2, values: 3, bytes: 4)
        #expect(throws: Never.self) { try AMF0.decodeAll(wire("0A 00000002 05 05"), limits: limits) }
        #expect(throws: AMFError.self) { try AMF0.decodeAll(wire("0A 00000003 05 05 05"), limits: limits) }
        #expect(throws: AMFError.tooManyBytes(offset: 3)) { try AMF0.decodeAll(wire("02 0005 'abcde'"), limits: limits) }
    }
}
