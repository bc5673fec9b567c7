import KalturaCore
import SluiceJSON
import TestSupport
import Testing

@Suite struct APIAnswerTests {
    private func read(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> APIAnswer {
        APIAnswer(status: status, headers: headers, body: Array(text.utf8))
    }

    private static let jsonError =
        #"{"code":"INVALID_KS","message":"secret","objectType":"KalturaAPIException","args":{"KSID":"secret","ERR_CODE":-5}}"#
    private static let xmlError = """
        <?xml version="1.0" encoding="utf-8"?><xml><result><error><code>INVALID_KS</code><message>se &amp; cret</message>\
        <objectType>KalturaAPIException</objectType><args><item><objectType>KalturaApiExceptionArg</objectType><name>ERR_CODE</name>\
        <value>-5</value></item></args></error></result><executionTime>0.1</executionTime></xml>
        """
    private static let xmlEntry = """
        <xml><result><objectType>KalturaLiveStreamEntry</objectType><id>0_ab12cd34</id><name>Town &lt;hall&#62; &#x26;</name>\
        <partnerId>102</partnerId><explicitLive>1</explicitLive><dvrWindow></dvrWindow><segmentDuration>4000</segmentDuration>\
        </result><executionTime>0.1</executionTime></xml>
        """

    @Test func `errors are their code, in either format; their text is gone`() {
        for text in [Self.jsonError, Self.xmlError] {
            let found = read(text)
            #expect(found == .error(APIError(code: "INVALID_KS", sessionNumber: -5)))
            var dumped = ""
            dump(found, to: &dumped)
            #expect(!dumped.contains("cret"))
        }
        #expect(
            read(
                #"{"code":"X","message":"m","objectType":"KalturaAPIException","args":[{"name":"ERR_CODE","value":"-1"}]}"#)
                == .error(APIError(code: "X", sessionNumber: -1)))
        #expect(read("", headers: [("x-kaltura", "error- ENTRY_ID_NOT_FOUND")]) == .error(APIError(code: "ENTRY_ID_NOT_FOUND")))
        #expect(APIError(code: "djJ8LTV8abc").code == "UNKNOWN")
    }

    @Test func `results of either format are read leniently`() throws {
        let json = """
            {"objectType":"KalturaLiveStreamEntry","id":"0_ab12cd34","name":"Town <hall> &","partnerId":"102","sourceType":"32",
             "explicitLive":true,"segmentDuration":4000.0,"more":{"x":[1]}}
            """
        for text in [json, Self.xmlEntry] {
            guard case .result(let value) = read(text) else {
                Issue.record("no result: \(text)")
                continue
            }
            var wanted = LiveEntry(id: try #require(EntryID("0_ab12cd34")), partner: 102)
            wanted.name = "Town <hall> &"
            wanted.explicitLive = true
            wanted.segmentDuration = 4000
            #expect(LiveEntry(api: value) == wanted)
        }
        #expect(read("true") == .result(true))
        #expect(read("\"x\"") == .result("x"))
        #expect(read("null") == .result(.null))
        #expect(read("<xml><result>1</result></xml>") == .result("1"))
        #expect(read("<xml><result><item>1</item><item>2</item></result></xml>") == .result(["1", "2"]))
    }

    @Test(arguments: [
        "", " \n", "\u{0}\u{1}<{[not json", "<html><body>Please sign in</body></html>", "{\"id\":", "{} {}", "<xml><result>",
        "<xml></xml>", "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><result>&a;</result></xml>", "<xml><result>&a;</result></xml>",
        "<xml><result></other></xml>", "<xml><result a=1/></xml>", "[1,", "{\"objectType\":\"KalturaAPIException\"}",
    ])
    func `anything else is broken`(text: String) {
        guard case .broken = read(text) else {
            Issue.record("taken: \(text)")
            return
        }
    }

    @Test(arguments: [301, 400, 404, 500, 503])
    func `another status is no answer`(status: Int) { #expect(read("{}", status: status) == .broken("HTTP status \(status)")) }

    @Test func `answers cut or changed anywhere never crash`() {
        var random = SeededGenerator(seed: 11)
        for text in [Self.jsonError, Self.xmlError, Self.xmlEntry] {
            let bytes = Array(text.utf8)
            for length in 0..<bytes.count {
                guard case .broken = APIAnswer(status: 200, headers: [], body: Array(bytes[..<length])) else {
                    Issue.record("taken at \(length)")
                    continue
                }
            }
            for _ in 0..<300 {
                var changed = bytes
                changed[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                if case .result(let value) = APIAnswer(status: 200, headers: [], body: changed) { _ = LiveEntry(api: value) }
            }
        }
        let deep = String(repeating: "<a>", count: 100_000)
        guard case .broken = read(deep) else {
            Issue.record("deep nesting taken")
            return
        }
    }

    @Test func `every code of the specification has its reason and its alert`() {
        let table: [(String, RefusalReason, Int?)] = [
            ("ENTRY_ID_NOT_FOUND", .noEntry, 113), ("INVALID_ENTRY_ID", .noEntry, 113),
            ("LIVE_STREAM_INVALID_TOKEN", .badToken, 111),
            ("LIVE_STREAM_EXCEEDED_MAX_PASSTHRU", .quota, 115), ("LIVE_STREAM_EXCEEDED_MAX_TRANSCODED", .quota, 118),
            ("LIVE_STREAM_EXCEEDED_MAX_CONCURRENT_BY_ADMIN_TAG", .quota, 118),
            ("LIVE_STREAM_EXCEEDED_MAX_RTC_STREAMS", .quota, 118),
            ("LIVE_STREAM_ALREADY_BROADCASTING", .onAirElsewhere, -1), ("SERVICE_FORBIDDEN_CONTENT_BLOCKED", .blocked, -1),
            ("SERVICE_FORBIDDEN", .noPermission, 114), ("ACTION_FORBIDDEN", .noPermission, 114),
            ("ACTION_BLOCKED", .noPermission, 114),
            ("MEDIA_SERVER_NOT_FOUND", .backendDown, nil), ("SERVER_NODE_NOT_FOUND", .backendDown, nil),
            ("INVALID_KS", .backendDown, nil), ("MISSING_KS", .backendDown, nil), ("INVALID_PARTNER_ID", .backendDown, nil),
            ("START_SESSION_ERROR", .backendDown, nil), ("INTERNAL_SERVERL_ERROR", .backendDown, nil),
            ("INTERNAL_DATABASE_ERROR", .backendDown, nil), ("SOMETHING_NEW", .backendDown, nil),
            ("INVALID_STREAM_NAME", .badStreamName, 112), ("INGEST_NOT_FOUND_IN_CONVERSION_PROFILE", .noProfile, -1),
        ]
        for (code, reason, alert) in table {
            let error = APIError(code: code)
            #expect(error.code == code && error.reason == reason && error.alert == alert, "\(code)")
            let refusal = APIFailure.error(error).refusal
            #expect(refusal.reason == reason, "\(code)")
        }
        for code in ["MEDIA_SERVER_NOT_FOUND", "INVALID_PARTNER_ID", "START_SESSION_ERROR", "INVALID_KS"] {
            #expect(APIError(code: code).operatorText != nil, "\(code)")
        }
    }
}
