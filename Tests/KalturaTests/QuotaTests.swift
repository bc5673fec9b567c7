import KalturaCore
import Testing

@testable import KalturaCatalogue

/// Partner 102 of the specification's catalogue: at most two transcoded entries and one passed through.
@Suite struct QuotaTests {
    let now: Int64 = 1_800_000_000

    @Test func `the place is taken, kept, given back and lost after 120 seconds`() throws {
        let temporary = try TemporaryCatalogue()
        func first(_ now: Int64) -> RefusalReason? { temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "a", now: now) }
        func second(_ now: Int64) -> RefusalReason? { temporary.reason("0_cccccccc", "cafe0001", hostname: "b", now: now) }
        #expect(first(now) == nil)
        #expect(second(now) == .quota)
        #expect(first(now + 60) == nil)
        #expect(second(now + 121) == .quota)
        #expect(second(now + 180) == nil)
        #expect(first(now + 181) == .quota)
        let id = try #require(EntryID("0_cccccccc"))
        try temporary.catalogue.clearOnAir(id, .primary, hostname: "other")
        #expect(first(now + 182) == .quota)
        try temporary.catalogue.clearOnAir(id, .primary, hostname: "b")
        #expect(first(now + 183) == nil)
    }

    @Test func `primary and backup of one entry are one place, and the kinds are counted apart`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef", server: .primary, hostname: "a") == nil)
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef", server: .backup, hostname: "b") == nil)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4", hostname: "a") == nil)
        #expect(temporary.reason("0_cccccccc", "cafe0001", hostname: "a") == .quota)
    }

    @Test func `a question without host name counts and leaves no trace`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef") == nil)
        #expect(temporary.reason("0_cccccccc", "cafe0001", hostname: "a") == nil)
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef") == .quota)
    }

    @Test func `a limit of zero lets nobody in, a wrong token takes no place`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.reason("1_bbbbbbbb", "wrong", hostname: "a") == .badToken)
        #expect(temporary.reason("0_cccccccc", "cafe0001", hostname: "a") == nil)
        #expect(temporary.run("partner set 102 --max-passthrough 0").exitCode == 0)
        #expect(temporary.reason("0_cccccccc", "cafe0001", hostname: "a") == .quota)
        #expect(temporary.run("partner set 102 --max-passthrough=").exitCode == 0)
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == nil)
    }

    @Test func `status and start of a running broadcast survive being asked again`() throws {
        let temporary = try TemporaryCatalogue()
        let id = try #require(EntryID("1_bbbbbbbb"))
        func row() throws -> [StoredValue] {
            try temporary.catalogue.read { (c) throws(CatalogueError) in
                try c.run("SELECT status, started_at, updated_at, hostname FROM on_air").first.map { row in
                    (0..<4).map { row[$0] }
                } ?? []
            }
        }
        try temporary.catalogue.markOnAir([(id, .primary)], hostname: "a", status: 1, now: now)
        _ = temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "a", now: now + 60)
        #expect(try row() == [.integer(1), .integer(now), .integer(now + 60), .text("a")])
        _ = temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "b", now: now + 500)
        #expect(try row() == [.integer(3), .integer(now + 500), .integer(now + 500), .text("b")])
    }

    @Test func `of many who ask at once through several connections one gets the last place`() async throws {
        let temporary = try TemporaryCatalogue(imported: false)
        var lines = ["partner add 7 --max-passthrough 1"]
        for i in 0..<8 { lines.append("entry add 0_entry00\(i) --partner 7 --token t") }
        for line in lines { #expect(temporary.run(line).exitCode == 0) }
        let path = temporary.path
        let now = now
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for i in 0..<8 {
                group.addTask {
                    let own = try SQLiteCatalogue(path: path)
                    guard let id = EntryID("0_entry00\(i)") else { return false }
                    let credentials = Credentials(entry: id, partner: 7, server: .primary, token: Token("t"))
                    let question = CatalogueQuestion(credentials: credentials, source: "", hostname: "h\(i)", now: now)
                    do throws(Refusal) {
                        _ = try own.authenticate(question)
                        return true
                    } catch {
                        #expect(error.reason == .quota, "\(error)")
                        return false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
    }
}
