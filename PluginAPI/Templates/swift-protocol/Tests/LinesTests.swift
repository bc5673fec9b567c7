import Testing

@testable import swift_protocol

/// The plugin's own logic: no server, no sockets.
@Suite struct LinesTests {
    @Test func linesComeWhole() throws {
        var lines = Lines()
        let found = try "one\r\ntwo\n\nthree".utf8.compactMap { try lines.take($0) }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == ["one", "two", ""])
    }

    @Test func aLineHasALimit() throws {
        var lines = Lines()
        for _ in 0..<Lines.limit { #expect(try lines.take(0x78) == nil) }
        #expect(throws: (any Error).self) { try lines.take(0x78) }
    }
}
