import Glibc
import KalturaBSON
import KalturaCore
import MongoServer
import SluiceJSON

@testable import KalturaCatalogue

/// A catalogue in MongoDB, gone with the object: in the test server, or in a database of its own on the server that `SLUICE_MONGO_URI` names.
final class TemporaryMongo {
    let catalogue: MongoCatalogue
    /// Nil with a server of the user's.
    let server: MongoDouble?

    static var givenAddress: String? { getenv("SLUICE_MONGO_URI").map { String(cString: $0) } }

    /// `faulty`: what is tested needs the test server.
    init(imported: Bool = true, faulty: Bool = false, options: String = "") throws {
        if !faulty, let given = Self.givenAddress {
            server = nil
            catalogue = try MongoCatalogue(
                address: Self.address(given, database: "sluice_test_\(UInt32.random(in: 0...UInt32.max))"))
        } else {
            guard let made = MongoDouble() else { throw CatalogueError.invalid("no port for the test server") }
            server = made
            catalogue = try MongoCatalogue(address: made.address(options))
        }
        if imported { _ = try catalogue.importJSON(try JSONValue(parsing: FakeCatalogue.text)) }
    }

    deinit { if server == nil { _ = try? catalogue.client.run(["dropDatabase": .int32(1)], .write) } }

    func other() throws -> MongoCatalogue { try MongoCatalogue(address: server?.address() ?? "") }

    /// Puts the database's name into an address.
    private static func address(_ given: String, database: String) -> String {
        let parts = given.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme = parts[0].hasPrefix("mongodb+srv://") ? "mongodb+srv://" : "mongodb://"
        let hosts = parts[0].dropFirst(scheme.count).prefix { $0 != "/" }
        return "\(scheme)\(hosts)/\(database)" + (parts.count > 1 ? "?\(parts[1])" : "")
    }
}
