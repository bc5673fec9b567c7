import KalturaBSON
import KalturaCore
import Testing

@testable import KalturaCatalogue

/// What a MongoDB that fails does to decisions: a stated answer within the time limits, words without address or token, and back again.
@Suite struct MongoFailureTests {
    private static func detail(_ catalogue: MongoCatalogue, _ entry: String = "0_aaaaaaaa", _ token: String = "a1b2c3d4")
        -> String?
    {
        guard let id = EntryID(entry) else { return nil }
        let credentials = Credentials(entry: id, partner: 102, server: .primary, token: Token(token))
        do throws(Refusal) {
            _ = try catalogue.authenticate(CatalogueQuestion(credentials: credentials, source: "", hostname: nil, now: 0))
            return nil
        } catch {
            #expect(error.reason == .backendDown)
            #expect(!error.description.contains(token) && !error.description.contains("hidden"))
            return error.detail
        }
    }

    @Test func `an address that cannot be read is not repeated`() {
        for text in ["", "http://u:hidden@h/", "mongodb://u:hidden@", "mongodb://u:hidden@h:99999/x"] {
            let error = #expect(throws: CatalogueError.self) { try MongoCatalogue(address: text) }
            #expect(error?.description.contains("hid") == false, "\(text)")
        }
    }

    @Test func `replies that are cut cost nothing: reads and writes are repeated`() throws {
        let mongo = try TemporaryMongo(faulty: true)
        mongo.server?.set { $0.cutEvery = 7 }
        for _ in 0..<20 { #expect(Self.detail(mongo.catalogue) == nil) }
        let id = try #require(EntryID("0_aaaaaaaa"))
        for i in 0..<20 {
            try mongo.catalogue.markOnAir([(id, .primary)], hostname: "a", status: 2, now: 1_800_000_000 + Int64(i))
        }
        #expect(mongo.server?.documents("on_air").first?["updated_at"] == .date(1_800_000_019_000))
    }

    @Test func `a server that goes away is BACKEND_DOWN, is not asked for a while, and is back when it is back`() throws {
        let mongo = try TemporaryMongo(faulty: true, options: "serverSelectionTimeoutMS=100&heartbeatFrequencyMS=500")
        #expect(Self.detail(mongo.catalogue) == nil)
        mongo.server?.set { $0.gone = true }
        var words: [String] = []
        for _ in 0..<7 { words.append(Self.detail(mongo.catalogue) ?? "answered") }
        #expect(words.allSatisfy { $0.contains("MongoDB") })
        #expect(words.last?.contains("5 times in a row") == true, "\(words)")
        mongo.server?.set { $0.gone = false }
        let end = ContinuousClock.now + .seconds(60)
        while Self.detail(mongo.catalogue) != nil, ContinuousClock.now < end { try #require(ContinuousClock.now < end) }
        #expect(Self.detail(mongo.catalogue) == nil)
    }

    @Test func `late replies end at the time limit`() throws {
        let mongo = try TemporaryMongo(faulty: true, options: "socketTimeoutMS=150")
        mongo.server?.set { $0.delayMilliseconds = 20 }
        #expect(Self.detail(mongo.catalogue) == nil)
        mongo.server?.set { $0.delayMilliseconds = 1500 }
        let words = try #require(Self.detail(mongo.catalogue))
        #expect(words.contains("MongoDB"))
        mongo.server?.set { $0.delayMilliseconds = 0 }
        #expect(Self.detail(mongo.catalogue) == nil)
    }

    @Test func `a primary lost: decisions go on, writes say so`() throws {
        let mongo = try TemporaryMongo(faulty: true)
        mongo.server?.set { $0.notPrimary = true }
        #expect(Self.detail(mongo.catalogue) == nil)
        let id = try #require(EntryID("0_aaaaaaaa"))
        let error = #expect(throws: CatalogueError.self) {
            try mongo.catalogue.markOnAir([(id, .primary)], hostname: "a", status: 2, now: 1_800_000_000)
        }
        #expect(error?.description.contains("10107") == true, "\(error as Any)")
        #expect(error?.httpStatus == 503)
        #expect(mongo.catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == .backendDown)
        mongo.server?.set { $0.notPrimary = false }
        #expect(mongo.catalogue.reason("1_bbbbbbbb", "deadbeef", hostname: "a") == nil)
    }

    @Test func `a breaker opens after five failures, lets one through after its pause, and closes`() {
        var breaker = Breaker()
        let start = ContinuousClock.now
        var allowed: [Bool] = []
        func ask(_ seconds: Int) { allowed.append(breaker.allows(start + .seconds(seconds))) }
        for _ in 0..<4 { breaker.failed(start) }
        ask(0)
        breaker.failed(start)
        for seconds in [4, 5, 6] { ask(seconds) }
        breaker.succeeded()
        ask(6)
        #expect(allowed == [true, false, true, false, true])
    }
}
