import Glibc
import KalturaCore
import SluiceJSON

@testable import KalturaCatalogue

/// A catalogue in a folder of its own, gone with the object.
final class TemporaryCatalogue {
    let folder: String
    let catalogue: SQLiteCatalogue
    var path: String { folder + "/catalogue.sqlite" }

    init(imported: Bool = true) throws {
        var template = Array("/tmp/kaltura-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CatalogueError.invalid("no temporary folder") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        catalogue = try SQLiteCatalogue(path: folder + "/catalogue.sqlite")
        if imported { _ = try catalogue.importJSON(try JSONValue(parsing: FakeCatalogue.text)) }
    }

    deinit {
        for name in ["catalogue.sqlite", "other.sqlite"] {
            for end in ["", "-wal", "-shm", "-journal"] { unlink("\(folder)/\(name)\(end)") }
        }
        rmdir(folder)
    }

    var admin: AdminService { AdminService(catalogue: { [catalogue] in catalogue }) }

    /// Runs a command; a file is answered with the specification's catalogue.
    func run(_ line: String) -> CommandOutput {
        admin.run(line.split(separator: " ").map(String.init)) { name in
            name == "/catalogue.json" ? .success(Array(FakeCatalogue.text.utf8)) : .failure(.invalid("cannot read \(name)"))
        }
    }

    func reason(
        _ entry: String, _ token: String, partner: Int32? = 102, server: ServerIndex = .primary, source: String = "203.0.113.5",
        hostname: String? = nil, now: Int64 = 1_800_000_000
    ) -> RefusalReason? {
        catalogue.reason(entry, token, partner: partner, server: server, source: source, hostname: hostname, now: now)
    }

    func execute(_ sql: String) throws { try catalogue.write { (c) throws(CatalogueError) in try c.execute(sql) } }
}

extension CatalogueStore {
    /// The reason of a refusal, or nil when the entry came.
    func reason(
        _ entry: String, _ token: String, partner: Int32? = 102, server: ServerIndex = .primary, source: String = "203.0.113.5",
        hostname: String? = nil, now: Int64 = 1_800_000_000
    ) -> RefusalReason? {
        guard let id = EntryID(entry) else { return .noEntry }
        let credentials = Credentials(entry: id, partner: partner, server: server, token: Token(token))
        do throws(Refusal) {
            let question = CatalogueQuestion(credentials: credentials, source: source, hostname: hostname, now: now)
            _ = try authenticate(question)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Runs a command; a file is answered with the specification's catalogue.
    func run(_ line: String) -> CommandOutput {
        AdminService(catalogue: { self }).run(line.split(separator: " ").map(String.init)) { name in
            name == "/catalogue.json" ? .success(Array(FakeCatalogue.text.utf8)) : .failure(.invalid("cannot read \(name)"))
        }
    }
}
