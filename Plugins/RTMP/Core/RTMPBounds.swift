/// One copy of the limits for all sessions that have the same: a player's session is small beside them.
public final class RTMPBounds: Sendable {
    public let limits: RTMPLimits

    public init(_ limits: RTMPLimits) { self.limits = limits }
}
