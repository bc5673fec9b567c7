/// One limit as the configuration names it: key, unit, default, bounds and meaning.
public struct LimitDefinition: Sendable {
    /// What the number counts.
    public enum Unit: String, Sendable {
        case bytes, milliseconds, count
    }

    /// The key in `[limits]`.
    public let key: String
    public let unit: Unit
    /// What may be configured.
    public let range: ClosedRange<Int>
    /// One line for `sluice check`.
    public let summary: String
    /// Whether a change waits for the next start; else it holds for what comes after the reload.
    public var needsRestart = false
    /// Where the value lives.
    public let field: any WritableKeyPath<Limits, Int> & Sendable

    /// The value when nothing is configured.
    public var defaultValue: Int { Limits()[keyPath: field] }

    /// All limits, in the order in which they are printed.
    public static let all: [LimitDefinition] = [
        ms("handshake_ms", 100...600_000, \.handshakeMilliseconds, "handshake or request head, in all").atStart,
        bytes("unparsed_bytes", 64 << 10...1 << 30, \.unparsedBytes, "unparsed bytes per connection"),
        bytes("unauthenticated_bytes", 4 << 10...1 << 30, \.unauthenticatedBytes, "the same before it is authenticated"),
        bytes("message_bytes", 64 << 10...1 << 30, \.messageBytes, "one message of a protocol"),
        count(
            "unauthenticated_per_address", 1...1_000_000, \.unauthenticatedPerAddress, "unauthenticated connections per address"),
        count("connections", 1...1_000_000, \.connections, "connections in all"),
        ms("player_stall_ms", 100...600_000, \.playerStallMilliseconds, "player without progress"),
        ms("publisher_silent_ms", 100...3_600_000, \.publisherSilentMilliseconds, "publisher silent"),
        bytes("send_buffer_bytes", 16 << 10...64 << 20, \.sendBufferBytes, "the kernel's send buffer per connection").atStart,
        count("held_requests", 0...1_000_000, \.heldRequests, "HTTP requests held for media to come").atStart,
        ms("held_request_ms", 100...600_000, \.heldRequestMilliseconds, "the longest that one is held"),
        bytes("request_head_bytes", 1 << 10...1 << 20, \.requestHeadBytes, "request line and header fields").atStart,
        bytes("request_body_bytes", 0...1 << 30, \.requestBodyBytes, "body of an HTTP request").atStart,
        count("streams", 1...1_000_000, \.streams, "streams on air"),
        bytes("ring_bytes", 1 << 20...1 << 32, \.ringBytes, "a stream's frames from the last key frame on"),
        bytes("log_bytes", 1 << 20...64 << 20, \.logBytes, "one broadcast log"),
        count("subscriber_frames", 16...1_000_000, \.subscriberFrames, "frames that a subscriber may lag behind"),
        bytes("subscriber_bytes", 64 << 10...1 << 32, \.subscriberBytes, "the same in bytes"),
        ms("subscriber_ms", 100...600_000, \.subscriberMilliseconds, "the same in time"),
    ]

    private static func ms(
        _ key: String, _ range: ClosedRange<Int>, _ field: any WritableKeyPath<Limits, Int> & Sendable, _ summary: String
    ) -> LimitDefinition { LimitDefinition(key: key, unit: .milliseconds, range: range, summary: summary, field: field) }

    private static func bytes(
        _ key: String, _ range: ClosedRange<Int>, _ field: any WritableKeyPath<Limits, Int> & Sendable, _ summary: String
    ) -> LimitDefinition { LimitDefinition(key: key, unit: .bytes, range: range, summary: summary, field: field) }

    private static func count(
        _ key: String, _ range: ClosedRange<Int>, _ field: any WritableKeyPath<Limits, Int> & Sendable, _ summary: String
    ) -> LimitDefinition { LimitDefinition(key: key, unit: .count, range: range, summary: summary, field: field) }

    /// The same, read at the start only.
    private var atStart: LimitDefinition {
        var definition = self
        definition.needsRestart = true
        return definition
    }
}
