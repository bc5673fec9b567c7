/// Why somebody may not. The raw value is the reason's code.
public enum TokenRefusal: String, Error, Sendable, CaseIterable {
    case noToken = "NO_TOKEN"
    case tooLong = "TOKEN_TOO_LONG"
    case malformed = "MALFORMED_TOKEN"
    case algorithm = "WRONG_ALGORITHM"
    case unknownKey = "UNKNOWN_KEY"
    case signature = "BAD_SIGNATURE"
    case noExpiry = "NO_EXPIRY"
    case expired = "EXPIRED"
    case notYet = "NOT_YET_VALID"
    case issuer = "WRONG_ISSUER"
    case audience = "WRONG_AUDIENCE"
    case action = "WRONG_ACTION"
    case stream = "WRONG_STREAM"
    case noID = "NO_ID"
    case used = "ALREADY_USED"
    case closed = "CLOSED"

    /// For the client; tells nothing that helps to guess.
    public var text: String {
        switch self {
        case .noToken: "A token is needed."
        case .expired: "The token has expired. Get a new one."
        case .notYet: "The token is not valid yet. Check the clocks."
        case .used: "The token has been used. Get a new one."
        case .action, .stream: "The token is not for this."
        case .closed: "This is not offered here."
        default: "The token is not accepted."
        }
    }
}
