/// Why directives were refused; all are status 400.
public enum DirectiveError: Error, Equatable, CustomStringConvertible {
    /// The directive's value is not a decimal number below 2^63.
    case notANumber(String)
    /// `_HLS_part` without `_HLS_msn`.
    case partWithoutSequence
    /// Further ahead than the playlist's end plus two segments or the advance part limit.
    case tooFarAhead

    /// One line, fit for the client.
    public var description: String {
        switch self {
        case .notANumber(let name): "\(name) is not a decimal number"
        case .partWithoutSequence: "_HLS_part without _HLS_msn"
        case .tooFarAhead: "too far ahead of the playlist"
        }
    }
}
