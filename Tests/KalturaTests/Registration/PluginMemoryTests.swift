import KalturaCore
import Testing

@Suite struct PluginMemoryTests {
    private let entry: LiveEntry
    private let key: DecisionKey
    private let name = "0_ab12cd34_1"

    init() throws {
        var entry = LiveEntry(id: try #require(EntryID("0_ab12cd34")), partner: 102)
        entry.name = "Town \"hall\""
        entry.segmentDuration = 4000
        entry.dvrWindow = 120
        entry.explicitLive = true
        entry.viewMode = 0
        entry.recordedEntry = "0_rr55tt66"
        self.entry = entry
        key = DecisionKey(Credentials(entry: entry.id, partner: nil, server: .backup, token: Token("a1b2c3d4")))
    }

    private func book() -> RegistrationBook {
        var book = RegistrationBook()
        book.admitted(entry, .backup, key, now: 0)
        book.live(name + "~b", now: 0)
        for call in book.due(0) { _ = book.finished(call, .success(nil), now: 0, random: 0) }
        return book
    }

    @Test func `what is written is read again, and holds no token`() throws {
        var memory = PluginMemory()
        memory.backEnd = "https://www.example.com -5"
        memory.apps = ["kLive"]
        memory.onAir = book().saved
        memory.letIn = [(key, entry, 30_000)]
        let text = memory.text(wall: 1_790_000_000)
        #expect(!text.contains("a1b2c3d4"))
        let read = PluginMemory(text, wall: 1_790_000_010)
        #expect(read.backEnd == memory.backEnd && read.apps == memory.apps && read.onAir == memory.onAir)
        let one = try #require(read.letIn.first)
        #expect(one.key == key && one.entry == entry && one.age == 40_000)
        #expect(PluginMemory(text, wall: 1_789_999_000).letIn.isEmpty, "of another clock")
    }

    @Test(arguments: [
        "", "x", "{}", "[]", #"{"version":2,"on_air":[]}"#, #"{"version":1,"on_air":[{}],"let_in":[{}]}"#,
        #"{"version":1,"on_air":[{"entry":{"id":"0_ab12cd34","partnerId":1},"server":7,"keys":[],"streams":["x"]}]}"#,
        #"{"version":1,"let_in":[{"entry":{"id":"0_ab12cd34","partnerId":1},"server":0,"key":{"partner":1,"token_sha256":"zz"},"at":1}]}"#,
        #"{"version":1,"let_in":[{"entry":{"id":"0_ab12cd34","partnerId":1},"server":0,"key":{"partner":1e99,"token_sha256":""},"at":1}]}"#,
    ])
    func `what cannot be read is left out`(text: String) {
        let read = PluginMemory(text, wall: 100)
        #expect(read.onAir.isEmpty && read.letIn.isEmpty)
    }

    @Test func `who is on air still keeps what it has, without a question, and is registered again`() {
        var book = RegistrationBook()
        #expect(book.restore(self.book().saved, now: 5000) { _ in .live }.isEmpty)
        #expect(book.standing(key) { _ in name + "~b" } == .good(entry))
        let wrong = DecisionKey(Credentials(entry: entry.id, partner: nil, server: .backup, token: Token("x")))
        #expect(book.standing(wrong) { _ in name + "~b" } == .unknown)
        #expect(book.due(5000).map(\.input.server) == [.backup])
        #expect(book.ended(name + "~b", now: 6000)?.kind == .unregister)
    }

    @Test func `who waits for its encoder is registered, but asked about when it is back`() {
        var book = RegistrationBook()
        #expect(book.restore(self.book().saved, now: 5000) { _ in .lost }.isEmpty)
        #expect(book.standing(key) { _ in name + "~b" } == .unknown && book.count == 1)
        #expect(book.due(5000).count == 1)
    }

    @Test func `what ended meanwhile is withdrawn, once, and only what the back end was told of`() throws {
        var book = RegistrationBook()
        let over = book.restore(self.book().saved, now: 5000) { _ in .gone }
        #expect(over.map(\.kind) == [.unregister] && over.first?.partner == 102 && book.count == 0)
        var untold = self.book().saved
        untold[0].isTold = false
        #expect(book.restore(untold, now: 5000) { _ in .gone }.isEmpty)
        var silent = APISettings()
        silent.registers = false
        book.configure(silent)
        #expect(book.restore(self.book().saved, now: 5000) { _ in .gone }.isEmpty)
    }

    @Test func `a registration that is put off comes later`() throws {
        var book = RegistrationBook()
        _ = book.restore(self.book().saved, now: 0) { _ in .live }
        let call = try #require(book.due(0).first)
        #expect(book.streams(of: call.input) == [name + "~b"])
        book.postpone(call, now: 0)
        #expect(book.due(4999).isEmpty && book.due(5000).count == 1)
    }

    @Test func `the grace time goes on in another generation, and is no longer than it was`() throws {
        let question = { CatalogueQuestion(credentials: $0, source: "192.0.2.1", hostname: nil, now: 0) }
        let credentials = Credentials(entry: entry.id, partner: nil, server: .backup, token: Token("a1b2c3d4"))
        for (age, isLetIn) in [(599_000, true), (601_000, false)] as [(UInt64, Bool)] {
            var cache = DecisionCache()
            cache.remember([(key, entry, age)], now: 5)
            #expect(cache.begin(key, source: question(credentials).source, now: 5, wall: 0) == .ask)
            let answer = cache.finish(key, source: "192.0.2.1", result: .failure(Refusal(.backendDown)), now: 5, wall: 0)
            #expect((try? answer.get()) == (isLetIn ? entry : nil))
            #expect(cache.remembered(5).count == (isLetIn ? 1 : 0))
        }
    }
}
