import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

@Suite struct LenientImportTests {
    /// As back ends write them: numbers as text, truth values as numbers or text (SPEC §4).
    @Test func `numbers may arrive as strings, truth values as numbers`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        let text = """
            {"partners":[{"id":"7","blocked":0,"liveEnabled":"1","maxTranscoded":"3"},{"id":"8","blocked":"true"}],
             "entries":[{"id":"0_ab12cd34","partnerId":"7","streamPassword":"a1b2c3d4","explicitLive":true,"dvrStatus":"1"}]}
            """
        let report = try temporary.catalogue.importJSON(try JSONValue(parsing: text))
        #expect(report["partners"] == 2 && report["entries"] == 1)
        #expect(try temporary.catalogue.partner(7)["max_transcoded"] == 3)
        #expect(try temporary.catalogue.partner(7)["blocked"] == false)
        #expect(try temporary.catalogue.partner(8)["blocked"] == true)
        #expect(temporary.reason("0_ab12cd34", "a1b2c3d4", partner: 7) == nil)
        let entry = try temporary.catalogue.entry(try #require(EntryID("0_ab12cd34")))
        #expect(entry["explicit_live"] == true && entry["dvr"] == true)
    }

    @Test(
        arguments: [
            ("\"32\"", 32), ("32", 32), ("true", 1), ("false", 0), ("4.0", 4), ("\"4.5\"", nil), ("4.5", nil), ("null", nil),
            ("[]", nil),
        ] as [(String, Int64?)])
    func `whole numbers are read leniently`(text: String, value: Int64?) throws {
        #expect(try JSONValue(parsing: text).lenientInteger == value)
    }

    @Test(
        arguments: [
            ("true", true), ("\"true\"", true), ("1", true), ("\"1\"", true), ("false", false), ("\"false\"", false),
            ("\"0\"", false),
            ("\"yes\"", nil), ("null", nil),
        ] as [(String, Bool?)])
    func `truth values are read leniently`(text: String, value: Bool?) throws {
        #expect(try JSONValue(parsing: text).lenientBool == value)
    }

    @Test func `a body that is no JSON object is refused with its place`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        for (body, part) in [
            ("{\"partners\":[", "byte 13"), ("[]", "must be a JSON object"), ("{\"a\":1,\"a\":2}", "appears twice"),
            (String(repeating: "[", count: 100), "nested deeper than 32"),
        ] {
            let answer = temporary.admin.handle(AdminRequest("POST", ["import"], body: Array(body.utf8)))
            #expect(answer.status == 400)
            #expect(answer.json["error"]?["message"]?.stringValue?.contains(part) == true, "\(answer.json)")
        }
    }
}
