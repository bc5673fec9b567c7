/// Why routes are refused; the text names both patterns and both owners.
public enum RouteError: Error, Equatable, Sendable, CustomStringConvertible {
    case overlap(pattern: String, owner: String, other: String, otherOwner: String)
    case duplicate(pattern: String, owner: String, method: String)

    public var description: String {
        switch self {
        case .overlap(let pattern, let owner, let other, let otherOwner):
            "route '\(pattern)' of '\(owner)' overlaps route '\(other)' of '\(otherOwner)'"
        case .duplicate(let pattern, let owner, let method):
            "route '\(pattern)' of '\(owner)' is registered twice for \(method)"
        }
    }
}
