import TestSupport
import Testing

@testable import RTMPCore

struct AddressCase: Sendable, CustomTestStringConvertible {
    var tcUrl: String
    var app: String
    var name: String
    var path = ""
    var query = ""
    var pairs: [String] = []
    var testDescription: String { "\(tcUrl) \(app)" }

    static let all: [AddressCase] = [
        AddressCase(tcUrl: "rtmp://h/live", app: "live", name: "live"),
        AddressCase(tcUrl: "rtmp://h:1935/live/", app: "live/", name: "live"),
        AddressCase(tcUrl: "rtmp://h/live/inst", app: "live/inst", name: "live", path: "inst"),
        AddressCase(tcUrl: "", app: "/live", name: "live"),
        AddressCase(tcUrl: "rtmp://h/live?x=1", app: "", name: "live", query: "x=1", pairs: ["x=1"]),
        AddressCase(
            tcUrl: "rtmp://h/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", app: "kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4",
            name: "kLive", query: "p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", pairs: ["p=102", "e=0_ab12cd34", "i=0", "t=a1b2c3d4"]),
        AddressCase(
            tcUrl: "rtmp://h/kLive", app: "kLive?p=102&e=0_a", name: "kLive", query: "p=102&e=0_a", pairs: ["p=102", "e=0_a"]),
        AddressCase(
            tcUrl: "rtmp://h/kLive/p/102/e/0_ab12cd34/i/0/t/a1b2c3d4", app: "kLive/p/102/e/0_ab12cd34/i/0/t/a1b2c3d4",
            name: "kLive", path: "p/102/e/0_ab12cd34/i/0/t/a1b2c3d4"),
        AddressCase(
            tcUrl: "rtmp://h/a?x=%41%zz=b&&y&z=", app: "a", name: "a", query: "x=%41%zz=b&&y&z=", pairs: ["x=A%zz=b", "z="]),
        AddressCase(tcUrl: "rtmp://h/a?x=1#y=2", app: "a", name: "a", query: "x=1#y=2", pairs: ["x=1"]),
        AddressCase(tcUrl: "not an address", app: "a", name: "a"),
    ]
}

@Suite struct AddressTests {
    @Test(arguments: AddressCase.all)
    func addressesAreTakenApart(example: AddressCase) throws {
        let address = try RTMPAddress(tcUrl: example.tcUrl, app: example.app)
        #expect(address.app.text == example.name)
        #expect(address.path == example.path)
        #expect(address.query.raw == example.query)
        #expect(address.query.pairs.map { "\($0.key)=\($0.value)" } == example.pairs)
    }

    @Test(
        arguments: [
            ("rtmp://example.org:1936/a", "example.org", 1936), ("RTMPS://[::1]:443/a", "::1", 443), ("rtmp://h/a", "h", nil),
            ("rtmp://h:99999/a", "h", nil), ("rtmp://h?x=1", "h", nil),
        ] as [(String, String, UInt16?)])
    func hostAndPort(tcUrl: String, host: String, port: UInt16?) throws {
        let address = try RTMPAddress(tcUrl: tcUrl, app: "a")
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.scheme == (tcUrl.hasPrefix("RTMPS") ? "rtmps" : "rtmp"))
    }

    @Test(
        arguments: [
            ("", RTMPNameFault.missing), ("/", .missing), ("?x=1", .missing), ("..", .dotPart), (".", .dotPart),
            ("a\nb", .controlCharacter),
            ("a\u{0}", .controlCharacter), ("a\u{85}", .controlCharacter), ("a\u{2028}b", .controlCharacter),
            ("a\u{FFFD}", .notUTF8),
            ("../a", .severalParts), ("a/b", .severalParts), ("a/\u{301}b", .severalParts), ("a?x=\n", .controlCharacter),
            (String(repeating: "é", count: 128), .tooLong(limit: 255)),
            (String(repeating: "x", count: 5000), .tooLong(limit: 4096)),
        ] as [(String, RTMPNameFault)])
    func badStreamNamesHaveAReason(raw: String, fault: RTMPNameFault) {
        #expect(throws: fault) { try RTMPStreamAddress(raw) }
    }

    @Test(arguments: [
        ("key", "key", ""), ("/key/", "key", ""), ("mp4:key", "key", ""), ("flv:/key?token=s", "key", "token=s"),
        ("0_ab12cd34_1?p=102&i=0&t=a1b2", "0_ab12cd34_1", "p=102&i=0&t=a1b2"), ("%2e%2e", "%2e%2e", ""),
        ("a?\u{301}t=1", "a", "\u{301}t=1"),
        ("a:b", "a:b", ""), ("日本", "日本", ""),
    ])
    func streamNames(raw: String, name: String, query: String) throws {
        let address = try RTMPStreamAddress(raw)
        #expect(address.name.text == name)
        #expect(address.query.raw == query)
    }

    @Test func tooManyPairs() {
        let query = (0..<65).map { "k\($0)=v" }.joined(separator: "&")
        #expect(throws: RTMPNameFault.tooManyPairs(limit: 64)) { try RTMPStreamAddress("a?" + query) }
    }

    @Test func randomTextNeverTraps() {
        var random = SeededGenerator(seed: 4)
        let parts = ["/", "?", "&", "=", "%", "%4", "..", ":", "//", "rtmp", "[", "]", "#", "\u{301}", "é", "a", "\n", "1935"]
        for _ in 0..<10_000 {
            let text = (0..<Int(random.next() % 12)).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
            if let address = try? RTMPAddress(tcUrl: text, app: "") {
                #expect(!address.app.text.utf8.contains(UInt8(ascii: "/")))
            }
            if let address = try? RTMPStreamAddress(text) { #expect(![".", "..", ""].contains(address.name.text)) }
        }
    }
}
