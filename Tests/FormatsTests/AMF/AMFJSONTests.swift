import Formats
import Testing

/// AMF values as the JSON that players are told.
@Suite struct AMFJSONTests {
    private static let cases: [(AMFValue, String)] = [
        (.number(1_790_000_012_345), "1790000012345"), (.number(0.5), "0.5"), (.number(-3), "-3"), (.number(.nan), "null"),
        (.number(.infinity), "null"), (.number(1e300), "1e+300"), (.integer(-7), "-7"), (.boolean(true), "true"),
        (.string("a\"\u{0}ü"), #""a\"\u0000ü""#), (.null, "null"), (.undefined, "null"), (.byteArray([1, 2]), "null"),
        (.date(milliseconds: 12, timeZone: 60), "12"), (.xml("<a/>"), #""<a/>""#), (["x", 1, [true]], #"["x",1,[true]]"#),
        (
            ["objectType": "KalturaSyncPoint", "timestamp": 12, "id": "x_7"],
            #"{"objectType":"KalturaSyncPoint","timestamp":12,"id":"x_7"}"#
        ),
        (.ecmaArray([AMFProperty("a", 1), AMFProperty("b", 2), AMFProperty("a", 3)]), #"{"a":3,"b":2}"#),
        (.typedObject(className: "C", [AMFProperty("a", .null)]), #"{"a":null}"#),
    ]

    @Test func eachKindHasItsForm() {
        for (value, text) in Self.cases { #expect(value.json.serialized() == text, "\(value)") }
    }
}
