import Glibc

/// Listening sockets that the service manager opened and passed on (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES).
///
/// A listener gets the socket that has its name, else the one that is bound to its port. Owns the descriptors for as long as the
/// process lives, as the manager does: a listener gets a copy.
public struct PassedSockets: Sendable {
    /// One stream socket.
    public struct Socket: Sendable, Equatable {
        public var descriptor: Int32
        /// As LISTEN_FDNAMES has it; empty when it has none.
        public var name: String
        /// The port it is bound to.
        public var port: Int
    }

    public private(set) var sockets: [Socket] = []
    private static let first: Int32 = 3

    /// None.
    public init() {}

    public init(_ sockets: [Socket]) { self.sockets = sockets }

    /// What the environment says was passed to this very process. Descriptors that are no TCP sockets are left out.
    public init(environment: (String) -> String?) {
        guard environment("LISTEN_PID") == "\(getpid())", let count = environment("LISTEN_FDS").flatMap({ Int32($0) }),
            (1...1024).contains(count)
        else { return }
        let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
        for index in 0..<count {
            let descriptor = Self.first + index
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            guard let port = Self.port(of: descriptor) else { continue }
            let name = names.indices.contains(Int(index)) ? names[Int(index)] : ""
            sockets.append(Socket(descriptor: descriptor, name: name, port: port))
        }
    }

    /// A copy of the descriptor for a listener; nil when none was passed for it.
    func copy(name: String, port: Int) -> Int32? {
        let found = sockets.first { $0.name == name } ?? sockets.first { $0.port == port }
        guard let found else { return nil }
        let copy = fcntl(found.descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Those that no listener of these names and ports takes.
    func unused(_ listeners: [(name: String, port: Int)]) -> [Socket] {
        sockets.filter { socket in !listeners.contains { $0.name == socket.name || $0.port == socket.port } }
    }

    private static func port(of descriptor: Int32) -> Int? {
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0, kind == Int32(SOCK_STREAM.rawValue) else {
            return nil
        }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            let status = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            guard status == 0 else { return nil }
            switch Int32(storage.pointee.ss_family) {
            case AF_INET:
                return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            case AF_INET6:
                return storage.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin6_port))
                }
            default: return nil
            }
        }
    }
}
