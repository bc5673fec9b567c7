import Testing

@testable import HostConfig

@Suite("Texts that were read before")
struct KnownTextsTests {
    @Test("a known text is not read again, another one is, also where only the form of its characters differs")
    func known() {
        var texts = KnownTexts<Int>()
        texts.remember(1, of: "a = 1")
        texts.remember(2, of: "caf\u{E9} = 1")
        #expect(texts.meaning(of: "a = 1") == 1)
        #expect(texts.meaning(of: "a = 2") == nil)
        #expect(texts.meaning(of: "caf\u{E9} = 1") == 2)
        #expect(texts.meaning(of: "cafe\u{301} = 1") == nil)
    }

    @Test("the text used longest ago goes first, by number and by bytes; one that is too long is not kept")
    func bounds() {
        var byNumber = KnownTexts<Int>(countLimit: 2)
        for (number, text) in ["a", "b"].enumerated() { byNumber.remember(number, of: text) }
        #expect(byNumber.meaning(of: "a") == 0)
        byNumber.remember(2, of: "c")
        #expect(byNumber.meaning(of: "b") == nil)
        #expect(byNumber.meaning(of: "a") == 0)
        #expect(byNumber.meaning(of: "c") == 2)

        var byBytes = KnownTexts<Int>(byteLimit: 10)
        for (number, text) in ["aaaa", "bbbb", "cccc", "dddddddddddd"].enumerated() { byBytes.remember(number, of: text) }
        #expect(byBytes.meaning(of: "aaaa") == nil)
        #expect(byBytes.meaning(of: "bbbb") == 1)
        #expect(byBytes.meaning(of: "cccc") == 2)
        #expect(byBytes.meaning(of: "dddddddddddd") == nil)
    }

    @Test("a document says the same when it is read again, under the new file's name; a faulty text is refused each time")
    func documents() throws {
        let text = "[known]\nkey = [1, { two = \"2\" }]\n"
        let first = try TOMLDocument(text, file: "first.toml")
        let again = try TOMLDocument(text, file: "again.toml")
        #expect(first.root == again.root)
        #expect(again.file == "again.toml")
        #expect(again.position(of: ["known", "key"]) == SourcePosition(line: 2, column: 1))
        for _ in 0..<2 {
            #expect(throws: ConfigurationErrors.self) { try TOMLDocument("[known", file: "first.toml") }
            #expect(throws: ConfigurationErrors.self) { try TOMLDocument("known = 1979-05-27", file: "first.toml") }
        }
    }
}
