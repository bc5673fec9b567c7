/// Why a request has no answer. The texts hold the origin, never path, query or headers: those may be secret.
public enum FetchError: Error, Equatable, CustomStringConvertible {
    /// The address, method or a header is not what it has to be.
    case invalid(String)
    /// The manifest's `[permissions] egress` does not name the origin.
    case denied(origin: String)
    /// Too many requests are under way.
    case busy(limit: Int)
    /// No connection: name, network, TLS.
    case unreachable(String)
    /// The deadline has passed.
    case timeout
    /// The answer's body is larger than the request allows.
    case tooLarge(limit: Int)
    case cancelled

    public var description: String {
        switch self {
        case .invalid(let text): text
        case .denied(let origin): "\(origin) is not in the manifest's [permissions] egress"
        case .busy(let limit): "\(limit) requests of this plugin are under way already"
        case .unreachable(let text): text
        case .timeout: "no answer within the deadline"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .cancelled: "cancelled"
        }
    }
}
