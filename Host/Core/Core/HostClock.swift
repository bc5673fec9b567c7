import Glibc

/// Wall clock; the monotonic one is NetClock.
enum HostClock {
    /// Microseconds since 1970 UTC.
    static var wallMicroseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}
