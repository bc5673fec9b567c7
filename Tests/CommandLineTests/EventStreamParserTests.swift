import Testing

@testable import sluice

@Suite struct EventStreamParserTests {
    static let cases: [(name: String, text: String, events: [EventStreamParser.Event])] = [
        ("one", "event: a\ndata: 1\n\n", [.init(name: "a", data: "1")]),
        ("carriage returns", "event:a\r\ndata:1\r\rdata: 2\r\n\r\n", [.init(name: "a", data: "1"), .init(name: "", data: "2")]),
        ("several lines", "data: 1\ndata:  2\ndata\n\n", [.init(name: "", data: "1\n 2\n")]),
        ("comments and heartbeats", ": x\n\n\nevent: lost\n\nid: 7\nretry: 1\ndata: y\n\n", [.init(name: "", data: "y")]),
        ("unfinished", "data: 1\n", []),
    ]

    @Test(arguments: cases) func cutsWholeAndInDrips(name: String, text: String, events: [EventStreamParser.Event]) {
        var whole = EventStreamParser()
        #expect(whole.receive(text.utf8) == events)
        var dripped = EventStreamParser()
        #expect(text.utf8.flatMap { dripped.receive([$0]) } == events)
    }

    @Test func longLinesAreBounded() {
        var parser = EventStreamParser()
        let events = parser.receive(Array("data: ".utf8) + [UInt8](repeating: 0x78, count: 3 << 20) + Array("\n\n".utf8))
        #expect((events.first?.data.utf8.count ?? 0) <= EventStreamParser.lineLimit)
    }
}
