import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Why a listener, a TLS context or an attachment could not be had; the text is fit for one log line.
public enum NetError: Error, Equatable, CustomStringConvertible {
    /// Another program listens on this address and port.
    case addressInUse(String)
    /// The address is not one of this machine.
    case addressNotAvailable(String)
    /// The port needs a privilege that the process does not have.
    case permissionDenied(String)
    /// The address is neither numeric nor resolvable.
    case badAddress(String)
    /// Any other failure to listen: address, then the system's reason.
    case cannotListen(String, String)
    /// The certificate or key could not be read or do not fit: file or part, then the reason.
    case certificate(String, String)
    /// The connection or channel has ended.
    case closed
    /// The bytes of this connection come from a log; ordinary writes are refused until it is detached.
    case attached
    /// The control queue of an attached player is full.
    case controlQueueFull
    /// The log was closed for good.
    case logClosed
    /// The channel's event loop is not one of the log's runtime, or its socket cannot be reached.
    case notSendable

    public var description: String {
        switch self {
        case .addressInUse(let a): "address in use: \(a)"
        case .addressNotAvailable(let a): "address not available on this machine: \(a)"
        case .permissionDenied(let a): "permission denied: \(a)"
        case .badAddress(let a): "not an address: \(a)"
        case .cannotListen(let a, let why): "cannot listen on \(a): \(why)"
        case .certificate(let what, let why): "certificate: \(what): \(why)"
        case .closed: "connection closed"
        case .attached: "connection is attached to a log"
        case .controlQueueFull: "reader too slow: control queue full"
        case .logClosed: "log closed"
        case .notSendable: "channel cannot be attached to a log"
        }
    }

    static func listening(on address: String, _ error: any Error) -> NetError {
        if let io = error as? IOError {
            switch io.errnoCode {
            case EADDRINUSE: return .addressInUse(address)
            case EADDRNOTAVAIL: return .addressNotAvailable(address)
            case EACCES, EPERM: return .permissionDenied(address)
            default: return .cannotListen(address, reasonText(error))
            }
        }
        return .cannotListen(address, reasonText(error))
    }
}

/// One line for any error of the I/O layer.
func reasonText(_ error: any Error) -> String {
    if let io = error as? IOError {
        switch io.errnoCode {
        case ECONNRESET: return "connection reset by peer"
        case EPIPE: return "peer closed while sending"
        case ETIMEDOUT: return "connection timed out"
        default: return String(cString: strerror(io.errnoCode))
        }
    }
    return sendErrorText(nil) ?? oneLine("\(error)")
}

/// The text of a negative send result, nil for none.
func sendErrorText(_ code: Int32?) -> String? {
    guard let code else { return nil }
    switch code {
    case ECONNRESET: return "connection reset by peer"
    case EPIPE: return "peer closed while sending"
    default: return String(cString: strerror(code))
    }
}

func oneLine(_ text: String) -> String {
    var out = ""
    for c in text.prefix(300) { out.append(c.isNewline ? " " : c) }
    return out
}
