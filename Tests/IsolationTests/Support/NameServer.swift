import Foundation
import Synchronization

/// A name server on a TCP port of 127.0.0.1: every name is 127.0.0.9. One connection at a time; gone with the object.
final class NameServer: Sendable {
    struct Failure: Error {}

    let port: UInt16
    private let listener: Int32
    private let asked = Atomic<Int>(0)

    var questions: Int { asked.load(ordering: .relaxed) }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let good = withUnsafeMutablePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard good else {
            close(listener)
            throw Failure()
        }
        self.listener = listener
        port = UInt16(bigEndian: place.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self else {
                    if connection >= 0 { close(connection) }
                    close(listener)
                    return
                }
                self.serve(connection)
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        while let length = Self.bytes(2, from: connection),
            let query = Self.bytes(Int(length[0]) << 8 | Int(length[1]), from: connection),
            query.count > 12
        {
            asked.add(1, ordering: .relaxed)
            // The question as it came, without what follows it, and one address.
            guard let end = query[12...].firstIndex(of: 0), query.count >= end + 5 else { return }
            var answer = Array(query[0..<2]) + [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + query[12..<(end + 5)]
            answer += [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 9]
            answer = [UInt8(answer.count >> 8), UInt8(answer.count & 0xFF)] + answer
            guard send(connection, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else { return }
        }
    }

    private static func bytes(_ count: Int, from connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(connection, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }
}
