import Glibc

/// A blocking TCP client over plain sockets: it sends exactly the bytes it is told to, and waits no longer than told.
final class Client {
    private(set) var descriptor: Int32
    private(set) var received: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(code: errno) }
    }

    struct Failure: Error { let code: Int32 }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Sends FIN, keeps reading.
    func shutWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// False when the peer has gone.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Reads once; nil at the end of the stream or on a reset, empty when nothing came in time.
    private func receive(milliseconds: Int32) -> [UInt8]? {
        var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&item, 1, max(0, milliseconds)) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Reads until `isEnough` or the end of the stream or the time is over; returns whether it was enough.
    @discardableResult
    func read(seconds: Double = 60, until isEnough: ([UInt8]) -> Bool) -> Bool {
        let end = Client.now() + seconds
        while !isEnough(received) {
            let left = end - Client.now()
            guard left > 0 else { return false }
            guard let more = receive(milliseconds: Int32(left * 1000) + 1) else {
                isAtEnd = true
                return isEnough(received)
            }
            received += more
        }
        return true
    }

    /// The stream has ended.
    private(set) var isAtEnd = false

    /// Everything until the end of the stream; nil when that did not come in time.
    func readToEnd(seconds: Double = 60) -> [UInt8]? {
        read(seconds: seconds) { _ in false }
        return isAtEnd ? received : nil
    }

    /// The next response, taken out of what was received; nil when none came in time.
    func response(isHEAD: Bool = false, seconds: Double = 60) -> Answer? {
        var answer: Answer?
        read(seconds: seconds) { bytes in
            answer = Answer(bytes, isHEAD: isHEAD)
            return answer != nil
        }
        if let answer { received.removeFirst(answer.byteCount) }
        return answer
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
