import KalturaBSON
import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

/// The same answers as SQLite's, through libmongoc. With `SLUICE_MONGO_URI` set, on that server.
@Suite struct MongoCatalogueTests {
    @Test func `decisions are those of the other store, row for row`() throws {
        let mongo = try TemporaryMongo()
        let sqlite = try TemporaryCatalogue()
        for row in CatalogueDecisionTests.rows {
            let found = mongo.catalogue.reason(row.entry, row.token, partner: row.partner)
            #expect(found == row.reason, "\(row.entry) \(row.partner as Any)")
            #expect(found == sqlite.reason(row.entry, row.token, partner: row.partner))
        }
    }

    @Test func `the answer is the same entry object`() throws {
        let mongo = try TemporaryMongo()
        let sqlite = try TemporaryCatalogue()
        let id = try #require(EntryID("0_aaaaaaaa"))
        let credentials = Credentials(entry: id, partner: nil, server: .primary, token: Token("a1b2c3d4"))
        let question = CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0)
        #expect(try mongo.catalogue.authenticate(question) == sqlite.catalogue.authenticate(question))
    }

    @Test func `commands do what they do with the other store`() throws {
        let mongo = try TemporaryMongo()
        let sqlite = try TemporaryCatalogue()
        let lines = [
            "partner list --json", "partner add 7 --name seven --max-passthrough 3", "partner add 7", "partner show 7 --json",
            "partner set 7 --max-passthrough= --blocked yes", "partner set 8 --name x", "partner show 7 --json", "partner add 0",
            "entry add 0_newentry --partner 7 --token secret77 --dvr yes", "entry add 0_newentry --partner 7 --token secret77",
            "entry add 0_otherone --partner 99 --token x", "entry show 0_newentry --json", "entry set 0_newentry --partner 99",
            "entry set 0_newentry --partner 104 --name here", "entry list --json", "entry list --partner 104 --limit 1 --json",
            "entry set-token 0_newentry --token-sha256 \(String(repeating: "ab", count: 32))", "entry show 0_newentry",
            "partner remove 104", "partner remove 104 --with-entries", "entry list --json", "entry remove 0_newentry",
            "entry remove 0_aaaaaaaa", "entry show 0_aaaaaaaa", "partner list --after 102 --json",
            "import /catalogue.json --json",
        ]
        for line in lines {
            let (ours, theirs) = (mongo.catalogue.run(line), sqlite.run(line))
            #expect(ours == theirs, "\(line)")
            #expect(!ours.standardOutput.contains("secret77") && !ours.standardError.contains("secret77"))
        }
    }

    @Test func `a copy has everything, there and back`() throws {
        let mongo = try TemporaryMongo(imported: false)
        let (first, last) = (try TemporaryCatalogue(), try TemporaryCatalogue(imported: false))
        try first.execute(
            """
            UPDATE entries SET token_sha256='ABCD', valid_from=5, valid_to=1900000000, allowed_sources='192.0.2.0/24' WHERE id='0_aaaaaaaa';
            UPDATE partners SET admin_secret='s3cret' WHERE id=102; UPDATE flavors SET max_frame_rate=29.97;
            INSERT INTO entries(id, partner_id) WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i+1 FROM n WHERE i<2200)
              SELECT '1_abcd'||i, 104 FROM n;
            """)
        let report = try mongo.catalogue.copy(from: first.catalogue)
        #expect(report["entries"] == .integer(1207))
        #expect(!report.serialized().contains("s3cret"))
        _ = try last.catalogue.copy(from: mongo.catalogue)
        for table in CatalogueBatch.Table.allCases {
            let there = try first.catalogue.page(table, after: nil, limit: 5000)
            #expect(try last.catalogue.page(table, after: nil, limit: 5000) == there, "\(table)")
            #expect(!there.isEmpty)
        }
        // Again: nothing changes.
        #expect(try mongo.catalogue.copy(from: first.catalogue) == report)
    }

    @Test func `indexes are unique and short-lived where they have to be`() throws {
        let mongo = try TemporaryMongo(faulty: true)
        let indexes = try #require(mongo.server).indexes("on_air")
        #expect(indexes.contains { $0["unique"] == true && $0["key"] == ["entry_id": .int32(1), "server_index": .int32(1)] })
        #expect(indexes.contains { $0["expireAfterSeconds"] == .int32(120) && $0["key"] == ["updated_at": .int32(1)] })
        #expect(mongo.server?.indexes("entries").contains { $0["key"] == ["partner_id": .int32(1)] } == true)
    }

    @Test func `documents of another's making refuse or have the defaults, and never trap`() throws {
        let mongo = try TemporaryMongo()
        let odd: [(String, BSONDocument)] = [
            ("0_gggggggg", ["partner_id": "abc", "token": "t"]), ("0_hhhhhhhh", ["partner_id": 99_999_999_999, "token": "t"]),
            ("0_iiiiiiii", ["partner_id": 777, "token": "t"]),
            ("0_jjjjjjjj", ["partner_id": 104, "token": "t", "enabled": "yes"]),
            ("0_kkkkkkkk", ["partner_id": 104, "token": ["t"]]),
        ]
        for (id, document) in odd {
            try mongo.catalogue.update("entries", ["_id": .string(id)], ["$set": .document(document)], upsert: true)
        }
        #expect(
            odd.map { mongo.catalogue.reason($0.0, "t", partner: nil) } == [.noEntry, .noEntry, .noEntry, .noEntry, .badToken])
        let plain: BSONDocument = ["partner_id": .int32(104), "token": "t", "enabled": true, "dvr_window_min": .double(120)]
        try mongo.catalogue.update("entries", ["_id": "0_llllllll"], ["$set": .document(plain)], upsert: true)
        #expect(mongo.catalogue.reason("0_llllllll", "t", partner: 104) == nil)
    }
}
