import Glibc
import KalturaBSON

/// One request of the wire protocol: OP_MSG, or OP_QUERY on `$cmd`.
struct WireMessage {
    private static let opReply: UInt32 = 1
    private static let opQuery: UInt32 = 2004
    private static let opMessage: UInt32 = 2013

    private let id: UInt32
    private let operation: UInt32
    private let body: [UInt8]

    /// Nil: the other end is gone, or sends what is no message.
    init?(receivingFrom connection: Int32) {
        guard let head = Self.receive(16, from: connection) else { return nil }
        let length = Int(Self.word(head, 0))
        guard length > 16, length <= 48_000_000, let body = Self.receive(length - 16, from: connection) else { return nil }
        id = Self.word(head, 4)
        operation = Self.word(head, 12)
        self.body = body
    }

    /// With the members of document sequences as arrays.
    var command: BSONDocument? {
        if operation == Self.opQuery {
            guard body.count > 4, let end = body[4...].firstIndex(of: 0), body.count >= end + 9 else { return nil }
            return try? BSONDocument(reading: Array(body[(end + 9)...]))
        }
        guard operation == Self.opMessage, body.count > 5 else { return nil }
        var command: BSONDocument?
        var sequences: [(String, BSONValue)] = []
        var place = 4
        let end = body.count - (Self.word(body, 0) & 1 != 0 ? 4 : 0)
        while place + 5 <= end {
            let size = Int(Self.word(body, place + 1))
            guard size >= 4, place + 1 + size <= end else { return nil }
            let section = Array(body[(place + 1)..<(place + 1 + size)])
            if body[place] == 0 {
                command = try? BSONDocument(reading: section)
            } else if let sequence = Self.sequence(section) {
                sequences.append(sequence)
            }
            place += 1 + size
        }
        for (name, value) in sequences { command?[name] = value }
        return command
    }

    private static func sequence(_ section: [UInt8]) -> (String, BSONValue)? {
        guard let end = section[4...].firstIndex(of: 0) else { return nil }
        var items: [BSONValue] = []
        var place = end + 1
        while place + 4 <= section.count {
            let size = Int(word(section, place))
            guard size >= 5, place + size <= section.count,
                let document = try? BSONDocument(reading: Array(section[place..<(place + size)]))
            else { return nil }
            items.append(.document(document))
            place += size
        }
        return (String(decoding: section[4..<end], as: UTF8.self), .array(items))
    }

    func reply(_ document: BSONDocument) -> [UInt8] {
        let content = document.bytes
        var out: [UInt8] = []
        func word(_ value: UInt32) {
            for shift in [0, 8, 16, 24] as [UInt32] { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        let isQuery = operation == Self.opQuery
        word(UInt32(content.count + (isQuery ? 36 : 21)))
        word(0)
        word(id)
        word(isQuery ? Self.opReply : Self.opMessage)
        if isQuery { for value in [8, 0, 0, 0, 1] as [UInt32] { word(value) } } else { word(0) }
        if !isQuery { out.append(0) }
        return out + content
    }

    static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func receive(_ count: Int, from connection: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { recv(connection, $0.baseAddress?.advanced(by: filled), count - filled, 0) }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
}
