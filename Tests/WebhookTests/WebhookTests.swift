import SluiceJSON
import Testing

@testable import WebhookCore

private func settings(_ mode: WebhookSettings.Mode, _ change: (inout WebhookSettings) -> Void = { _ in }) -> WebhookSettings {
    var settings = WebhookSettings()
    settings.url = "http://127.0.0.1:9/hook"
    settings.mode = mode
    change(&settings)
    return settings
}

private var question: WebhookQuestion {
    var question = WebhookQuestion(.publish, app: "live", stream: "a b&c")
    question.protocolName = "rtmp"
    question.scheme = "rtmp"
    question.host = "media.example.com"
    question.port = 1935
    question.url = "rtmp://media.example.com/live"
    question.query = [.init("token", "s%=t"), .init("app", "evil"), .init("token", "second")]
    question.credentials = [.init("user", "u"), .init("password", "p")]
    question.peerAddress = "192.0.2.7"
    question.peerPort = 4711
    return question
}

@Suite struct WebhookRequestTests {
    private func json(_ mode: WebhookSettings.Mode, _ question: WebhookQuestion = question) throws -> JSONValue {
        let request = WebhookRequest(question, settings(mode), seconds: 1_700_000_000, id: "id7")
        #expect(request.url == "http://127.0.0.1:9/hook")
        #expect(request.signature.isEmpty)
        return try JSONValue(parsing: String(decoding: request.body, as: UTF8.self))
    }

    @Test func ours() throws {
        let expected: JSONValue = [
            "version": 1, "id": "id7", "time": 1_700_000_000, "action": "publish", "protocol": "rtmp", "scheme": "rtmp",
            "host": "media.example.com", "port": 1935, "app": "live", "path": "", "stream": "a b&c",
            "url": "rtmp://media.example.com/live",
            "query": ["token": "s%=t", "app": "evil"], "credentials": ["user": "u", "password": "p"],
            "peer": ["address": "192.0.2.7", "port": 4711, "tls": false],
        ]
        #expect(try json(.sluice) == expected)
    }

    @Test func asSRSAsks() throws {
        let expected: JSONValue = [
            "server_id": "sluice", "service_id": "sluice", "action": "on_publish", "client_id": "id7", "ip": "192.0.2.7",
            "vhost": "media.example.com", "app": "live", "tcUrl": "rtmp://media.example.com/live", "stream": "a b&c",
            "param": "?token=s%25%3Dt&app=evil&token=second", "stream_url": "/live/a b&c",
        ]
        #expect(try json(.srs) == expected)
        var play = question
        play.action = .play
        play.query = []
        #expect(try json(.srs, play)["action"] == "on_play")
        #expect(try json(.srs, play)["param"] == "")
        #expect(try json(.srs, play)["pageUrl"] == "")
    }

    @Test func asMediaMTXAsks() throws {
        let expected: JSONValue = [
            "user": "u", "password": "p", "token": "", "ip": "192.0.2.7", "action": "publish", "path": "live/a b&c",
            "protocol": "rtmp",
            "id": .null, "query": "token=s%25%3Dt&app=evil&token=second",
        ]
        #expect(try json(.mediamtx) == expected)
        var play = question
        play.action = .play
        play.protocolName = "http"
        play.credentials = [.init("bearer", "t")]
        let asked = try json(.mediamtx, play)
        #expect(asked["action"] == "read")
        #expect(asked["protocol"] == "hls")
        #expect(asked["token"] == "t")
    }

    /// A query's pair never stands for a field of the server's own.
    @Test func asNginxAsks() {
        let request = WebhookRequest(question, settings(.nginx), seconds: 0, id: "7")
        #expect(request.contentType == "application/x-www-form-urlencoded")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "app=live&flashver=&swfurl=&tcurl=rtmp%3A%2F%2Fmedia.example.com%2Flive&pageurl=&addr=192.0.2.7&clientid=7&call=publish"
                + "&name=a%20b%26c&type=live&token=s%25%3Dt&token=second")
    }

    /// RFC 4231 gives the digest's cases (FormatsTests); this is the header's form.
    @Test func signed() {
        let request = WebhookRequest(question, settings(.sluice) { $0.secret = "key" }, seconds: 1_700_000_000, id: "1")
        #expect(request.signature == WebhookRequest.sign(request.body, secret: "key", seconds: 1_700_000_000))
        #expect(request.signature.hasPrefix("t=1700000000,v1="))
        #expect(request.signature.utf8.count == "t=1700000000,v1=".utf8.count + 64)
        // printf '5.x' | openssl dgst -sha256 -hmac key
        #expect(
            WebhookRequest.sign(Array("x".utf8), secret: "key", seconds: 5)
                == "t=5,v1=2c7695aa0c0479a630582c4c5bc8d12a781525723e11738d8cc5347468f81d9a")
    }
}

@Suite struct WebhookAnswerTests {
    private func read(
        _ mode: WebhookSettings.Mode, _ status: Int, _ body: String = "", location: String = "",
        _ change: (inout WebhookSettings) -> Void = { _ in }
    ) -> WebhookAnswer {
        WebhookAnswer(status: status, location: location, body: Array(body.utf8), settings(mode, change))
    }

    private func isFailed(_ answer: WebhookAnswer) -> Bool { if case .failed = answer { true } else { false } }
    private func isDenied(_ answer: WebhookAnswer) -> Bool { if case .deny = answer { true } else { false } }
    private func isAllowed(_ answer: WebhookAnswer) -> Bool { if case .allow = answer { true } else { false } }

    @Test func everythingThatAnAnswerCanSay() {
        var terms = WebhookAnswer.Terms()
        terms.principal = "ann"
        terms.stream = "other"
        terms.ttlMilliseconds = 1000
        terms.recheckMilliseconds = 60_000
        terms.notAfter = 1_800_000_000
        terms.maximumBitrate = 6_000_000
        terms.maximumViewers = 10
        terms.attributes = [.init("group", "g")]
        let body = """
            {"decision":"allow","principal":"ann","stream":"other","ttl_ms":5000,"recheck_ms":60000,"not_after":1800000000,
             "max_bitrate":6000000,"max_viewers":10,"attributes":{"group":"g"},"later":"unknown keys are let be"}
            """
        #expect(read(.sluice, 200, body) { $0.maximumTTLMilliseconds = 1000 } == .allow(terms))
        #expect(
            read(.sluice, 200, #"{"decision":"deny","reason":"NO_PLAN","message":"Buy one.","ttl_ms":7}"#)
                == .deny(reason: "NO_PLAN", message: "Buy one.", ttl: 7))
        #expect(
            read(.sluice, 403, #"{"reason":"X"}"#) == .deny(reason: "X", message: WebhookAnswer.deniedText, ttl: 0))
        #expect(read(.sluice, 200, #"{"decision":"abstain"}"#) == .abstain)
        // A refusal stays one, whatever its words.
        for body in [#"{"reason":7}"#, #"{"message":"\u0000"}"#, "<html>", "[]", ""] {
            for status in [401, 403] { #expect(isDenied(read(.sluice, status, body)), "\(body)") }
        }
    }

    @Test(arguments: [
        "", "{", "[]", "1", "null", "{}", #"{"decision":"yes"}"#, #"{"decision":1}"#, #"{"decision":"allow","ttl_ms":"5"}"#,
        #"{"decision":"allow","ttl_ms":-1}"#, #"{"decision":"allow","principal":5}"#,
        #"{"decision":"allow","stream":"a\u0000b"}"#,
        #"{"decision":"allow","attributes":[]}"#, #"{"decision":"allow","attributes":{"a\u000a":"b"}}"#,
        #"{"decision":"allow","attributes":{"a":"\u0000"}}"#, #"{"decision":"allow","attributes":{"a":1}}"#,
        #"{"decision":"ALLOW"}"#,
    ])
    func garbageIsNoAnswer(body: String) { #expect(isFailed(read(.sluice, 200, body))) }

    @Test(arguments: WebhookSettings.Mode.allCases)
    func statuses(mode: WebhookSettings.Mode) {
        for status in [500, 502, 503, 599, 408, 429, 100, 0] { #expect(isFailed(read(mode, status)), "\(status)") }
        for status in [400, 401, 403, 404] { #expect(isDenied(read(mode, status)), "\(status)") }
        if mode != .nginx { for status in [301, 302] { #expect(isFailed(read(mode, status, location: "name"))) } }
    }

    @Test func nginx() {
        var renamed = WebhookAnswer.Terms()
        renamed.stream = "renamed"
        #expect(isAllowed(read(.nginx, 204)))
        #expect(read(.nginx, 302, location: "renamed") == .allow(renamed))
        for location in ["", "rtmp://127.0.0.1/x", "a/b", String(repeating: "x", count: 256), "a\u{14}b"] {
            #expect(isFailed(read(.nginx, 302, location: location)))
        }
    }

    @Test func srs() {
        for body in ["0", #"{"code":0}"#, #"{"code":0,"data":{}}"#, " 0\n"] {
            #expect(isAllowed(read(.srs, 200, body)), "\(body)")
        }
        for body in ["1", "-1", #"{"code":403}"#] { #expect(isDenied(read(.srs, 200, body)), "\(body)") }
        for body in ["", "ok", "{}", #"{"code":"0"}"#, "0.5"] { #expect(isFailed(read(.srs, 200, body)), "\(body)") }
    }

    @Test func mediamtx() {
        #expect(isAllowed(read(.mediamtx, 200, "anything")))
        var kept = WebhookAnswer.Terms()
        kept.ttlMilliseconds = 500
        #expect(read(.mediamtx, 200) { $0.ttlMilliseconds = 500 } == .allow(kept))
    }
}
