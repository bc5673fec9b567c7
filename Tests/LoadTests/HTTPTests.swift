import Testing

@testable import LoadCore

@Suite struct HTTPTests {
    static func read(_ pieces: [[UInt8]]) throws -> (heads: [HTTPHead], bodies: [[UInt8]]) {
        var reader = HTTPReader()
        var heads: [HTTPHead] = []
        var bodies: [[UInt8]] = []
        var body: [UInt8] = []
        for piece in pieces {
            piece.withUnsafeBytes { reader.append($0) }
            while let event = try reader.next() {
                switch event {
                case .head(let head): heads.append(head)
                case .body(let more): body += more
                case .end:
                    bodies.append(body)
                    body = []
                }
            }
        }
        if !body.isEmpty { bodies.append(body) }
        return (heads, bodies)
    }

    @Test(arguments: Feed.allCases) func responsesOneAfterTheOther(feed: Feed) throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
            + "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nConnection: close\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwxyz\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
            + "HTTP/1.0 200 OK\r\n\r\nto the end"
        let (heads, bodies) = try Self.read(feed.pieces(Array(text.utf8)))
        #expect(heads.map(\.status) == [200, 404, 200, 200])
        #expect(heads.map(\.closes) == [false, true, false, true])
        #expect(bodies.map { String(decoding: $0, as: UTF8.self) } == ["abc", "", "wxyz0123456789", "to the end"])
    }

    @Test func bodyMayBeDroppedUnseen() throws {
        var reader = HTTPReader()
        Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab".utf8).withUnsafeBytes { reader.append($0) }
        #expect(reader.droppable == 0)
        #expect(try reader.next() == .head(HTTPHead(status: 200, contentLength: 10)))
        #expect(try reader.next() == .body(Array("ab".utf8)))
        #expect(reader.droppable == 8)
        reader.dropped(5)
        #expect(reader.droppable == 3)
        reader.dropped(3)
        #expect(try reader.next() == .end)
    }

    @Test(arguments: ["HTP/1.1 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n"])
    func malformedHeads(text: String) { #expect(throws: WireFault.httpHead) { try Self.read([Array(text.utf8)]) } }

    @Test(arguments: ["zz\r\n", "-4\r\nabcd\r\n", "1\r\nabc\r\n"])
    func malformedChunks(text: String) {
        let all = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text
        #expect(throws: WireFault.httpChunk) { try Self.read([Array(all.utf8)]) }
    }
}
