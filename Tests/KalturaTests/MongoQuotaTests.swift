import KalturaBSON
import KalturaCore
import Testing

@testable import KalturaCatalogue

/// Partner 102 of the specification's catalogue: at most two transcoded entries and one passed through. As QuotaTests, in MongoDB.
@Suite struct MongoQuotaTests {
    let now: Int64 = 1_800_000_000

    @Test func `the place is taken, kept, given back and lost after 120 seconds`() throws {
        let catalogue = try TemporaryMongo()
        func first(_ now: Int64) -> RefusalReason? {
            catalogue.catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "a", now: now)
        }
        func second(_ now: Int64) -> RefusalReason? {
            catalogue.catalogue.reason("0_cccccccc", "cafe0001", hostname: "b", now: now)
        }
        #expect(first(now) == nil)
        #expect(second(now) == .quota)
        #expect(first(now + 60) == nil)
        #expect(second(now + 121) == .quota)
        #expect(second(now + 180) == nil)
        #expect(first(now + 181) == .quota)
        let id = try #require(EntryID("0_cccccccc"))
        try catalogue.catalogue.clearOnAir(id, .primary, hostname: "other")
        #expect(first(now + 182) == .quota)
        try catalogue.catalogue.clearOnAir(id, .primary, hostname: "b")
        #expect(first(now + 183) == nil)
    }

    @Test func `primary and backup are one place, kinds are counted apart, asking leaves no trace`() throws {
        let mongo = try TemporaryMongo()
        let catalogue = mongo.catalogue
        #expect(catalogue.reason("0_cccccccc", "cafe0001") == nil)
        #expect(catalogue.reason("1_bbbbbbbb", "wrong", hostname: "a") == .badToken)
        #expect(catalogue.reason("1_bbbbbbbb", "deadbeef", server: .primary, hostname: "a") == nil)
        #expect(catalogue.reason("1_bbbbbbbb", "deadbeef", server: .backup, hostname: "b") == nil)
        #expect(catalogue.reason("0_aaaaaaaa", "a1b2c3d4", hostname: "a") == nil)
        #expect(catalogue.reason("0_cccccccc", "cafe0001", hostname: "a") == .quota)
        #expect(catalogue.run("partner set 102 --max-passthrough 0").exitCode == 0)
        #expect(catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == .quota)
    }

    @Test func `status and start of a running broadcast survive being asked again and renewed`() throws {
        let mongo = try TemporaryMongo()
        let id = try #require(EntryID("1_bbbbbbbb"))
        func row() throws -> [StoredValue] {
            let found = try mongo.catalogue.find("on_air", ["_id": "1_bbbbbbbb:0"]).first ?? [:]
            return ["status", "started_at", "updated_at", "hostname", "partner_id"].map(found.column)
        }
        try mongo.catalogue.markOnAir([(id, .primary)], hostname: "a", status: 1, now: now)
        #expect(try row() == [.integer(1), .integer(now), .integer(now), .text("a"), .integer(102)])
        _ = mongo.catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "a", now: now + 60)
        #expect(try row() == [.integer(1), .integer(now), .integer(now + 60), .text("a"), .integer(102)])
        try mongo.catalogue.markOnAir([(id, .primary)], hostname: "a", status: 2, now: now + 90)
        #expect(try row() == [.integer(2), .integer(now), .integer(now + 90), .text("a"), .integer(102)])
        _ = mongo.catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "b", now: now + 500)
        #expect(try row() == [.integer(3), .integer(now + 500), .integer(now + 500), .text("b"), .integer(102)])
    }

    @Test func `of many who ask at once through several connections one gets the last place`() async throws {
        let mongo = try TemporaryMongo(imported: false, faulty: true)
        var lines = ["partner add 7 --max-passthrough 1"]
        for i in 0..<8 { lines.append("entry add 0_entry00\(i) --partner 7 --token t") }
        for line in lines { #expect(mongo.catalogue.run(line).exitCode == 0) }
        let now = now
        let others = try (0..<8).map { _ in try mongo.other() }
        let winners = await withTaskGroup(of: Bool.self) { group in
            for (i, other) in others.enumerated() {
                group.addTask {
                    let reason = other.reason("0_entry00\(i)", "t", partner: 7, hostname: "h\(i)", now: now)
                    #expect(reason == nil || reason == .quota, "\(reason as Any)")
                    return reason == nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
        #expect(mongo.server?.documents("on_air").count == 1)
    }
}
