/// Reads HTTP/1.1 responses one after the other: head, pieces of body, end (RFC 9112 §6, §7).
public struct HTTPReader {
    /// What has come.
    public enum Event: Equatable {
        case head(HTTPHead)
        case body([UInt8])
        case end
    }

    private enum State: Equatable {
        case head
        case length(Int)
        case untilClose
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case end
    }

    private static let longestHead = 65_536
    private var input = InputBuffer()
    private var state = State.head

    public init() {}

    /// Gives bytes as they came.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(bytes) }

    /// Bytes of body that may be dropped unseen, because nothing but body can come before them; tell with `dropped`.
    public var droppable: Int {
        guard input.count == 0 else { return 0 }
        return switch state {
        case .length(let left): left
        case .untilClose: .max
        default: 0
        }
    }

    /// Whether a response has begun and not ended.
    public var isInside: Bool { state != .head || input.count > 0 }

    /// Says that body bytes were dropped unseen.
    public mutating func dropped(_ count: Int) {
        guard case .length(let left) = state else { return }
        state = left > count ? .length(left - count) : .end
    }

    /// The next event; nil until more bytes come.
    public mutating func next() throws(WireFault) -> Event? {
        while true {
            switch state {
            case .head: return try head().map { .head($0) }
            case .length(let left):
                let piece = input.takeUp(to: left)
                state = piece.count == left ? .end : .length(left - piece.count)
                if piece.isEmpty && left > 0 { return nil }
                if !piece.isEmpty { return .body(piece) }
            case .untilClose:
                let piece = input.takeUp(to: .max)
                return piece.isEmpty ? nil : .body(piece)
            case .chunk(let left):
                let piece = input.takeUp(to: left)
                state = piece.count == left ? .chunkEnd : .chunk(left - piece.count)
                return piece.isEmpty ? nil : .body(piece)
            case .chunkSize, .chunkEnd, .trailer:
                guard let line = try line() else { return nil }
                state = try after(line)
            case .end:
                state = .head
                return .end
            }
        }
    }

    private mutating func head() throws(WireFault) -> HTTPHead? {
        let text = input.read { reader -> [UInt8]? in
            let all = reader.rest()
            guard let end = Self.headEnd(all) else { return nil }
            reader = ByteReader(UnsafeRawBufferPointer(rebasing: all[..<(end + 4)]))
            return reader.rest().dropLast(4)
        }
        guard let text else {
            if input.count > Self.longestHead { throw .tooLong(what: "HTTP head", bytes: input.count) }
            return nil
        }
        let head = try HTTPHead(parsing: text)
        if head.status / 100 == 1 || head.status == 204 || head.status == 304 {
            state = .end
        } else if head.isChunked {
            state = .chunkSize
        } else if let length = head.contentLength, length >= 0 {
            state = .length(length)
        } else {
            state = .untilClose
        }
        return head
    }

    private static func headEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { i in
            bytes[i] == 13 && bytes[i + 1] == 10 && bytes[i + 2] == 13 && bytes[i + 3] == 10
        }
    }

    private mutating func line() throws(WireFault) -> [UInt8]? {
        let line = input.read { reader -> [UInt8]? in
            let all = reader.rest()
            guard let end = all.firstIndex(of: 10) else { return nil }
            reader = ByteReader(UnsafeRawBufferPointer(rebasing: all[...end]))
            return Array(reader.rest().dropLast())
        }
        if line == nil, input.count > 4096 { throw .httpChunk }
        return line.map { $0.last == 13 ? $0.dropLast() : $0 }
    }

    private func after(_ line: [UInt8]) throws(WireFault) -> State {
        switch state {
        case .chunkEnd:
            guard line.isEmpty else { throw .httpChunk }
            return .chunkSize
        case .trailer: return line.isEmpty ? .end : .trailer
        default:
            let digits = line.prefix { $0 != 0x3b && $0 != 0x20 }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { throw .httpChunk }
            return size == 0 ? .trailer : .chunk(size)
        }
    }
}
