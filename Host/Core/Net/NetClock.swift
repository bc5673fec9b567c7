import CHostNet
import NIOCore

/// The clock of every deadline in the host: monotonic nanoseconds, the same that NIO's deadlines count.
public enum NetClock {
    /// Now, in monotonic nanoseconds.
    public static var now: UInt64 { hostnet_now_ns() }

    static func deadline(_ ns: UInt64) -> NIODeadline {
        .uptimeNanoseconds(min(ns, UInt64(Int64.max)))
    }
}
