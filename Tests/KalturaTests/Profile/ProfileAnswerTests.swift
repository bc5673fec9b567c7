import Formats
import KalturaCore
import SluiceJSON
import TestSupport
import Testing

@testable import KalturaCatalogue

/// From an answer, of the back end or of the catalogue, to the text of an attribute or a refusal.
@Suite struct ProfileAnswerTests {
    private static let source = "0_ab12cd34_1"

    private func answer(_ status: Int, _ body: String, _ headers: [(String, String)] = []) -> ProfileAnswer {
        let outcome: APIConversation.Outcome
        switch APIAnswer(status: status, headers: headers, body: Array(body.utf8), expects: .document) {
        case .result(let value): outcome = .success(value)
        case .error(let error): outcome = .failure(.error(error))
        case .broken(let why): outcome = .failure(.broken(why, opensCircuit: false))
        }
        return ProfileAnswer(outcome, source: Self.source)
    }

    private func reason(_ answer: ProfileAnswer) -> RefusalReason? {
        if case .refused(let refusal) = answer { refusal.reason } else { nil }
    }

    @Test func `a profile is a ladder's text`() throws {
        guard case .ladder(let text, let problems) = answer(200, TranscodingProfileTests.example) else {
            Issue.record("no ladder")
            return
        }
        let ladder = try Ladder(text: text)
        #expect(problems.isEmpty && ladder.renditions.map(\.name) == ["source", "mid"])
        #expect(ladder == (try TranscodingProfile(xml: Array(TranscodingProfileTests.example.utf8), source: Self.source).ladder))
    }

    @Test func `refusals are the back end's word, or a profile without a usable output`() {
        #expect(reason(answer(200, "", [("x-kaltura", "error- INGEST_NOT_FOUND_IN_CONVERSION_PROFILE")])) == .noProfile)
        #expect(reason(answer(200, "", [("x-kaltura", "error- INVALID_STREAM_NAME")])) == .badStreamName)
        #expect(reason(answer(200, "", [("x-kaltura", "error- ENTRY_ID_NOT_FOUND")])) == .noEntry)
        #expect(reason(answer(200, "<Root><Transcode><Encodes/></Transcode></Root>")) == .noProfile)
    }

    @Test(arguments: [
        (500, ""), (200, ""), (200, "<html><body>Please sign in</body></html>"), (200, "null"), (200, "\"<Root/>\""),
        (200, "<Root/>"),
        (200, "<Root><Transcode>"), (200, "<xml><result>1</result></xml>"),
        (200, #"{"objectType":"KalturaAPIException","code":"INTERNAL_DATABASE_ERROR","message":"x","args":[]}"#),
    ])
    func `anything else is no answer`(status: Int, body: String) {
        guard case .failed = answer(status, body) else {
            Issue.record("taken: \(body)")
            return
        }
    }

    @Test func `the call has what is known in its form, and no more`() throws {
        let entry = try #require(EntryID("0_ab12cd34"))
        let key = StreamKey(entry: entry, server: .backup, index: 2)
        let bare = APICall(profileOf: key, ProfileInput(), hostname: "edge", actingFor: 102)
        #expect(bare.name == "wowza_liveConversionProfile.serve" && bare.parameters.map(\.name) == ["streamName", "hostname"])
        #expect(bare.parameters[0].value == "0_ab12cd34_2" && bare.expects == .document)
        var input = ProfileInput()
        input.height = 720
        #expect(APICall(profileOf: key, input, hostname: "edge", actingFor: nil).parameters.last?.value == #"{"height":"720"}"#)
    }

    // MARK: The fallback

    @Test func `a fallback is a profile or passes through, and a wrong one is found when it is configured`() throws {
        var configuration = Configuration()
        #expect(configuration.fallback(for: Self.source) == nil)
        configuration.fallbackProfile = "passthrough"
        #expect(configuration.fallback(for: Self.source)?.ladder.renditions.map(\.streamName) == [Self.source])
        let text = JSONValue.object(["fallback_profile": .string(TranscodingProfileTests.example)]).serialized()
        #expect(try Configuration(json: text).fallback(for: Self.source)?.ladder.renditions.count == 2)
        for wrong in ["pass", "<Root/>", "<Root><Transcode><Encodes/></Transcode></Root>"] {
            let text = JSONValue.object(["fallback_profile": .string(wrong)]).serialized()
            #expect(throws: ConfigurationError.self) { try Configuration(json: text) }
        }
    }

    // MARK: The catalogue

    @Test func `the catalogue answers by its flavors or its template, for this very profile`() throws {
        let temporary = try TemporaryCatalogue()
        var entry = LiveEntry(id: try #require(EntryID("0_aaaaaaaa")), partner: 102)
        func ladder(_ index: Int32, height: UInt32 = 0) throws -> ProfileAnswer {
            var input = ProfileInput()
            input.height = height
            return try temporary.catalogue.profile(of: entry, index: index, input: input)
        }
        func names(_ answer: ProfileAnswer) throws -> [String] {
            guard case .ladder(let text, _) = answer else { return ["\(answer)"] }
            return try Ladder(text: text).renditions.map(\.name)
        }
        entry.conversionProfile = 31
        #expect(try names(ladder(1)) == ["source", "hd", "sd", "low"])
        #expect(try names(ladder(1, height: 480)) == ["source", "sd", "low"])
        #expect(try names(ladder(2)) == ["second_camera"])
        #expect(try reason(ladder(3)) == .noProfile)
        entry.conversionProfile = 30
        #expect(try reason(ladder(1)) == .noProfile, "the next one's is not taken")
        let template = TranscodingProfileTests.example.replacing("'", with: "''")
        try temporary.execute("INSERT INTO profiles(id,template_xml) VALUES(40,'\(template)')")
        entry.conversionProfile = 40
        #expect(try names(ladder(7)) == ["source", "mid"])
        try temporary.execute(
            "INSERT INTO profiles(id) VALUES(41); INSERT INTO flavors(id,profile_id,tags,stream_suffix,width,height,profile,system_name)"
                + " VALUES('x',41,9,1,-5,99999999999,'\u{7}',zeroblob(3)),(5,41,'source',1,-5,99999999999,'odd','a'),"
                + "(6,41,'',NULL,1,1,NULL,'a')")
        entry.conversionProfile = 41
        #expect(try names(ladder(1)) == ["a", "6"], "values of any type")
    }
}
