/// A negative decision: what the client is told, apart from what the log is told.
///
/// Neither text ever contains a token.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the client sees.
    public let reason: RefusalReason

    /// What really happened; differs from `reason` only where the difference must stay hidden (§12: a partner
    /// mismatch is shown as NO_ENTRY).
    public let cause: RefusalReason

    /// A few words for the log line, or empty.
    public let detail: String

    public init(_ reason: RefusalReason, cause: RefusalReason? = nil, detail: String = "") {
        self.reason = reason
        self.cause = cause ?? reason
        self.detail = detail
    }

    /// Fit for one log line: the cause and the detail.
    public var description: String { detail.isEmpty ? cause.rawValue : "\(cause.rawValue): \(detail)" }
}
