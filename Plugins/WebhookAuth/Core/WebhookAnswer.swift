import SluiceJSON

/// What a hook's answer means.
public enum WebhookAnswer: Equatable, Sendable {
    case allow(Terms)
    /// `reason` is a code for logs and listings, `message` is shown to the client.
    case deny(reason: String, message: String, ttl: UInt64)
    case abstain
    /// The hook did not decide: the chain's failure policy does. The text is for the log.
    case failed(String)

    /// What an allowing answer says beyond that.
    public struct Terms: Equatable, Sendable {
        public var principal = ""
        /// Publish or play under this name instead.
        public var stream = ""
        public var ttlMilliseconds: UInt64 = 0
        public var recheckMilliseconds: UInt64 = 0
        /// Seconds since 1970; 0: never.
        public var notAfter: Int64 = 0
        public var maximumBitrate: UInt64 = 0
        public var maximumViewers: UInt64 = 0
        public var attributes: [WebhookQuestion.Pair] = []
        public init() {}
    }

    static let denied = "DENIED_BY_HOOK"
    static let deniedText = "The access was refused."

    /// Reads an answer of any form. Never throws: what can't be read is `failed`, with what is wrong.
    public init(status: Int, location: String, body: [UInt8], _ settings: WebhookSettings) {
        switch settings.mode {
        case .sluice: self = Self.sluice(status, body, settings)
        case .nginx: self = Self.nginx(status, location, settings)
        case .srs: self = Self.srs(status, body, settings)
        case .mediamtx: self = Self.byStatus(status, settings)
        }
    }

    private static func allowed(_ settings: WebhookSettings) -> Terms {
        var terms = Terms()
        terms.ttlMilliseconds = min(settings.ttlMilliseconds, settings.maximumTTLMilliseconds)
        return terms
    }

    /// 2xx allows, 4xx denies, all else is no answer.
    private static func byStatus(_ status: Int, _ settings: WebhookSettings) -> WebhookAnswer {
        switch status {
        case 200..<300: .allow(allowed(settings))
        case 400..<500 where status != 408 && status != 429: .deny(reason: denied, message: deniedText, ttl: 0)
        default: .failed("the hook answered with status \(status)")
        }
    }

    /// As `byStatus`; a redirection to a name is that name, one to another server is not followed.
    private static func nginx(_ status: Int, _ location: String, _ settings: WebhookSettings) -> WebhookAnswer {
        guard (300..<400).contains(status) else { return byStatus(status, settings) }
        guard !location.isEmpty, !location.contains("/"), !location.contains(":"), location.utf8.count <= 255, isPlain(location)
        else {
            return .failed("the hook redirects to something that is no stream name")
        }
        var terms = allowed(settings)
        terms.stream = location
        return .allow(terms)
    }

    /// 200 with `0`, or with an object whose `code` is 0, allows; 200 with another code denies.
    private static func srs(_ status: Int, _ body: [UInt8], _ settings: WebhookSettings) -> WebhookAnswer {
        guard (200..<300).contains(status) else { return byStatus(status, settings) }
        let text = String(decoding: body, as: UTF8.self)
        guard let json = try? JSONValue(parsing: text) else { return .failed("the hook's answer is no JSON") }
        guard let code = json.int64Value ?? json["code"]?.int64Value else { return .failed("the hook's answer has no code") }
        return code == 0 ? .allow(allowed(settings)) : .deny(reason: denied, message: deniedText, ttl: 0)
    }

    private static func sluice(_ status: Int, _ body: [UInt8], _ settings: WebhookSettings) -> WebhookAnswer {
        guard (200..<300).contains(status) || status == 401 || status == 403 else { return byStatus(status, settings) }
        if body.isEmpty, status >= 400 { return byStatus(status, settings) }
        guard let json = try? JSONValue(parsing: String(decoding: body, as: UTF8.self)), json.objectValue != nil else {
            return status >= 400 ? byStatus(status, settings) : .failed("the hook's answer is no JSON object")
        }
        do throws(Wrong) {
            return try read(json, status, settings)
        } catch {
            // A refusal stays one, whatever its words.
            return status >= 400 ? byStatus(status, settings) : .failed("the hook's answer: \(error.text)")
        }
    }

    private struct Wrong: Error { var text: String }

    private static func read(_ json: JSONValue, _ status: Int, _ settings: WebhookSettings) throws(Wrong) -> WebhookAnswer {
        let ttl = min(try number(json, "ttl_ms") ?? settings.ttlMilliseconds, settings.maximumTTLMilliseconds)
        let decision = status >= 400 ? "deny" : try text(json, "decision", limit: 16)
        switch decision {
        case "abstain": return .abstain
        case "deny":
            let (reason, message) = (try text(json, "reason", limit: 64), try text(json, "message", limit: 256))
            return .deny(reason: reason.isEmpty ? denied : reason, message: message.isEmpty ? deniedText : message, ttl: ttl)
        case "allow":
            var terms = Terms()
            terms.ttlMilliseconds = ttl
            terms.principal = try text(json, "principal", limit: 256)
            terms.stream = try text(json, "stream", limit: 255)
            terms.recheckMilliseconds = try number(json, "recheck_ms") ?? 0
            terms.notAfter = Int64(clamping: try number(json, "not_after") ?? 0)
            terms.maximumBitrate = try number(json, "max_bitrate") ?? 0
            terms.maximumViewers = try number(json, "max_viewers") ?? 0
            terms.attributes = try attributes(json)
            return .allow(terms)
        default: throw Wrong(text: "decision is neither \"allow\", \"deny\" nor \"abstain\"")
        }
    }

    private static func text(_ json: JSONValue, _ key: String, limit: Int) throws(Wrong) -> String {
        guard let value = json[key], !value.isNull else { return "" }
        guard let text = value.stringValue else { throw Wrong(text: "\(key) is \(value.typeName), not string") }
        guard text.utf8.count <= limit, isPlain(text) else {
            throw Wrong(text: "\(key) is over \(limit) bytes, or has control characters")
        }
        return text
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func number(_ json: JSONValue, _ key: String) throws(Wrong) -> UInt64? {
        guard let value = json[key], !value.isNull else { return nil }
        guard let number = value.uint64Value else { throw Wrong(text: "\(key) is no whole number of 0 or more") }
        return number
    }

    private static func attributes(_ json: JSONValue) throws(Wrong) -> [WebhookQuestion.Pair] {
        guard let value = json["attributes"], !value.isNull else { return [] }
        guard let object = value.objectValue, object.count <= 32 else {
            throw Wrong(text: "attributes is no object of at most 32 texts")
        }
        var pairs: [WebhookQuestion.Pair] = []
        for (key, value) in object {
            guard !key.isEmpty, key.utf8.count <= 64, isPlain(key) else {
                throw Wrong(text: "attributes has a key that is empty, over 64 bytes, or has control characters")
            }
            guard let text = value.stringValue, text.utf8.count <= 1024, isPlain(text) else {
                throw Wrong(text: "attributes.\(key) is no text of at most 1024 bytes without control characters")
            }
            pairs.append(WebhookQuestion.Pair(key, text))
        }
        return pairs
    }
}
