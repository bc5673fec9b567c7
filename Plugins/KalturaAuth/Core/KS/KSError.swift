/// Why a session string is not taken; the raw values are the API's (`ERR_CODE` of INVALID_KS, SPEC §7.5).
///
/// A text that is no session, one that does not decrypt and one whose hash is wrong are the same `invalid`.
public enum KSError: Int, Error, Hashable, Sendable, CustomStringConvertible {
    case invalid = -1
    case invalidPartner = -2
    case invalidUser = -3
    case invalidType = -4
    case expired = -5
    case loggedOut = -6
    case exceededActions = -8
    case restrictedAddress = -9
    case restrictedURI = -11

    public var description: String {
        switch self {
        case .invalid: "INVALID_STR"
        case .invalidPartner: "INVALID_PARTNER"
        case .invalidUser: "INVALID_USER"
        case .invalidType: "INVALID_TYPE"
        case .expired: "EXPIRED"
        case .loggedOut: "LOGOUT"
        case .exceededActions: "EXCEEDED_ACTIONS_LIMIT"
        case .restrictedAddress: "EXCEEDED_RESTRICTED_IP"
        case .restrictedURI: "EXCEEDED_RESTRICTED_URI"
        }
    }
}
