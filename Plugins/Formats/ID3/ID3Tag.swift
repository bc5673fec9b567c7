/// An ID3v2 tag as timed metadata carries it: text frames, one behind the other (id3.org, ID3v2.4.0).
///
/// Written as version 2.4 in UTF-8. Read in versions 2.3 and 2.4 in any of the four text encodings; frames of other kinds are skipped,
/// unsynchronised, compressed or encrypted ones are not read.
public struct ID3Tag: Sendable, Equatable {
    /// One text frame.
    public struct Frame: Sendable, Equatable {
        /// Four characters of A–Z and 0–9: `TEXT`, `TIT2`.
        public var id: FourCC
        public var text: String

        public init(id: FourCC, text: String) {
            self.id = id
            self.text = text
        }
    }

    public var frames: [Frame]

    /// Bytes of a tag that is read or written.
    public static let mostBytes = 1 << 20

    public init(_ frames: [Frame]) { self.frames = frames }

    /// The tag; nil when it would be too large.
    public func bytes() -> [UInt8]? {
        var body: [UInt8] = []
        for frame in frames {
            let text = Array(frame.text.utf8)
            guard body.count + text.count + 11 <= Self.mostBytes else { return nil }
            for shift in [24, 16, 8, 0] as [UInt32] { body.append(UInt8(truncatingIfNeeded: frame.id.rawValue >> shift)) }
            body += Self.syncsafe(text.count + 1) + [0, 0, 3] + text
        }
        return [0x49, 0x44, 0x33, 4, 0, 0] + Self.syncsafe(body.count) + body
    }

    /// The tag that begins with these bytes; nil when they are none, or one that is cut.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= 10, bytes.starts(with: [0x49, 0x44, 0x33]), bytes[3] == 3 || bytes[3] == 4, bytes[5] & 0xC0 == 0,
            let length = Self.size(bytes[6..<10], isSyncsafe: true), length <= min(bytes.count - 10, Self.mostBytes)
        else { return nil }
        frames = []
        var rest = bytes[10..<(10 + length)]
        while rest.count >= 10, rest.first != 0 {
            let head = rest.prefix(10)
            let start = head.startIndex
            guard let size = Self.size(head[(start + 4)..<(start + 8)], isSyncsafe: bytes[3] == 4), size <= rest.count - 10 else {
                return nil
            }
            let body = rest[(start + 10)..<(start + 10 + size)]
            rest = rest[(start + 10 + size)...]
            guard head[start + 9] == 0, head[start] == UInt8(ascii: "T"), let text = Self.text(body) else { continue }
            let id = head.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            frames.append(Frame(id: FourCC(rawValue: id), text: text))
        }
    }

    private static func syncsafe(_ value: Int) -> [UInt8] {
        [21, 14, 7, 0].map { UInt8(truncatingIfNeeded: value >> $0) & 0x7F }
    }

    private static func size(_ bytes: ArraySlice<UInt8>, isSyncsafe: Bool) -> Int? {
        guard !isSyncsafe || bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        return bytes.reduce(0) { $0 << (isSyncsafe ? 7 : 8) | Int($1) }
    }

    /// The first byte says how the rest is written; a closing zero is none of the text.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let encoding = bytes.first else { return nil }
        var body = bytes.dropFirst()
        switch encoding {
        case 0, 3:
            while body.last == 0 { body = body.dropLast() }
            if encoding == 3 { return String(validating: body, as: UTF8.self) }
            return String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
        case 1, 2:
            var isLittle = false
            if encoding == 1 {
                guard body.count >= 2 else { return body.isEmpty ? "" : nil }
                isLittle = body.prefix(2).elementsEqual([0xFF, 0xFE])
                guard isLittle || body.prefix(2).elementsEqual([0xFE, 0xFF]) else { return nil }
                body = body.dropFirst(2)
            }
            guard body.count % 2 == 0 else { return nil }
            var units: [UInt16] = []
            var place = body.startIndex
            while place < body.endIndex {
                let (first, second) = (UInt16(body[place]), UInt16(body[place + 1]))
                units.append(isLittle ? second << 8 | first : first << 8 | second)
                place += 2
            }
            while units.last == 0 { units.removeLast() }
            return String(validating: units, as: UTF16.self)
        default: return nil
        }
    }
}
