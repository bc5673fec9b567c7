import Foundation
import Glibc

/// A blocking socket in a thread of its own, checking what it reads.
struct TestClient: Sendable {
    let fd: Int32

    /// A `receiveBuffer` far below a loopback segment makes the kernel drop and back off for seconds: use one for who never reads.
    /// `from` is the last part of the own address 127.0.0.x: many thousand connections need more ports than one address has.
    init(port: Int, receiveBuffer: Int32? = nil, from: UInt8 = 1) throws {
        // Not for the tests that run in processes of their own: an inherited descriptor would outlive its close.
        let s = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if from != 1 {
            var own = sockaddr_in()
            own.sin_family = sa_family_t(AF_INET)
            own.sin_addr.s_addr = (0x7F00_0000 | UInt32(from)).bigEndian
            var yes: Int32 = 1
            setsockopt(s, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, &yes, socklen_t(MemoryLayout<Int32>.size))
            withUnsafePointer(to: &own) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(s, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        if var size = receiveBuffer { setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let r = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(s, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard r == 0 else {
            Glibc.close(s)
            throw POSIXError(.ECONNREFUSED)
        }
        fd = s
        timeout(60_000)
    }

    /// Longest wait of a read.
    func timeout(_ milliseconds: Int) {
        var t = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, socklen_t(MemoryLayout<timeval>.size))
    }

    func send(_ bytes: [UInt8]) { _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    func send(_ text: String) { send(Array(text.utf8)) }

    /// Reads into the checker until the end, an error, a timeout, or `done`; true at the end of the stream.
    @discardableResult
    func read(
        into checker: inout RecordChecker, chunk: Int = 65_536, pause: () -> Void = {}, until done: (RecordChecker) -> Bool
    ) -> Bool {
        var buffer = [UInt8](repeating: 0, count: chunk)
        while checker.errors.isEmpty, !done(checker) {
            let n = recv(fd, &buffer, chunk, 0)
            if n <= 0 { return n == 0 }
            buffer.withUnsafeBytes { checker.feed(UnsafeRawBufferPointer(rebasing: $0[..<n])) }
            pause()
        }
        return false
    }

    /// Reads what is there, at most `limit` bytes.
    func readOnce(into checker: inout RecordChecker, limit: Int) {
        var buffer = [UInt8](repeating: 0, count: limit)
        let n = recv(fd, &buffer, limit, Int32(MSG_DONTWAIT))
        if n > 0 { buffer.withUnsafeBytes { checker.feed(UnsafeRawBufferPointer(rebasing: $0[..<n])) } }
    }

    /// Reads into the checker until the peer's end or reset; false when neither comes within the socket's timeout.
    func readToEnd(into checker: inout RecordChecker) -> Bool {
        let ended = read(into: &checker) { _ in false }
        return ended || errno == ECONNRESET || !checker.errors.isEmpty
    }

    /// All bytes until the end or a timeout.
    func readAll(limit: Int = 64 << 20) -> [UInt8] {
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while out.count < limit {
            let n = recv(fd, &buffer, buffer.count, 0)
            if n <= 0 { break }
            out.append(contentsOf: buffer[..<n])
        }
        return out
    }

    func close() { Glibc.close(fd) }

    func reset() {
        var l = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(fd)
    }

    func halfClose() { _ = Glibc.shutdown(fd, Int32(SHUT_WR)) }
}

/// Runs blocking work on a thread of its own.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { c in
        let t = Thread { c.resume(with: Result(catching: body)) }
        t.stackSize = 1 << 20
        t.start()
    }
}

/// Waits until a condition holds; false when it does not within `seconds`.
func eventually(_ seconds: Double = 60, _ condition: () async -> Bool) async -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(20))
    }
    return await condition()
}

/// Sockets with this local port that are neither listening nor ended: what a server still holds.
func liveSockets(onLocal port: Int) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8) else { return -1 }
    let suffix = ":" + String(port, radix: 16, uppercase: true).leftPadded(4)
    return text.split(separator: "\n").dropFirst().count { line in
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[1].hasSuffix(suffix) else { return false }
        return (fields[3] == "01" || fields[3] == "08") && fields[9] != "0"
    }
}

extension String {
    fileprivate func leftPadded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - count)) + self }
}

/// Descriptors of sockets that this process holds; its runtime makes timers of its own whenever it likes.
func openSockets() -> Int {
    let folder = "/proc/self/fd/"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.count { name in
        (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + name))?.hasPrefix("socket:") ?? false
    }
}

/// A whole number from the environment, by which a short test becomes a long one.
func setting(_ name: String, default standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
}

func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
}

func usleepMilliseconds(_ n: Int) { usleep(UInt32(n) * 1_000) }

/// Whether a byte arrives within the socket's timeout.
func recvPeek(_ fd: Int32, _ byte: inout [UInt8]) -> Bool { recv(fd, &byte, 1, Int32(MSG_PEEK)) > 0 }

extension TestClient {
    /// What one read brings.
    func readAvailable(atLeast: Int) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let n = recv(fd, &buffer, buffer.count, 0)
        return n > 0 ? Array(buffer[..<n]) : []
    }
}

extension TestClient {
    /// The head of an HTTP response, byte by byte, so that nothing after it is taken.
    func readLines() -> String {
        var out: [UInt8] = []
        var byte: UInt8 = 0
        while recv(fd, &byte, 1, 0) == 1, out.count < 10_000 {
            out.append(byte)
            if out.suffix(4) == [13, 10, 13, 10] { break }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
