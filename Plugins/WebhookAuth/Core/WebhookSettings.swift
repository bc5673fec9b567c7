import SluiceJSON

/// What the operator says of one app's hook: `[config]` of the manifest, with `[app.NAME.webhook]` over it.
public struct WebhookSettings: Equatable, Sendable {
    /// How the hook is spoken to.
    public enum Mode: String, Sendable, CaseIterable {
        /// Our own JSON, with all that a verdict can say.
        case sluice
        /// A form and a status, as nginx-rtmp's `on_publish` and `on_play`.
        case nginx = "nginx-rtmp"
        /// JSON and a code, as SRS' `on_publish` and `on_play`.
        case srs
        /// JSON and a status, as MediaMTX' external authentication.
        case mediamtx
    }

    /// What is done for an action.
    public enum Rule: String, Sendable, CaseIterable {
        /// The hook decides.
        case ask
        /// Allowed without asking.
        case open
        /// Refused without asking.
        case deny
    }

    /// Where the hook is; empty: the app has none, and the plugin abstains.
    public var url = ""
    public var mode = Mode.sluice
    /// Signs each request; empty: none is signed.
    public var secret = ""
    public var publish = Rule.ask
    public var play = Rule.ask
    public var timeoutMilliseconds: UInt64 = 3000
    /// The longest time that an answer may be kept for, whatever it says.
    public var maximumTTLMilliseconds: UInt64 = 600_000
    /// How long an answer of a form that has no ttl is kept.
    public var ttlMilliseconds: UInt64 = 0
    /// So many failures in a row open the circuit…
    public var breakerFailures = 5
    /// …for so long.
    public var breakerMilliseconds: UInt64 = 10_000

    public init() {}

    /// Takes what an object says; what it does not say stays. The host has checked it against the schema.
    public mutating func apply(_ object: JSONValue) {
        if let text = object["url"]?.stringValue { url = text }
        if let text = object["mode"]?.stringValue, let value = Mode(rawValue: text) { mode = value }
        if let text = object["secret"]?.stringValue { secret = text }
        if let text = object["publish"]?.stringValue, let value = Rule(rawValue: text) { publish = value }
        if let text = object["play"]?.stringValue, let value = Rule(rawValue: text) { play = value }
        if let value = object["timeout_ms"]?.uint64Value { timeoutMilliseconds = value }
        if let value = object["ttl_ms"]?.uint64Value { ttlMilliseconds = value }
        if let value = object["max_ttl_ms"]?.uint64Value { maximumTTLMilliseconds = value }
        if let value = object["breaker_failures"]?.intValue { breakerFailures = value }
        if let value = object["breaker_ms"]?.uint64Value { breakerMilliseconds = value }
    }

    /// JSON schema of `[config]` and of `[app.NAME.webhook]`. No defaults: what is not said must not hide what the other one says.
    public static let schema = """
        {"type":"object","additionalProperties":false,"properties":{
        "url":{"type":"string","description":"address of the hook; its origin has to be in [permissions] egress"},
        "mode":{"type":"string","enum":["sluice","nginx-rtmp","srs","mediamtx"],"description":"whose fields: our own, or those of an existing server's hook"},
        "secret":{"type":"string","description":"signs each request's body (header Sluice-Signature)"},
        "publish":{"type":"string","enum":["ask","open","deny"]},
        "play":{"type":"string","enum":["ask","open","deny"]},
        "timeout_ms":{"type":"integer","minimum":50,"maximum":10000,"description":"for the whole call; 3000"},
        "ttl_ms":{"type":"integer","minimum":0,"maximum":86400000,"description":"how long an answer without a ttl is kept; 0"},
        "max_ttl_ms":{"type":"integer","minimum":0,"maximum":86400000,"description":"the longest ttl taken from an answer; 600000"},
        "breaker_failures":{"type":"integer","minimum":1,"maximum":1000,"description":"failures in a row that open the circuit; 5"},
        "breaker_ms":{"type":"integer","minimum":100,"maximum":600000,"description":"how long it stays open; 10000"}}}
        """
}
