import Glibc
import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

@Suite struct CatalogueFileTests {
    @Test func `the file is made for its owner only, with the specification's tables`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        var info = stat()
        #expect(stat(temporary.path, &info) == 0)
        #expect(info.st_mode & 0o777 == 0o600)
        let tables = try temporary.catalogue.read { (c) throws(CatalogueError) in
            try c.run("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").compactMap { $0[0].text }
        }
        #expect(tables == ["alerts", "entries", "flavors", "on_air", "partners", "profiles"])
        let mode = try temporary.catalogue.read { (c) throws(CatalogueError) in try c.run("PRAGMA journal_mode").first?[0].text }
        #expect(mode == "wal")
    }

    @Test func `opening again keeps what is there`() throws {
        let temporary = try TemporaryCatalogue()
        let again = try SQLiteCatalogue(path: temporary.path)
        #expect(try again.entries(partner: nil, after: "", limit: 100).count == 6)
    }

    @Test func `a file edited by another connection is seen at once`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == nil)
        let editor = try Connection(path: temporary.path, access: .write)
        try editor.execute("UPDATE partners SET blocked=1 WHERE id=102")
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .blocked)
    }

    @Test func `a file replaced while it is open is the one that counts, again and again`() throws {
        let temporary = try TemporaryCatalogue()
        for round in 0..<5 {
            #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == (round == 0 ? nil : .noEntry))
            let other = temporary.folder + "/other.sqlite"
            do {
                let made = try SQLiteCatalogue(path: other)
                let new = AdminService(catalogue: { made })
                for line in ["partner add 5", "entry add 0_round00\(round) --partner 5 --token fresh"] {
                    #expect(new.run(line.split(separator: " ").map(String.init)) { _ in .success([]) }.exitCode == 0)
                }
            }
            #expect(rename(other, temporary.path) == 0)
            #expect(temporary.reason("0_round00\(round)", "fresh", partner: 5) == nil)
            #expect(temporary.run("partner add 6").exitCode == 0)
            let report = try temporary.catalogue.read { (c) throws(CatalogueError) in
                try c.run("PRAGMA integrity_check").first?[0].text
            }
            #expect(report == "ok")
        }
    }

    @Test func `a file that is gone, or no database, is BACKEND_DOWN until it is back`() throws {
        let temporary = try TemporaryCatalogue()
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == nil)
        let aside = temporary.folder + "/other.sqlite"
        #expect(rename(temporary.path, aside) == 0)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .backendDown)
        let file = open(temporary.path, O_WRONLY | O_CREAT, 0o600)
        let noise = [UInt8](repeating: 0x41, count: 8192)
        #expect(write(file, noise, noise.count) == noise.count)
        close(file)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == .backendDown)
        #expect(rename(aside, temporary.path) == 0)
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == nil)
    }

    @Test func `a writer that never ends holds up no look-up, and a claim for two seconds only`() throws {
        let temporary = try TemporaryCatalogue()
        let other = try Connection(path: temporary.path, access: .write)
        try other.execute("BEGIN IMMEDIATE; UPDATE partners SET name='x' WHERE id=102")
        #expect(temporary.reason("0_eeeeeeee", "00000002", partner: 104, hostname: "a") == nil)
        let start = ContinuousClock.now
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == .backendDown)
        #expect(ContinuousClock.now - start < .seconds(6))
        try other.execute("COMMIT")
        #expect(temporary.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == nil)
    }

    @Test func `a path that cannot be opened says so`() {
        #expect(throws: CatalogueError.self) { try SQLiteCatalogue(path: "/nonexistent-folder/catalogue.sqlite") }
    }

    @Test func `a transaction that fails leaves nothing`() throws {
        let temporary = try TemporaryCatalogue(imported: false)
        let broken = "{\"partners\":[{\"id\":1}],\"entries\":[{\"id\":\"nonsense\",\"partnerId\":1}]}"
        #expect(throws: CatalogueError.self) { try temporary.catalogue.importJSON(try JSONValue(parsing: broken)) }
        #expect(try temporary.catalogue.partners(after: 0, limit: 10).isEmpty)
        #expect(temporary.run("partner add 1").exitCode == 0)
    }

    @Test func `a full disk: the change is refused whole, decisions go on, and there is room again`() throws {
        let temporary = try TemporaryCatalogue()
        // What SQLite answers at its page limit is what it answers when the disk has no room: SQLITE_FULL.
        _ = try temporary.catalogue.write { (c) throws(CatalogueError) in
            let pages = try c.run("PRAGMA page_count").first?[0].integer ?? 0
            try c.run("PRAGMA max_page_count=\(pages)")
        }
        let long = Change("name", .text(String(repeating: "x", count: 190)))
        for i in 1000..<1400 {
            do throws(CatalogueError) {
                _ = try temporary.catalogue.addPartner(Int64(i), [long])
            } catch {
                #expect(error.description.contains("full") && error.httpStatus == 503)
                return try after(temporary, i)
            }
        }
        Issue.record("the disk never was full")
    }

    private func after(_ temporary: TemporaryCatalogue, _ id: Int) throws {
        #expect(temporary.reason("0_aaaaaaaa", "a1b2c3d4") == nil)
        #expect(throws: CatalogueError.notFound("partner \(id)")) { try temporary.catalogue.partner(Int64(id)) }
        #expect(throws: Never.self) { try temporary.catalogue.partner(Int64(id - 1)) }
        let other = try SQLiteCatalogue(path: temporary.path)
        #expect(throws: Never.self) { try other.addPartner(Int64(id), []) }
    }

    @Test func `a file that is corrupt inside is BACKEND_DOWN with SQLite's word, and nobody's token`() throws {
        let temporary = try TemporaryCatalogue()
        try temporary.execute("UPDATE partners SET name='flushed' WHERE id=102")
        let file = open(temporary.path, O_WRONLY)
        let noise = [UInt8](repeating: 0x5A, count: 3 * 4096)
        #expect(pwrite(file, noise, noise.count, 4096) == noise.count)
        close(file)
        let id = try #require(EntryID("0_aaaaaaaa"))
        let fresh = try SQLiteCatalogue(path: temporary.path)
        let credentials = Credentials(entry: id, partner: nil, server: .primary, token: Token("a1b2c3d4"))
        let question = CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0)
        let refusal = #expect(throws: Refusal.self) { try fresh.authenticate(question) }
        #expect(refusal?.reason == .backendDown)
        #expect(refusal?.detail.contains("malformed") == true && refusal?.description.contains("a1b2") == false)
    }
}
