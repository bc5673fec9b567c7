/// The delivery directives of a playlist request: `_HLS_msn` and `_HLS_part` (draft-pantos-hls-rfc8216bis §6.2.5).
public struct PlaylistDirectives: Sendable, Equatable {
    /// `_HLS_msn`.
    public var sequence: UInt64?
    /// `_HLS_part`; only with a sequence.
    public var part: UInt64?

    /// Reads decoded query pairs; others than the two are passed over, of a repeated one the first counts.
    ///
    /// Throws the reason for status 400: not a decimal number, too large, or a part without a sequence.
    public init(query: [(String, String)]) throws(DirectiveError) {
        for (name, value) in query {
            if name == "_HLS_msn", sequence == nil { sequence = try PlaylistDirectives.number(value, name) }
            if name == "_HLS_part", part == nil { part = try PlaylistDirectives.number(value, name) }
        }
        if part != nil, sequence == nil { throw .partWithoutSequence }
    }

    private static func number(_ value: String, _ name: String) throws(DirectiveError) -> UInt64 {
        guard let number = DecimalInteger.parse(value), number <= UInt64(Int64.max) else { throw .notANumber(name) }
        return number
    }

    /// Whether there is any.
    public var isEmpty: Bool { sequence == nil }
}
