import Formats
import Testing

/// One line of the tables: what is on the wire, what it means, and whether the encoder writes these very bytes.
struct AMFCase: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var value: AMFValue
    var isCanonical = true

    var testDescription: String { name }

    static let amf0: [AMFCase] = [
        AMFCase(name: "number", bytes: wire("00 3FF8000000000000"), value: 1.5),
        AMFCase(name: "true", bytes: wire("01 01"), value: true),
        AMFCase(name: "true by any byte", bytes: wire("01 7F"), value: true, isCanonical: false),
        AMFCase(name: "string", bytes: wire("02 0004 'live'"), value: "live"),
        AMFCase(name: "empty string", bytes: wire("02 0000"), value: ""),
        AMFCase(name: "not UTF-8", bytes: wire("02 0002 61FF"), value: "a\u{FFFD}", isCanonical: false),
        AMFCase(
            name: "object", bytes: wire("03 0003 'app' 02 0004 'live' 0001 'n' 05 0000 09"),
            value: ["app": "live", "n": .null]),
        AMFCase(
            name: "object with an empty name", bytes: wire("03 0000 06 0000 09"), value: .object([AMFProperty("", .undefined)])),
        AMFCase(name: "null", bytes: wire("05"), value: .null),
        AMFCase(name: "undefined", bytes: wire("06"), value: .undefined),
        AMFCase(name: "unsupported", bytes: wire("0D"), value: .undefined, isCanonical: false),
        AMFCase(
            name: "ECMA array", bytes: wire("08 00000001 0005 'width' 00 4094000000000000 0000 09"),
            value: .ecmaArray([AMFProperty("width", 1280)])),
        AMFCase(
            name: "ECMA array that lies about its count", bytes: wire("08 00000000 0005 'width' 01 00 0000 09"),
            value: .ecmaArray([AMFProperty("width", false)]), isCanonical: false),
        AMFCase(
            name: "ECMA array without an end", bytes: wire("08 00000001 0005 'width' 01 00"),
            value: .ecmaArray([AMFProperty("width", false)]), isCanonical: false),
        AMFCase(name: "strict array", bytes: wire("0A 00000002 02 0004 'hvc1' 02 0001 '*'"), value: ["hvc1", "*"]),
        AMFCase(
            name: "date", bytes: wire("0B 0000000000000000 FFC4"), value: .date(milliseconds: 0, timeZone: -60)),
        AMFCase(name: "long string", bytes: wire("0C 00000002 'ab'"), value: "ab", isCanonical: false),
        AMFCase(name: "XML", bytes: wire("0F 00000004 '<a/>'"), value: .xml("<a/>")),
        AMFCase(
            name: "typed object", bytes: wire("10 0001 'T' 0001 'x' 01 01 0000 09"),
            value: .typedObject(className: "T", [AMFProperty("x", true)])),
        AMFCase(
            name: "reference", bytes: wire("0A 00000002 03 0001 'x' 05 0000 09 07 0001"),
            value: [["x": .null], ["x": .null]], isCanonical: false),
        AMFCase(name: "switch to AMF3", bytes: wire("11 06 07 'abc'"), value: "abc", isCanonical: false),
        AMFCase(name: "byte array", bytes: wire("11 0C 05 0102"), value: .byteArray([1, 2])),
    ]

    static let amf3: [AMFCase] = [
        AMFCase(name: "undefined", bytes: wire("00"), value: .undefined),
        AMFCase(name: "null", bytes: wire("01"), value: .null),
        AMFCase(name: "false", bytes: wire("02"), value: false),
        AMFCase(name: "true", bytes: wire("03"), value: true),
        AMFCase(name: "integer of one byte", bytes: wire("04 7F"), value: .integer(127)),
        AMFCase(name: "integer of two bytes", bytes: wire("04 8100"), value: .integer(128)),
        AMFCase(name: "integer of three bytes", bytes: wire("04 818000"), value: .integer(16384)),
        AMFCase(name: "integer of four bytes", bytes: wire("04 80C08000"), value: .integer(0x20_0000)),
        AMFCase(name: "largest integer", bytes: wire("04 BFFFFFFF"), value: .integer(0x0FFF_FFFF)),
        AMFCase(name: "smallest integer", bytes: wire("04 C0808000"), value: .integer(-0x1000_0000)),
        AMFCase(name: "minus one", bytes: wire("04 FFFFFFFF"), value: .integer(-1)),
        AMFCase(name: "double", bytes: wire("05 BFF0000000000000"), value: -1),
        AMFCase(name: "string", bytes: wire("06 07 'abc'"), value: "abc"),
        AMFCase(name: "XML document", bytes: wire("07 09 '<a/>'"), value: .xml("<a/>"), isCanonical: false),
        AMFCase(name: "date", bytes: wire("08 01 4059000000000000"), value: .date(milliseconds: 100, timeZone: 0)),
        AMFCase(name: "dense array", bytes: wire("09 05 01 03 02"), value: [true, false]),
        AMFCase(
            name: "array with names", bytes: wire("09 01 03 'a' 03 01"), value: .ecmaArray([AMFProperty("a", true)])),
        AMFCase(
            name: "array with both", bytes: wire("09 03 03 'a' 03 01 02"),
            value: .ecmaArray([AMFProperty("a", true), AMFProperty("0", false)]), isCanonical: false),
        AMFCase(name: "dynamic object", bytes: wire("0A 0B 01 03 'a' 04 05 01"), value: .object([AMFProperty("a", .integer(5))])),
        AMFCase(
            name: "sealed class, traits and strings by reference",
            bytes: wire("09 05 01 0A 13 03 'T' 03 'x' 03 0A 01 06 00"),
            value: [
                .typedObject(className: "T", [AMFProperty("x", true)]), .typedObject(className: "T", [AMFProperty("x", "T")]),
            ], isCanonical: false),
        AMFCase(name: "XML", bytes: wire("0B 09 '<a/>'"), value: .xml("<a/>")),
        AMFCase(name: "byte array", bytes: wire("0C 05 FF00"), value: .byteArray([0xFF, 0])),
        AMFCase(
            name: "int vector", bytes: wire("0D 05 00 FFFFFFFF 00000001"), value: [.integer(-1), .integer(1)],
            isCanonical: false),
        AMFCase(name: "uint vector", bytes: wire("0E 03 01 FFFFFFFF"), value: [.number(4_294_967_295)], isCanonical: false),
        AMFCase(name: "double vector", bytes: wire("0F 03 00 3FF0000000000000"), value: [1], isCanonical: false),
        AMFCase(name: "object vector", bytes: wire("10 03 00 03 'T' 01"), value: [.null], isCanonical: false),
        AMFCase(
            name: "dictionary", bytes: wire("11 05 00 06 03 'k' 03 04 07 02"),
            value: .ecmaArray([AMFProperty("k", true), AMFProperty("7", false)]), isCanonical: false),
        AMFCase(
            name: "object by reference", bytes: wire("09 05 01 0A 0B 01 01 0A 02"),
            value: [.object([]), .object([])], isCanonical: false),
    ]
}
