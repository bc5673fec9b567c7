import HostPaths
import Testing

@Suite struct PathTests {
    struct Good: Sendable {
        let target: String
        let parts: [String]
        var slash = false
        var query: [QueryPair] = []
        var token: String?
    }

    static let good: [Good] = [
        Good(target: "/", parts: [], slash: true),
        Good(target: "/live/a/index.m3u8", parts: ["live", "a", "index.m3u8"]),
        Good(target: "/live/a/", parts: ["live", "a"], slash: true),
        Good(target: "/a%20b/%C3%A9", parts: ["a b", "é"]),
        Good(target: "/%252e%252e%252fetc", parts: ["%2e%2e%2fetc"]),
        Good(target: "/..../...", parts: ["....", "..."]),
        Good(target: "/a+b?x=a+b&y=%2B", parts: ["a+b"], query: [QueryPair("x", "a b"), QueryPair("y", "+")]),
        Good(target: "/a?", parts: ["a"]),
        Good(
            target: "/a?&&k&=v&k=1=2?3/", parts: ["a"], query: [QueryPair("k", ""), QueryPair("", "v"), QueryPair("k", "1=2?3/")]),
        Good(target: "http://host:8080/a/b?c", parts: ["a", "b"], query: [QueryPair("c", "")]),
        Good(target: "HTTPS://h/", parts: [], slash: true),
        Good(target: "/live/a/~dG9rZW4-_/index.m3u8", parts: ["live", "a", "index.m3u8"], token: "dG9rZW4-_"),
        Good(target: "/live/a/~t/", parts: ["live", "a"], slash: true, token: "t"),
        Good(target: "/live/a/~t", parts: ["live", "a"], token: "t"),
        Good(target: "/live/a/%7Et/x", parts: ["live", "a", "x"], token: "t"),
        Good(target: "/live/~t/x", parts: ["live", "~t", "x"]),
        Good(target: "/live/a/x/~t", parts: ["live", "a", "x", "~t"]),
    ]

    @Test(arguments: good)
    func parses(_ good: Good) throws {
        let path = try RequestPath(good.target, cutsViewerToken: true)
        #expect(path.parts == good.parts)
        #expect(path.endsInSlash == good.slash)
        #expect(path.query == good.query)
        #expect(path.viewerToken == good.token)
    }

    static let refused: [(String, PathError)] = [
        ("", .notAbsolute), ("*", .notAbsolute), ("a/b", .notAbsolute), ("http://h", .notAbsolute), ("http:///a", .notAbsolute),
        ("ftp://h/a", .notAbsolute), ("host:80", .notAbsolute), ("http://h?/a", .notAbsolute),
        ("/..", .dotPart), ("/a/../b", .dotPart), ("/./a", .dotPart), ("/%2e%2e/etc/passwd", .dotPart), ("/%2E./a", .dotPart),
        ("/..%2f..%2fetc", .separator), ("/a%5cb", .separator), ("/..\\..\\etc", .separator), ("/a%2Fb", .separator),
        ("//a", .emptyPart), ("/a//b", .emptyPart), ("/a//", .emptyPart),
        ("/%c0%ae%c0%ae/", .invalidUTF8), ("/%ff", .invalidUTF8), ("/%ed%a0%80", .invalidUTF8), ("/a?x=%ff", .invalidUTF8),
        ("/a%00b", .controlCharacter), ("/a%0d%0aX:%20y", .controlCharacter), ("/%7f", .controlCharacter),
        ("/%C2%85", .controlCharacter), ("/x?u=%0d%0aInjected:%20yes", .controlCharacter), ("/x?%00=1", .controlCharacter),
        ("/%", .badPercent(offset: 1)), ("/a/%2", .badPercent(offset: 3)), ("/%zz", .badPercent(offset: 1)),
        ("/a?b=%g1", .badPercent(offset: 5)),
        ("/a b", .forbiddenByte(offset: 2)), ("/a#b", .forbiddenByte(offset: 2)), ("/é", .forbiddenByte(offset: 1)),
        ("/a\tb", .forbiddenByte(offset: 2)), ("/a\0", .forbiddenByte(offset: 2)),
        ("/l/a/~/x", .badViewerToken), ("/l/a/~a%20b/x", .badViewerToken), ("/l/a/~a=/x", .badViewerToken),
        ("/" + String(repeating: "a", count: 8192), .tooLong(bytes: 8193)),
        (String(repeating: "/a", count: 33), .tooManyParts),
        ("/a?" + String(repeating: "b&", count: 257), .tooManyPairs),
    ]

    @Test(arguments: refused)
    func refuses(_ target: String, _ error: PathError) {
        #expect(throws: error) { try RequestPath(target, cutsViewerToken: true) }
        #expect((400..<500).contains(error.status))
    }

    @Test func tokenIsAPartWhereItIsNotAskedFor() throws {
        let path = try RequestPath("/api/v1/~x/y")
        #expect(path.parts == ["api", "v1", "~x", "y"])
        #expect(path.viewerToken == nil)
    }

    @Test func rawTextIsKept() throws {
        let path = try RequestPath("/a%20b/?x=%41&y")
        #expect(path.rawPath == "/a%20b/")
        #expect(path.rawQuery == "x=%41&y")
        #expect(try RequestPath("/a").rawQuery == nil)
    }

    @Test func percentTable() {
        for byte in UInt8.min...UInt8.max {
            let digits = [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined()
            for text in ["%" + digits, "%" + digits.uppercased()] {
                #expect(PercentCoding.decode(text.utf8) == [byte])
            }
        }
        #expect(PercentCoding.decode("a+b".utf8) == Array("a+b".utf8))
        #expect(PercentCoding.decode("a+b".utf8, plusIsSpace: true) == Array("a b".utf8))
        #expect(PercentCoding.decode("%2".utf8) == nil)
        #expect(PercentCoding.encode("a/b ~é") == "a%2Fb%20~%C3%A9")
    }

    @Test func everyTruncationAndBitFlipParsesOrIsRefused() {
        var random = SplitMix(seed: 7)
        for good in PathTests.good {
            let bytes = Array(good.target.utf8)
            for count in 0...bytes.count { _ = try? RequestPath(target: bytes[..<count], cutsViewerToken: true) }
            for _ in 0..<200 where !bytes.isEmpty {
                var flipped = bytes
                flipped[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
                guard let path = try? RequestPath(target: flipped) else { continue }
                #expect(!path.parts.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("/") || $0.contains("\\") })
            }
        }
    }
}
