import SluiceJSON
import Testing

@Suite struct JSONParserTests {
    static let accepted: [(text: String, value: JSONValue, compact: String)] = [
        ("null", .null, "null"), ("true", true, "true"), (" false\n", false, "false"),
        ("0", 0, "0"), ("-12", -12, "-12"), ("9223372036854775807", .integer(.max), "9223372036854775807"),
        ("-9223372036854775808", .integer(.min), "-9223372036854775808"),
        ("9223372036854775808", .number(9223372036854775808), "9.223372036854776e+18"),
        ("1.5", 1.5, "1.5"), ("1e2", .number(100), "100.0"), ("-0", .number(-0.0), "-0.0"), ("2E-3", 0.002, "0.002"),
        (#""""#, "", #""""#), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t", #""a\"\\/\b\f\n\r\t""#),
        (#""\u0041\u00e9\ud83d\ude00""#, "Aé😀", "\"Aé😀\""), (#""\u0000\u007f""#, "\0\u{7f}", #""\u0000\u007f""#),
        ("[]", [], "[]"), ("[ 1 , [2] ]", [1, [2]], "[1,[2]]"),
        ("{}", [:], "{}"), (#"{"b":1, "a":{"c":[null]}}"#, ["b": 1, "a": ["c": [.null]]], #"{"b":1,"a":{"c":[null]}}"#),
    ]

    @Test(arguments: accepted) func accepts(text: String, value: JSONValue, compact: String) throws {
        let parsed = try JSONValue(parsing: text)
        #expect(parsed == value)
        #expect(parsed.serialized() == compact)
        #expect(try JSONValue(parsing: parsed.serialized(pretty: true)) == value)
    }

    static let refused: [(text: String, reason: JSONError.Reason, offset: Int)] = [
        ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte(0x78), 3),
        ("nul\u{0}", .unexpectedByte(0), 3), ("1 2", .trailingData, 2), ("01", .trailingData, 1), ("-", .unexpectedEnd, 1),
        ("-x", .invalidNumber, 1), ("1.", .unexpectedEnd, 2), ("1.e3", .invalidNumber, 2), ("1e", .unexpectedEnd, 2),
        ("+1", .unexpectedByte(0x2B), 0), ("1e999", .invalidNumber, 0), ("NaN", .unexpectedByte(0x4E), 0),
        ("[1,]", .unexpectedByte(0x5D), 3), ("[1", .unexpectedEnd, 2), ("[1 2]", .unexpectedByte(0x32), 3),
        (#"{"a":1,}"#, .unexpectedByte(0x7D), 7), (#"{"a" 1}"#, .unexpectedByte(0x31), 5), ("{a:1}", .unexpectedByte(0x61), 1),
        (#"{"a":1,"a":2}"#, .duplicateKey("a"), 7), (#""abc"#, .unexpectedEnd, 4), ("\"a\nb\"", .controlCharacter(10), 2),
        (#""\x""#, .invalidEscape, 1), (#""\u12g4""#, .invalidEscape, 1), (#""\ud800""#, .invalidEscape, 1),
        (#""\udc00""#, .invalidEscape, 1), (#""\ud800\u0041""#, .invalidEscape, 1), (#""\u12"#, .unexpectedEnd, 5),
        (#""\"#, .unexpectedEnd, 2), ("\u{FEFF}1", .unexpectedByte(0xEF), 0),
    ]

    @Test(arguments: refused) func refuses(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, offset: offset)) { try JSONValue(parsing: text) }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSONError(.invalidUTF8, offset: 1)) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError(.invalidUTF8, offset: 1)) { try JSONValue(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
        #expect(throws: JSONError(.invalidUTF8, offset: 1)) { try JSONValue(parsing: [0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
    }

    @Test func holdsItsLimits() throws {
        let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONError(.tooDeep(limit: 64), offset: 64)) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONError(.tooDeep(limit: 256), offset: 256)) {
            try JSONValue(parsing: nested(100_000), limits: JSONLimits(depth: .max))
        }
        #expect(throws: JSONError(.tooLong(limit: 3), offset: 3)) { try JSONValue(parsing: "1234", limits: JSONLimits(bytes: 3)) }
        #expect(throws: JSONError(.tooManyValues(limit: 2), offset: 3)) {
            try JSONValue(parsing: "[1,2]", limits: JSONLimits(values: 2))
        }
    }

    @Test(arguments: accepted) func everyTruncationEndsInAnErrorOrAValue(text: String, value: JSONValue, compact: String) {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            do throws(JSONError) {
                let parsed = try JSONValue(parsing: Array(bytes[..<length]))
                // Only numerals and trailing white space survive being cut.
                #expect(parsed.doubleValue != nil || parsed == value)
            } catch {
                #expect(error.offset <= length)
            }
        }
    }

    @Test func flippedBitsNeverTrapAndNeverChangeWhatIsWritten() {
        var random = SplitMix(state: 0x5EED)
        for (text, _, _) in Self.accepted + [(#"{"k":[1.5,"\u00e9",{"x":-3e2}],"é":true}"#, .null, "")] {
            for _ in 0..<200 {
                var bytes = Array(text.utf8)
                bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
                guard let value = try? JSONValue(parsing: bytes) else { continue }
                #expect((try? JSONValue(parsing: value.serialized())) == value)
            }
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
