import Glibc

/// Tells the service manager (systemd, `Type=notify`) what the process is about: lines in a datagram to the socket that NOTIFY_SOCKET
/// names (sd_notify(3), without libsystemd). Any thread; a message that cannot be sent is lost.
public struct NotifySocket: Sendable {
    private let address: [UInt8]
    /// How often the manager wants to hear that the process is alive; nil when it has no watchdog.
    public let watchdogMicroseconds: UInt64?

    /// Nil when nobody listens.
    public init?(environment: (String) -> String?) {
        guard let name = environment("NOTIFY_SOCKET") else { return nil }
        var bytes = Array(name.utf8)
        // A path, or `@` for the abstract name space.
        guard bytes.count > 1, bytes.count < 108, bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "@") else {
            return nil
        }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        address = bytes
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        let period = environment("WATCHDOG_USEC").flatMap { UInt64($0) }
        watchdogMicroseconds = isMeant ? period.flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Sends `KEY=VALUE` lines.
    public func send(_ lines: String...) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address.prefix($0.count)) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
        let text = Array(lines.joined(separator: "\n").utf8)
        withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                _ = sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), name, length)
            }
        }
    }

    /// The configuration is being read again; `READY=1` follows.
    public func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1", "MONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }
}
