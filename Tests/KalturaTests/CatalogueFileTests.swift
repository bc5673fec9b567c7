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
                let new = AdminService(catalogue: try SQLiteCatalogue(path: other))
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
}
