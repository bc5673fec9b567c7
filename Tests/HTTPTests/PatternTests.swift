import HostPaths
import Testing

@Suite struct PatternTests {
    static let matches: [(String, String, [QueryPair]?)] = [
        ("/{app}/{stream}/index.m3u8", "/live/a/index.m3u8", [QueryPair("app", "live"), QueryPair("stream", "a")]),
        ("/{app}/{stream}/index.m3u8", "/live/a/index.m3u", nil),
        ("/{app}/{stream}/index.m3u8", "/live/a/index.m3u8/", nil),
        ("/{app}/{stream}.flv", "/live/a.b.flv", [QueryPair("app", "live"), QueryPair("stream", "a.b")]),
        ("/{app}/{stream}.flv", "/live/.flv", nil),
        ("/{app}/{stream}.flv", "/live/a.FLV", nil),
        (
            "/{app}/{stream}/seg-{n}.m4s", "/l/a/seg-12.m4s",
            [QueryPair("app", "l"), QueryPair("stream", "a"), QueryPair("n", "12")]
        ),
        ("/{app}/{stream}/seg-{n}.m4s", "/l/a/seg-.m4s", nil),
        ("/{app}/{stream}/", "/l/a/", [QueryPair("app", "l"), QueryPair("stream", "a")]),
        ("/{app}/{stream}/", "/l/a", nil),
        ("/", "/", []),
        ("/{a}", "/%C3%A9%20", [QueryPair("a", "é ")]),
        ("/a{x}a", "/aa", nil),
        ("/a{x}a", "/aaa", [QueryPair("x", "a")]),
    ]

    @Test(arguments: matches)
    func match(_ pattern: String, _ target: String, _ parameters: [QueryPair]?) throws {
        #expect(try PathPattern(pattern).match(RequestPath(target)) == parameters)
    }

    static let overlaps: [(String, String, Bool)] = [
        ("/{app}/{stream}.flv", "/{app}/{stream}.ts", false),
        ("/{app}/{stream}.flv", "/{a}/{b}", true),
        ("/{app}/{stream}.flv", "/live/{x}", true),
        ("/{app}/{stream}/index.m3u8", "/{app}/{stream}/{file}.m4s", false),
        ("/{app}/{stream}/index.m3u8", "/{app}/{stream}/{file}.m3u8", true),
        ("/{app}/{stream}/", "/{app}/{stream}", false),
        ("/a/b", "/a/b", true), ("/a/b", "/a/c", false), ("/a", "/a/b", false),
        ("/pre{x}", "/p{y}fix", true), ("/pre{x}", "/q{y}", false),
        ("/{x}.m4s", "/{x}m4s", true), ("/ab{x}", "/ab", false), ("/ab{x}", "/abc", true),
    ]

    @Test(arguments: overlaps)
    func overlap(_ left: String, _ right: String, _ expected: Bool) throws {
        #expect(try PathPattern(left).overlaps(PathPattern(right)) == expected)
        #expect(try PathPattern(right).overlaps(PathPattern(left)) == expected)
    }

    static let refused: [(String, PatternError)] = [
        ("", .notAbsolute), ("a", .notAbsolute), ("/a//b", .emptyPart), ("/{a", .badBraces(part: 1)),
        ("/a/{b}{c}", .badBraces(part: 2)),
        ("/}a{", .badBraces(part: 1)), ("/{}", .badParameterName(part: 1)), ("/{a-b}", .badParameterName(part: 1)),
        ("/{a}/{a}", .repeatedParameter("a")), ("/..", .forbiddenLiteral(part: 1)), ("/a\\b", .forbiddenLiteral(part: 1)),
        ("/é{x}", .forbiddenLiteral(part: 1)), (String(repeating: "/a", count: 33), .tooManyParts),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ error: PatternError) {
        #expect(throws: error) { try PathPattern(text) }
    }
}
