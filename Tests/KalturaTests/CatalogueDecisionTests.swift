import Formats
import KalturaCore
import Testing

@testable import KalturaCatalogue

@Suite struct CatalogueDecisionTests {
    /// SPEC §12, third point, on the specification's own catalogue.
    static let rows: [(entry: String, token: String, partner: Int32?, reason: RefusalReason?)] = [
        ("0_aaaaaaaa", "a1b2c3d4", 102, nil),
        ("0_aaaaaaaa", "a1b2c3d4", nil, nil),
        ("1_bbbbbbbb", "deadbeef", 102, nil),
        ("0_aaaaaaaa", "a1b2c3d5", 102, .badToken),
        ("0_aaaaaaaa", "A1B2C3D4", 102, .badToken),
        ("0_aaaaaaaa", "deadbeef", 102, .badToken),
        ("0_aaaaaaaa", "", 102, .badToken),
        ("0_zzzzzzzz", "a1b2c3d4", 102, .noEntry),
        ("0_AAAAAAAA", "a1b2c3d4", 102, .noEntry),
        ("0_aaaaaaaa", "a1b2c3d4", 104, .noEntry),
        ("0_aaaaaaaa", "a1b2c3d4", 9, .noEntry),
        ("0_dddddddd", "00000001", 103, .blocked),
        ("0_dddddddd", "wrong", 103, .blocked),
        ("0_dddddddd", "00000001", 102, .noEntry),
        ("0_ffffffff", "00000003", 105, .noPermission),
        ("0_ffffffff", "wrong", 105, .noPermission),
        ("0_eeeeeeee", "00000002", 104, nil),
    ]

    @Test func `decisions and their order are the specification's`() throws {
        let temporary = try TemporaryCatalogue()
        for row in Self.rows {
            let found = temporary.reason(row.entry, row.token, partner: row.partner)
            #expect(found == row.reason, "\(row.entry) \(row.partner as Any)")
        }
    }

    @Test func `a partner mismatch looks like an unknown entry, and the log knows better`() throws {
        let temporary = try TemporaryCatalogue()
        let id = try #require(EntryID("0_aaaaaaaa"))
        let credentials = Credentials(entry: id, partner: 104, server: .primary, token: Token("a1b2c3d4"))
        let question = CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0)
        let refusal = #expect(throws: Refusal.self) { try temporary.catalogue.authenticate(question) }
        #expect(refusal?.reason == .noEntry)
        #expect(refusal?.cause == .partnerMismatch)
        #expect(refusal?.reason.clientText == RefusalReason.noEntry.clientText)
    }

    @Test func `the answer is the entry object`() throws {
        let temporary = try TemporaryCatalogue()
        let id = try #require(EntryID("0_aaaaaaaa"))
        let credentials = Credentials(entry: id, partner: nil, server: .primary, token: Token("a1b2c3d4"))
        let question = CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0)
        let entry = try temporary.catalogue.authenticate(question)
        #expect(entry.id == id && entry.partner == 102 && entry.name == "town hall" && entry.conversionProfile == 31)
        #expect(entry.recordStatus == 2 && entry.recordingStatus == 2 && entry.dvrStatus == 1)
        #expect(entry.dvrWindow == 120 && entry.segmentDuration == 4000 && !entry.explicitLive && entry.viewMode == 1)
    }

    @Test func `validity and sources are checked after the token`() throws {
        let temporary = try TemporaryCatalogue()
        try temporary.execute(
            "UPDATE entries SET valid_from=1000, valid_to=2000, allowed_sources='192.0.2.0/24' WHERE id='0_aaaaaaaa'")
        func reason(_ token: String, _ source: String, _ now: Int64) -> RefusalReason? {
            temporary.reason("0_aaaaaaaa", token, source: source, now: now)
        }
        #expect(reason("a1b2c3d4", "192.0.2.7", 1000) == nil)
        #expect(reason("a1b2c3d4", "192.0.2.7", 1999) == nil)
        #expect(reason("a1b2c3d4", "192.0.2.7", 999) == .noPermission)
        #expect(reason("a1b2c3d4", "192.0.2.7", 2000) == .noPermission)
        #expect(reason("a1b2c3d4", "192.0.3.7", 1500) == .noPermission)
        #expect(reason("wrong", "192.0.3.7", 999) == .badToken)
    }

    @Test func `a stored hash rules over a stored token`() throws {
        let temporary = try TemporaryCatalogue()
        let hash = SHA256.hex(Array("fromhash".utf8))
        try temporary.execute("UPDATE entries SET token_sha256='\(hash.uppercased())' WHERE id='0_aaaaaaaa'")
        #expect(temporary.reason("0_aaaaaaaa", "fromhash") == nil)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .badToken)
        try temporary.execute("UPDATE entries SET token_sha256='nonsense' WHERE id='0_aaaaaaaa'")
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .badToken)
        try temporary.execute("UPDATE entries SET token_sha256='', token='' WHERE id='0_aaaaaaaa'")
        #expect(temporary.reason("0_aaaaaaaa", "") == .badToken)
        try temporary.execute("UPDATE entries SET token_sha256=NULL, token=NULL WHERE id='0_aaaaaaaa'")
        #expect(temporary.reason("0_aaaaaaaa", "--none--") == .badToken)
        #expect(temporary.reason("0_zzzzzzzz", "--none--") == .noEntry)
    }

    @Test func `values of a wrong type, as a hand may write them, refuse and never trap`() throws {
        let temporary = try TemporaryCatalogue()
        try temporary.execute(
            """
            UPDATE entries SET enabled='yes', dvr_window_min='long', segment_ms=x'0102', record_status=99999999999 WHERE id='0_aaaaaaaa';
            INSERT INTO entries(id, partner_id, token) VALUES('0_gggggggg','abc','a1b2c3d4');
            INSERT INTO entries(id, partner_id, token) VALUES('0_hhhhhhhh',99999999999,'a1b2c3d4');
            INSERT INTO entries(id, partner_id, token) VALUES('0_iiiiiiii',777,'a1b2c3d4');
            """)
        for entry in ["0_aaaaaaaa", "0_gggggggg", "0_hhhhhhhh", "0_iiiiiiii"] {
            #expect(temporary.reason(entry, "a1b2c3d4", partner: nil) == .noEntry)
        }
    }

    @Test func `a disabled entry is unknown`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.run("entry disable 0_aaaaaaaa").exitCode == 0)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .noEntry)
        #expect(temporary.run("entry enable 0_aaaaaaaa").exitCode == 0)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == nil)
    }
}
