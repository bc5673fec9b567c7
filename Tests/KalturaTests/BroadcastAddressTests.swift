import KalturaCore
import TestSupport
import Testing

@Suite struct BroadcastAddressTests {
    /// Every form of SPEC §2.1, in the variants in which encoders send them.
    static let forms: [(name: String, text: AddressText, form: BroadcastAddress.Form, server: ServerIndex, partner: Int32?)] = [
        ("A", address("rtmp://h/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", "0_ab12cd34_1"), .query, .primary, 102),
        ("A'", address("rtmp://h:1935/kLive?p=102&e=0_ab12cd34&i=1&t=a1b2c3d4", "0_ab12cd34_1"), .query, .backup, 102),
        (
            "A, tcUrl without query",
            AddressText(
                tcURL: "rtmp://h/kLive", app: "kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", stream: "0_ab12cd34_1"), .query,
            .primary,
            102
        ),
        (
            "A, no tcUrl", AddressText(tcURL: "", app: "kLive?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", stream: "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        (
            "A, slashes behind", address("rtmp://h/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4///", "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        (
            "A, stream pasted behind", address("rtmp://h/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4/0_ab12cd34_1", "0_ab12cd34_1"),
            .query, .primary, 102
        ),
        (
            "A, cut at #", address("rtmp://h/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4#t=other", "0_ab12cd34_1"), .query, .primary,
            102
        ),
        (
            "A, last wins", address("rtmp://h/kLive/?p=1&t=no&p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        (
            "A, decoded once", address("rtmp://h/kLive/?p=102&e=0%5Fab12cd34&i=0&t=%61%31b2c3d4", "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        (
            "A, part without =", address("rtmp://h/kLive/?x&p=102&e=0_ab12cd34&&i=0&t=a1b2c3d4&", "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        ("A, secure", address("rtmps://h:443/KLIVE/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", "0_ab12cd34_1"), .query, .primary, 102),
        ("A, e from the stream", address("rtmp://h/kLive/?p=102&i=0&t=a1b2c3d4", "0_ab12cd34_1"), .query, .primary, 102),
        ("B", address("rtmp://0_ab12cd34.p.live.example.test:1935/kLive/?t=a1b2c3d4", "0_ab12cd34_1"), .query, .primary, nil),
        ("B, backup", address("rtmp://0_ab12cd34.b.live.example.test/kLive/?t=a1b2c3d4", "0_ab12cd34_1"), .query, .backup, nil),
        (
            "B, e ignored, p and i win",
            address("rtmp://0_ab12cd34.b.live.example.test/kLive/?t=a1b2c3d4&e=0_zzzzzzzz&p=102&i=0", "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        ("B'", address("rtmp://0-ab12cd34.p.live.example.test/kLive/?t=a1b2c3d4", "0_ab12cd34_1"), .query, .primary, nil),
        (
            "B, token in the stream", address("rtmp://0-AB12CD34.P.Live.Example.Test./kLive", "1?t=a1b2c3d4"), .streamKey,
            .primary, nil
        ),
        ("C", address("rtmp://h/kLive/p/102/e/0_ab12cd34/i/0/t/a1b2c3d4", "0_ab12cd34_1"), .path, .primary, 102),
        ("C, split early", address("rtmp://h/kLive/p", "102/e/0_ab12cd34/i/0/t/a1b2c3d4/0_ab12cd34_1"), .path, .primary, 102),
        ("C, default instance", address("rtmp://h/kLive/_definst_/p/102/e/0_ab12cd34/i/0/t/a1b2c3d4", "1"), .path, .primary, 102),
        ("F", address("rtmp://h/kLive", "0_ab12cd34_1?p=102&i=0&t=a1b2c3d4"), .streamKey, .primary, 102),
        ("F, foreign query", address("rtmp://h/kLive?session=1", "0_ab12cd34_1?p=102&i=0&t=a1b2c3d4"), .streamKey, .primary, 102),
        ("F, bare index", address("rtmp://h/kLive", "1?p=102&e=0_ab12cd34&i=1&t=a1b2c3d4"), .streamKey, .backup, 102),
        ("D", rtsp("0_ab12cd34_1?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4"), .query, .primary, 102),
        ("D, slash before ?", rtsp("0_ab12cd34_1/?p=102&e=0_ab12cd34&i=1&t=a1b2c3d4"), .query, .backup, 102),
        ("D, a track behind", rtsp("0_ab12cd34_1?p=102&i=0&t=a1b2c3d4/streamid=0"), .query, .primary, 102),
        (
            "D, stream given",
            AddressText(
                tcURL: "rtsp://h/kLive/0_ab12cd34_1?p=102&i=0&t=a1b2c3d4", app: "kLive", stream: "0_ab12cd34_1"), .query,
            .primary, 102
        ),
        ("D, bare index", rtsp("1?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4"), .query, .primary, 102),
        ("D, path pairs", rtsp("p/102/e/0_ab12cd34/i/0/t/a1b2c3d4/0_ab12cd34_1"), .path, .primary, 102),
        ("E", srt("#:::e=0_ab12cd34,st=0,p=a1b2c3d4"), .streamID, .primary, nil),
        ("E, backup, stream index", srt("#!::p=a1b2c3d4,st=1,s=1,e=0_ab12cd34"), .streamID, .backup, nil),
        ("E, no st", srt("#:::e=0_ab12cd34,p=a1b2c3d4,x,m=publish,"), .streamID, .primary, nil),
        ("E, last wins", srt("#:::e=0_zzzzzzzz,p=no,p=a1b2c3d4,e=0_ab12cd34"), .streamID, .primary, nil),
        ("E'", srt("#:::e=0_ab12cd34,st=0,ep=a1b2c3d4,p=other"), .streamID, .primary, nil),
    ]

    @Test(arguments: forms.indices) func `every form yields the same credentials`(number: Int) throws {
        let row = Self.forms[number]
        let parsed = try BroadcastAddress(row.text, rules: .withSuffix)
        #expect(parsed.form == row.form, "\(row.name)")
        #expect(parsed.application.lowercased() == (row.form == .streamID ? "" : "klive"), "\(row.name)")
        let credentials = try parsed.credentials(.withSuffix)
        #expect(credentials.entry.text == "0_ab12cd34", "\(row.name)")
        #expect(credentials.partner == row.partner, "\(row.name)")
        #expect(credentials.server == row.server, "\(row.name)")
        #expect(credentials.token == Token("a1b2c3d4"), "\(row.name)")
        let verdict = try IngestRules(Self.configuration).admit(
            AuthenticatedEntry(entry: LiveEntry(id: credentials.entry, partner: 102), server: credentials.server), row.text)
        #expect(verdict.key.index == 1, "\(row.name)")
    }

    private static func rtsp(_ rest: String) -> AddressText { AddressText(tcURL: "rtsp://h:554/kLive/\(rest)", app: "kLive") }

    @Test(arguments: forms.indices) func `a form that is cut or flipped anywhere is parsed or refused`(number: Int) {
        let row = Self.forms[number]
        var random = SeededGenerator(seed: UInt64(number))
        func damaged(_ text: String, _ length: Int?) -> String {
            var bytes = Array(text.utf8)
            if let length { return String(decoding: bytes.prefix(length), as: UTF8.self) }
            if let place = bytes.indices.randomElement(using: &random) {
                bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        func check(_ length: Int?) {
            var text = row.text
            text.tcURL = damaged(text.tcURL, length)
            text.app = damaged(text.app, length)
            text.stream = text.stream.map { damaged($0, length) }
            text.streamID = text.streamID.map { damaged($0, length) }
            let parsed = try? BroadcastAddress(text, rules: .withSuffix)
            #expect(MaskedAddress(text, rules: .withSuffix).description.contains("a1b2c3d4") == false, "\(text)")
            if let credentials = try? parsed?.credentials(.withSuffix) { #expect(EntryID(credentials.entry.text) != nil) }
        }
        for length in 0..<100 { check(length) }
        for _ in 0..<100 { check(nil) }
    }

    @Test func `an SRT stream id names stream, encryption and application as they are`() throws {
        let parsed = try BroadcastAddress(srt("#:::e=0_ab12cd34,st=1,ep=egoOFGgjXGRBYoqoFmzqHQ,s=3"), rules: AddressRules())
        #expect(parsed.isEncrypted && parsed.streamName == "0_ab12cd34_3" && parsed.server == .backup)
        #expect(parsed.token == Token("egoOFGgjXGRBYoqoFmzqHQ"))
        #expect(try !BroadcastAddress(srt("#:::e=0_ab12cd34,p=x"), rules: AddressRules()).isEncrypted)
        let percent = try BroadcastAddress(srt("#:::e=0_ab12cd34,p=a%41=b&c/d"), rules: AddressRules())
        #expect(percent.token == Token("a%41=b&c/d"))
        #expect(IngestRules(Self.configuration).publish(srt("#:::e=0_ab12cd34,p=x")) != .notServed)
        var other = srt("#!::r=live/x,m=publish")
        other.app = "live"
        #expect(IngestRules(Self.configuration).publish(other) == .notServed)
    }

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.address = .withSuffix
        return configuration
    }

    @Test(arguments: [
        ("ab12cd34.p.live.example.test", "1_ab12cd34"), ("1-ab12cd34.p.live.example.test", "1_ab12cd34"),
        ("ab-2cd34.p.live.example.test", "1_ab_2cd34"), ("12_ab12cd34.p.live.example.test", "12_ab12cd34"),
        ("0_ab12cd34.p.live.example.test", "0_ab12cd34"),
    ])
    func `a DNS-safe label names its entry`(host: String, entry: String) throws {
        #expect(try BroadcastAddress(address("rtmp://\(host)/kLive/?t=x"), rules: .withSuffix).entry?.text == entry)
    }

    @Test(arguments: [
        "0_ab12cd34.p.xlive.example.test", "0_ab12cd34.p.evillive.example.test", "0_ab12cd34.plive.example.test",
        "0_ab12cd34.x.live.example.test", "a.0_ab12cd34.p.live.example.test", "0_ab12cd34.p.live.example.test.evil",
        "live.example.test", "p.live.example.test", "0_ab12cd3.p.live.example.test", "0_ab12cd345.p.live.example.test", "",
        "..live.example.test", "0_ab12cd34.p.live.example",
    ])
    func `another host names no entry`(host: String) throws {
        let parsed = try BroadcastAddress(address("rtmp://\(host)/kLive/?t=x"), rules: .withSuffix)
        #expect(parsed.entry == nil)
        #expect(!parsed.namedByHost)
    }

    @Test func `user information, port and brackets are not the host`() throws {
        let host = "u:p@0_ab12cd34.b.live.example.test:1935"
        #expect(try BroadcastAddress(address("rtmp://\(host)/kLive/?t=x"), rules: .withSuffix).server == .backup)
        #expect(try BroadcastAddress(address("rtmp://[::1]:1935/kLive/?t=x"), rules: .withSuffix).entry == nil)
        let given = AddressText(tcURL: "", app: "kLive?t=x", host: "0_ab12cd34.p.live.example.test")
        #expect(try BroadcastAddress(given, rules: .withSuffix).entry?.text == "0_ab12cd34")
    }

    @Test func `the first equals sign divides, and plus stays plus`() throws {
        let parsed = try BroadcastAddress(address("rtmp://h/kLive?t=a=b+c%2Fd%25zz"), rules: AddressRules())
        #expect(parsed.token == Token("a=b+c/d%zz"))
    }

    @Test func `an installation with a backend id takes entries with and without it`() throws {
        var rules = AddressRules()
        rules.backendID = "site7"
        #expect(try BroadcastAddress(address("rtmp://h/kLive?e=site7-0_ab12cd34"), rules: rules).entry?.text == "0_ab12cd34")
        #expect(try BroadcastAddress(address("rtmp://h/kLive?e=0_ab12cd34"), rules: rules).entry?.text == "0_ab12cd34")
        #expect(reason(address("rtmp://h/kLive?e=site8-0_ab12cd34&t=x&p=1&i=0"), rules) == .noEntry)
        #expect(reason(address("rtmp://h/kLive?e=-0_ab12cd34&t=x&p=1&i=0")) == .noEntry)
    }

    @Test(arguments: [("kLive", true), ("KLIVE", true), ("klive?p=1", true), ("kLive2", false), ("", false), ("live", false)])
    func `application names ignore case and what follows the question mark`(name: String, served: Bool) {
        #expect(AddressRules().serves(name) == served)
    }
}
