import KalturaCore
import TestSupport
import Testing

@Suite struct AddressRefusalTests {
    static let whole = "p=102&e=0_ab12cd34&i=0&t=a1b2c3d4"

    /// The rows of SPEC §2.4 and the limits of §2.3.
    static let rows: [(name: String, text: AddressText, lookup: Bool, reason: RefusalReason?)] = [
        ("nothing missing", address("rtmp://h/kLive?\(whole)"), true, nil),
        ("A without e", address("rtmp://h/kLive?p=102&i=0&t=x", "1"), true, .missingEntry),
        ("A with an empty e", address("rtmp://h/kLive?p=102&i=0&t=x&e=", "1"), true, .missingEntry),
        ("C without e", address("rtmp://h/kLive/p/102/i/0/t/x", "1"), true, .missingEntry),
        ("F without e", address("rtmp://h/kLive", "1?p=102&i=0&t=x"), true, .missingEntry),
        ("A without t", address("rtmp://h/kLive?p=102&i=0&e=0_ab12cd34"), true, .missingToken),
        ("B without t", address("rtmp://0_ab12cd34.p.live.example.test/kLive", "1"), true, .missingToken),
        ("C without t", address("rtmp://h/kLive/p/102/i/0/e/0_ab12cd34"), true, .missingToken),
        ("F without t", address("rtmp://h/kLive", "0_ab12cd34_1?p=102&i=0"), true, .missingToken),
        ("F without anything", address("rtmp://h/kLive", "0_ab12cd34_1"), true, .missingToken),
        ("A without p, looked up", address("rtmp://h/kLive?i=0&e=0_ab12cd34&t=x"), true, nil),
        ("A without p, no look-up", address("rtmp://h/kLive?i=0&e=0_ab12cd34&t=x"), false, .missingPartner),
        ("A with the unknown partner", address("rtmp://h/kLive?p=-5&i=0&e=0_ab12cd34&t=x"), false, .missingPartner),
        ("C without p, no look-up", address("rtmp://h/kLive/i/0/e/0_ab12cd34/t/x"), false, .missingPartner),
        ("F without p, no look-up", address("rtmp://h/kLive", "0_ab12cd34_1?i=0&t=x"), false, .missingPartner),
        ("B without p", address("rtmp://0_ab12cd34.p.live.example.test/kLive?t=x", "1"), false, nil),
        ("A without i", address("rtmp://h/kLive?p=102&e=0_ab12cd34&t=x"), true, .missingIndex),
        ("C without i", address("rtmp://h/kLive/p/102/e/0_ab12cd34/t/x"), true, .missingIndex),
        ("F without i", address("rtmp://h/kLive", "0_ab12cd34_1?p=102&t=x"), true, .missingIndex),
        ("B without i", address("rtmp://0_ab12cd34.b.live.example.test/kLive?p=102&t=x", "1"), true, nil),
        ("i = 2", address("rtmp://h/kLive?p=102&e=0_ab12cd34&t=x&i=2"), true, .invalidServerIndex),
        ("i = 00", address("rtmp://h/kLive?p=102&e=0_ab12cd34&t=x&i=00"), true, .invalidServerIndex),
        ("i = -1", address("rtmp://h/kLive?p=102&e=0_ab12cd34&t=x&i=-1"), true, .invalidServerIndex),
        ("p = abc", address("rtmp://h/kLive?p=abc&e=0_ab12cd34&t=x&i=0"), true, .badRequest),
        ("p = +5", address("rtmp://h/kLive?p=+5&e=0_ab12cd34&t=x&i=0"), true, .badRequest),
        ("p = 2^31", address("rtmp://h/kLive?p=2147483648&e=0_ab12cd34&t=x&i=0"), true, .badRequest),
        ("p = 2^31 - 1", address("rtmp://h/kLive?p=2147483647&e=0_ab12cd34&t=x&i=0"), true, nil),
        ("p = -", address("rtmp://h/kLive?p=-&e=0_ab12cd34&t=x&i=0"), true, .badRequest),
        ("e = short", address("rtmp://h/kLive?p=1&e=0_ab12cd3&t=x&i=0"), true, .noEntry),
        ("e = long", address("rtmp://h/kLive?p=1&e=0_ab12cd345&t=x&i=0"), true, .noEntry),
        ("e = injection", address("rtmp://h/kLive?p=1&e=0_ab12'--&t=x&i=0"), true, .noEntry),
        ("4096 bytes", address(filled(4096)), true, nil),
        ("4097 bytes", address(filled(4097)), true, .badRequest),
        ("4097 bytes with the stream", address(filled(4092), "0_ab"), true, .badRequest),
        ("64 pairs", address("rtmp://h/kLive?\(whole)" + String(repeating: "&x=1", count: 60)), true, nil),
        ("65 pairs", address("rtmp://h/kLive?\(whole)" + String(repeating: "&x=1", count: 61)), true, .badRequest),
        ("a key of 64", address("rtmp://h/kLive?\(whole)&" + String(repeating: "k", count: 64) + "=1"), true, nil),
        ("a key of 65", address("rtmp://h/kLive?\(whole)&" + String(repeating: "k", count: 65) + "=1"), true, .badRequest),
        ("a value of 512", address("rtmp://h/kLive?\(whole)&x=" + String(repeating: "v", count: 512)), true, nil),
        ("a value of 513", address("rtmp://h/kLive?\(whole)&x=" + String(repeating: "v", count: 513)), true, .badRequest),
        ("D without e", address("rtsp://h/kLive/1?p=102&i=0&t=x"), true, .missingEntry),
        ("D without t", address("rtsp://h/kLive/0_ab12cd34_1?p=102&i=0"), true, .missingToken),
        ("D without p, no look-up", address("rtsp://h/kLive/0_ab12cd34_1?i=0&t=x"), false, .missingPartner),
        ("D without p, looked up", address("rtsp://h/kLive/0_ab12cd34_1?i=0&t=x"), true, nil),
        ("D without i", address("rtsp://h/kLive/0_ab12cd34_1?p=102&t=x"), true, .missingIndex),
        ("E without e", srt("#:::st=0,p=x"), true, .missingEntry),
        ("E with an empty e", srt("#:::e=,p=x"), true, .missingEntry),
        ("E without p and ep", srt("#:::e=0_ab12cd34,st=0"), true, .missingToken),
        ("E with an empty p", srt("#:::e=0_ab12cd34,p="), true, .missingToken),
        ("E is always looked up", srt("#:::e=0_ab12cd34,p=x"), false, nil),
        ("E, st = 2", srt("#:::e=0_ab12cd34,p=x,st=2"), true, .invalidServerIndex),
        ("E, s = a", srt("#:::e=0_ab12cd34,p=x,s=a"), true, .badStreamIndex),
        ("E, s = 10 digits", srt("#:::e=0_ab12cd34,p=x,s=1234567890"), true, .badStreamIndex),
        ("E, e = short", srt("#:::e=0_ab12cd3,p=x"), true, .noEntry),
        ("E, another mark", srt("#::e=0_ab12cd34,p=x"), true, .missingEntry),
        ("E, keys are case-sensitive", srt("#:::E=0_ab12cd34,P=x"), true, .missingEntry),
        ("E, 64 items", srt("#:::e=0_ab12cd34,p=x" + String(repeating: ",y=1", count: 62)), true, nil),
        ("E, 65 items", srt("#:::e=0_ab12cd34,p=x" + String(repeating: ",y=1", count: 63)), true, .badRequest),
        ("E, a value of 513", srt("#:::e=0_ab12cd34,p=" + String(repeating: "v", count: 513)), true, .badRequest),
        ("E, 4097 bytes", srt("#:::e=0_ab12cd34,p=x" + String(repeating: ",", count: 4077)), true, .badRequest),
        ("E, a token with NUL", srt("#:::e=0_ab12cd34,p=a\u{0}b"), true, .badRequest),
        ("a token with NUL", address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a%00b"), true, .badRequest),
        ("a token that is no text", address("rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a%FFb"), true, .badRequest),
    ]

    /// A good address of exactly that length: parts without `=` are no pairs.
    static func filled(_ length: Int) -> String {
        let start = "rtmp://h/kLive?\(whole)&"
        return start + String(repeating: "&", count: length - start.utf8.count)
    }

    @Test(arguments: rows.indices) func `each missing or wrong part has its reason`(number: Int) {
        let row = Self.rows[number]
        var rules = AddressRules.withSuffix
        rules.partnerLookup = row.lookup
        #expect(reason(row.text, rules) == row.reason, "\(row.name)")
    }

    @Test func `an installation of its own partner refuses others without a question`() throws {
        var rules = AddressRules()
        rules.ownPartner = 102
        rules.partnerLookup = false
        #expect(reason(address("rtmp://h/kLive?p=103&e=0_ab12cd34&i=0&t=x"), rules) == .partnerMismatch)
        let parsed = try BroadcastAddress(address("rtmp://h/kLive?e=0_ab12cd34&i=0&t=x"), rules: rules)
        #expect(try parsed.credentials(rules).partner == 102)
    }

    @Test func `ten thousand random addresses are parsed or refused, and never show their token`() {
        var random = SeededGenerator(seed: 0x5EED)
        let pieces = [
            "rtmp://", "h", "0_ab12cd34", ".p.", ".b.", "live.example.test", ":1935", "/", "kLive", "?", "&", "=", "#", "%",
            "%00", "%ff",
            "p=", "e=", "i=", "t=", "102", "-5", "0", "1", "t=SECRETTOKEN", "p/102", "/t/SECRETTOKEN", "_1", "é", "\u{0}", "[",
            "]", "@", "..",
            "rtsp://", ",", "e=0_ab12cd34,", "p=SECRETTOKEN", "ep=SECRETTOKEN", "st=", "99999999999", "SECRETTOKEN", "_definst_",
            "1_", "-",
        ]
        func piece() -> String { pieces.randomElement(using: &random) ?? "" }
        for _ in 0..<10_000 {
            let tcURL = (0..<Int.random(in: 0...12, using: &random)).map { _ in piece() }.joined()
            let app = (0..<Int.random(in: 0...6, using: &random)).map { _ in piece() }.joined()
            let stream = (0..<Int.random(in: 0...6, using: &random)).map { _ in piece() }.joined()
            let id = Bool.random(using: &random) ? ["#:::", "#!::", ""].randomElement(using: &random).map { $0 + stream } : nil
            let text = AddressText(
                tcURL: tcURL, app: app, stream: Bool.random(using: &random) ? stream : nil, host: piece(), streamID: id)
            let shown = MaskedAddress(text, rules: .withSuffix).description
            #expect(!shown.contains("CRETTOKEN") || AddressURLHost.holdsToken(text), "\(shown)")
            guard let parsed = try? BroadcastAddress(text, rules: .withSuffix) else { continue }
            _ = try? parsed.credentials(.withSuffix)
            #expect(
                !"\(parsed)".contains("SECRETTOKEN") || parsed.token == nil || !"\(parsed.token as Any)".contains("SECRETTOKEN"))
        }
    }
}

/// A token in the place of the host cannot be told from a host.
enum AddressURLHost {
    static func holdsToken(_ text: AddressText) -> Bool {
        let authority = text.tcURL.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        return text.host.contains("SECRETTOKEN") || authority.contains("SECRETTOKEN")
    }
}
