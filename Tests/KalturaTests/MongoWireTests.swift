import Glibc
import KalturaBSON
import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

/// A server that cuts replies and answers late, which `SLUICE_MONGO_FAULTY_URI` names: `mongo_wire.py --fail-after N --delay-ms N` in CI.
@Suite struct MongoWireTests {
    static let address = getenv("SLUICE_MONGO_FAULTY_URI").map { String(cString: $0) }

    @Test(.enabled(if: address != nil))
    func `each decision is the right one or BACKEND_DOWN, and nearly all are the right one`() throws {
        let catalogue = try MongoCatalogue(address: try #require(Self.address))
        let content = try JSONValue(parsing: FakeCatalogue.text)
        var tries = 0
        while (try? catalogue.importJSON(content)) == nil {
            tries += 1
            try #require(tries < 40, "the import never came through")
        }
        var (right, down) = (0, 0)
        for _ in 0..<3 {
            for row in CatalogueDecisionTests.rows {
                let found = catalogue.reason(row.entry, row.token, partner: row.partner)
                #expect(found == row.reason || found == .backendDown, "\(row.entry): \(found as Any)")
                if found == row.reason { right += 1 } else { down += 1 }
            }
        }
        #expect(right > down * 3, "\(right) right, \(down) BACKEND_DOWN")
    }
}
