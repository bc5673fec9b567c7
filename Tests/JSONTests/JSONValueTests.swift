import SluiceJSON
import Testing

@Suite struct JSONValueTests {
    @Test func accessorsAnswerTheirOwnTypeOnly() {
        let value: JSONValue = ["s": "x", "i": 7, "d": 2.5, "whole": 3.0, "b": true, "n": .null, "a": [1, 2]]
        #expect(value["s"]?.stringValue == "x")
        #expect(value["s"]?.intValue == nil)
        #expect(value["i"]?.intValue == 7)
        #expect(value["i"]?.doubleValue == 7)
        #expect(value["d"]?.intValue == nil)
        #expect(value["whole"]?.intValue == 3)
        #expect(value["b"]?.boolValue == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["none"] == nil)
        #expect(value["a"]?[1]?.intValue == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(JSONValue(UInt64.max).doubleValue == 18_446_744_073_709_551_616)
        #expect(JSONValue.integer(-1).uint64Value == nil)
    }

    @Test func settingKeepsTheOrderAndRemovesOnNil() {
        var value: JSONValue = .null
        for name in ["z", "y", "x"] { value[name] = .string(name) }
        value["y"] = 1
        #expect(value.serialized() == #"{"z":"z","y":1,"x":"x"}"#)
        value["z"] = nil
        #expect(value.serialized() == #"{"y":1,"x":"x"}"#)
    }

    @Test func largeObjectsFindWhatSmallOnesFind() {
        var object = JSONObject()
        for number in 0..<200 { object["k\(number)"] = JSONValue(number) }
        for number in stride(from: 0, to: 200, by: 3) { object["k\(number)"] = nil }
        for number in 0..<200 { #expect(object["k\(number)"] == (number % 3 == 0 ? nil : JSONValue(number))) }
        for number in 0..<198 { object["k\(number)"] = nil }
        #expect(object.keys == ["k199"])
        #expect(object["k199"] == 199)
    }

    @Test func equalityIgnoresTheOrderOfMembers() {
        #expect(["a": 1, "b": 2] as JSONValue == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONValue != ["a": 1, "b": 2])
    }

    @Test func prettyTextIsIndentedByTwo() {
        let value: JSONValue = ["a": [1, [:]], "b": []]
        #expect(value.serialized(pretty: true) == "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")
    }

    @Test func whatJSONCannotSayBecomesNull() {
        #expect(JSONValue([.number(.infinity), .number(.nan)]).serialized() == "[null,null]")
    }
}
