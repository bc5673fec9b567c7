import KalturaCore
import Testing

/// One question per broadcast and input; the last good answer when there is none.
@Suite struct ProfileBookTests {
    private let entry: LiveEntry
    private let key: StreamKey

    init() throws {
        let id = try #require(EntryID("0_ab12cd34"))
        entry = LiveEntry(id: id, partner: 102)
        key = StreamKey(entry: id, server: .primary, index: 1)
    }

    private let good = ProfileAnswer.ladder("{1}", problems: [])
    private let refused = ProfileAnswer.refused(Refusal(.noProfile, detail: "no"))

    private func input(_ height: UInt32) -> ProfileInput {
        var input = ProfileInput()
        input.height = height
        return input
    }

    private func took(_ book: inout ProfileBook, _ answer: ProfileAnswer, _ input: ProfileInput = ProfileInput(), now: UInt64 = 0)
        -> Result<String?, Refusal>
    {
        book.took(answer, of: key, entry, input, fallback: nil, now: now)
    }

    @Test func `a broadcast is asked for once, and again when its tracks are known`() {
        var book = ProfileBook()
        #expect(book.current(key, now: 0) == nil && !book.live(key) && book.question(key, input(1)) == nil)
        #expect(took(&book, good) == .success("{1}") && book.current(key, now: 59_999) == .success("{1}"))
        #expect(book.live(key) && !book.live(key))
        #expect(book.question(key, input(720)) == entry)
        #expect(took(&book, .ladder("{2}", problems: []), input(720)) == .success("{2}"))
        #expect(book.question(key, input(720)) == nil)
        #expect(book.current(key, now: 1_000_000) == .success("{2}"), "as long as it is on air")
        #expect(book.live(key) && book.question(key, nil) == nil, "nothing is known of it")
        book.ended(key, now: 1_000_000)
        #expect(book.current(key, now: 1_000_000) == nil)
    }

    @Test func `what was let in and does not come is asked for anew`() {
        var book = ProfileBook()
        _ = took(&book, good)
        #expect(book.current(key, now: 60_000) == nil)
    }

    @Test func `without an answer the last good one holds for the grace time, then the fallback, then nothing`() {
        var book = ProfileBook()
        #expect((try? took(&book, .failed("away")).get()) == nil && book.count == 0)
        #expect(book.took(.failed("away"), of: key, entry, ProfileInput(), fallback: "{f}", now: 0) == .success("{f}"))
        _ = took(&book, good)
        _ = book.live(key)
        #expect(took(&book, .failed("away"), input(720), now: 9_000_000) == .success("{1}"), "on air")
        book.ended(key, now: 9_000_000)
        #expect(took(&book, .failed("away"), now: 9_599_999) == .success("{1}"), "within the grace time")
        book.ended(key, now: 9_600_000)
        guard case .failure(let refusal) = took(&book, .failed("away"), now: 10_200_000) else {
            Issue.record("beyond the grace time")
            return
        }
        #expect(refusal.reason == .noProfile)
    }

    @Test func `a refusal holds for two seconds, and of what is on air until something else is known`() {
        var book = ProfileBook()
        _ = took(&book, .failed("away"))
        #expect(book.current(key, now: 0) == nil, "nobody said no")
        _ = took(&book, refused)
        #expect(book.current(key, now: 1_999) == .failure(Refusal(.noProfile, detail: "no")))
        #expect(book.current(key, now: 2_000) == nil && book.count == 0)
        _ = took(&book, good)
        #expect(book.current(key, now: 0) == .success("{1}"))
        _ = book.live(key)
        _ = took(&book, refused, input(90))
        #expect(book.current(key, now: 0) == .failure(Refusal(.noProfile, detail: "no")))
    }

    @Test func `of a stream on air that nothing is known of the lack of an answer says nothing`() {
        var book = ProfileBook()
        let away = ProfileAnswer.failed("away")
        #expect(
            book.took(away, of: key, entry, input(720), fallback: nil, isOnAir: true, now: 0) == .success(nil) && book.count == 0)
        #expect(book.took(good, of: key, entry, input(720), fallback: nil, isOnAir: true, now: 0) == .success("{1}"))
        #expect(book.current(key, now: 1_000_000) == .success("{1}"), "it is live")
        #expect(book.live(key) && book.question(key, input(720)) == nil)
    }

    @Test func `the next generation has the last good answers, and asks anew`() {
        var book = ProfileBook()
        let ladder = #"{"renditions":[{"name":"a","stream":"b","video":"pass"}]}"#
        _ = book.took(.ladder(ladder, problems: []), of: key, entry, ProfileInput(), fallback: nil, now: 0)
        #expect(book.revision == 1)
        var next = ProfileBook()
        next.restore(book.text, now: 5_000)
        #expect(next.count == 1 && next.current(key, now: 5_000) == nil)
        #expect(took(&next, .failed("away"), now: 6_000) == .success(ladder))
        for text in [
            "", "[]", #"{"version":2}"#, #"{"version":1,"ladders":[{},{"stream":"x"}]}"#,
            book.text.replacing("pass", with: "past"),
        ] {
            var other = ProfileBook()
            other.restore(text, now: 0)
            #expect(other.count == 0)
        }
    }

    @Test func `it is bounded`() throws {
        var book = ProfileBook()
        for index in 0..<Int32(9_000) {
            let key = StreamKey(entry: entry.id, server: .primary, index: index)
            _ = book.took(good, of: key, entry, ProfileInput(), fallback: nil, now: 0)
            if index % 2 == 0 { _ = book.live(key) }
        }
        #expect(book.count <= 4_000)
    }
}
