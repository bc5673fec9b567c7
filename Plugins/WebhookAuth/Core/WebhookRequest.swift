import Formats
import SluiceJSON

/// The HTTP request that asks a hook. Made from a question; a pure function of its arguments.
public struct WebhookRequest: Equatable, Sendable {
    public var url: String
    public var contentType: String
    public var body: [UInt8]
    /// `t=SECONDS,v1=HEX` of the header Sluice-Signature; empty without a secret.
    public var signature: String

    /// - Parameters:
    ///   - seconds: since 1970, for the signature and our own form.
    ///   - id: unlike any before: who answers can tell a repetition.
    public init(_ question: WebhookQuestion, _ settings: WebhookSettings, seconds: Int64, id: String) {
        url = settings.url
        switch settings.mode {
        case .sluice:
            contentType = "application/json"
            body = Self.sluice(question, seconds: seconds, id: id)
        case .nginx:
            contentType = "application/x-www-form-urlencoded"
            body = Self.nginx(question, id: id)
        case .srs:
            contentType = "application/json"
            body = Self.srs(question, id: id)
        case .mediamtx:
            contentType = "application/json"
            body = Self.mediamtx(question)
        }
        signature = settings.secret.isEmpty ? "" : Self.sign(body, secret: settings.secret, seconds: seconds)
    }

    /// HMAC-SHA-256 over the seconds in decimal, a dot, and the body.
    public static func sign(_ body: [UInt8], secret: String, seconds: Int64) -> String {
        let code = SHA256.authenticationCode(Array("\(seconds).".utf8) + body, key: Array(secret.utf8))
        return "t=\(seconds),v1=\(Hex.text(code))"
    }

    private static func object(_ pairs: [WebhookQuestion.Pair]) -> JSONValue {
        var object = JSONObject()
        for pair in pairs where object[pair.key] == nil { object[pair.key] = .string(pair.value) }
        return .object(object)
    }

    private static func sluice(_ question: WebhookQuestion, seconds: Int64, id: String) -> [UInt8] {
        let json: JSONValue = [
            "version": 1, "id": .string(id), "time": .integer(seconds), "action": .string(question.action.rawValue),
            "protocol": .string(question.protocolName), "scheme": .string(question.scheme), "host": .string(question.host),
            "port": .integer(Int64(question.port)), "app": .string(question.app), "path": .string(question.path),
            "stream": .string(question.stream), "url": .string(question.url), "query": object(question.query),
            "credentials": object(question.credentials),
            "peer": [
                "address": .string(question.peerAddress), "port": .integer(Int64(question.peerPort)),
                "tls": .bool(question.isTLS),
            ],
        ]
        return Array(json.serialized().utf8)
    }

    /// The fields of nginx-rtmp's notify module, and the query's own behind them.
    private static func nginx(_ question: WebhookQuestion, id: String) -> [UInt8] {
        var fields = [
            ("app", question.app), ("flashver", ""), ("swfurl", ""), ("tcurl", question.url), ("pageurl", ""),
            ("addr", question.peerAddress), ("clientid", id), ("call", question.action.rawValue), ("name", question.stream),
        ]
        fields += question.action == .publish ? [("type", "live")] : [("start", "4294965296"), ("duration", "0"), ("reset", "0")]
        let known = Set(fields.map(\.0))
        fields += question.query.filter { !known.contains($0.key) }.map { ($0.key, $0.value) }
        return Array(fields.map { FormCoding.encode($0.0) + "=" + FormCoding.encode($0.1) }.joined(separator: "&").utf8)
    }

    private static func srs(_ question: WebhookQuestion, id: String) -> [UInt8] {
        let query = question.queryText
        var json: JSONValue = [
            "server_id": "sluice", "service_id": "sluice", "action": .string("on_\(question.action.rawValue)"),
            "client_id": .string(id),
            "ip": .string(question.peerAddress), "vhost": .string(question.host.isEmpty ? "__defaultVhost__" : question.host),
            "app": .string(question.app), "tcUrl": .string(question.url), "stream": .string(question.stream),
            "param": .string(query.isEmpty ? "" : "?" + query), "stream_url": .string("/\(question.app)/\(question.stream)"),
        ]
        if question.action == .play { json["pageUrl"] = "" }
        return Array(json.serialized().utf8)
    }

    private static func mediamtx(_ question: WebhookQuestion) -> [UInt8] {
        let (user, password) = (question.credential("user"), question.credential("password"))
        let json: JSONValue = [
            "user": .string(user.isEmpty ? question.parameter("user") : user),
            "password": .string(password.isEmpty ? question.parameter("pass") : password),
            "token": .string(question.credential("bearer")), "ip": .string(question.peerAddress),
            "action": question.action == .publish ? "publish" : "read",
            "path": .string(question.app + "/" + question.stream),
            "protocol": .string(question.protocolName == "http" ? "hls" : question.protocolName), "id": .null,
            "query": .string(question.queryText),
        ]
        return Array(json.serialized().utf8)
    }
}
