import Glibc

/// The stream of the tests: self-describing records whose every byte a client can check.
///
/// `REC1`, kind, sequence (8, big endian), payload length (4), then payload byte i = (i + 13 · sequence) mod 251. A stream's number
/// stands in the upper bits of its sequences, so that no byte of one stream passes for another's.
enum Record {
    enum Kind: UInt8 { case inter, key, prefix, control, head, bridge }
    static let headerSize = 17
    static let magic: [UInt8] = Array("REC1".utf8)
    static let maxPayload = 8 << 20
    static let streamShift: UInt64 = 40
    static let pattern: [UInt8] = {
        var out = (0..<251).map { UInt8($0) }
        while out.count < maxPayload + 251 { out += out }
        return out
    }()

    static func make(_ kind: Kind, _ sequence: UInt64, payload: Int) -> [UInt8] {
        var out = magic
        out.reserveCapacity(headerSize + payload)
        out.append(kind.rawValue)
        for shift in stride(from: 56, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: sequence >> UInt64(shift))) }
        for shift in stride(from: 24, through: 0, by: -8) { out.append(UInt8(truncatingIfNeeded: payload >> shift)) }
        let from = Int(sequence * 13 % 251)
        out.append(contentsOf: pattern[from..<(from + payload)])
        return out
    }
}

/// Checks a received stream byte by byte as it arrives.
struct RecordChecker {
    var records = 0, keys = 0, jumps = 0, controls = 0, heads = 0, prefixes = 0, bridges = 0, bytes = 0
    var errors: [String] = []
    /// A stream without prefixes begins and resumes at key records alone.
    var hasPrefix = true
    /// The stream whose records alone may come.
    var stream: UInt64 = 0
    private(set) var expected: UInt64?
    private var expectedControl: UInt64?
    private var last = Record.Kind.head
    private var lastPrefix: UInt64 = 0
    private var header: [UInt8] = []
    private var sequence: UInt64 = 0
    private var position = 0
    private var left = 0

    /// Whether the last byte ended a record.
    var isWhole: Bool { header.isEmpty && left == 0 }

    mutating func feed(_ all: UnsafeRawBufferPointer) {
        guard errors.isEmpty else { return }
        bytes += all.count
        var rest = all[...]
        while !rest.isEmpty, errors.isEmpty {
            if left == 0 {
                let n = min(Record.headerSize - header.count, rest.count)
                header.append(contentsOf: rest.prefix(n))
                rest = rest.dropFirst(n)
                if header.count == Record.headerSize { begin() }
            } else {
                let n = min(left, rest.count)
                let from = Int(sequence * 13 % 251) + position
                let same = Record.pattern.withUnsafeBytes { p -> Bool in
                    guard let a = p.baseAddress, let b = UnsafeRawBufferPointer(rebasing: rest).baseAddress else { return false }
                    return memcmp(a + from, b, n) == 0
                }
                if !same { errors.append("payload of \(sequence) differs near \(position)") }
                position += n
                left -= n
                rest = rest.dropFirst(n)
            }
        }
    }

    private mutating func begin() {
        defer { header = [] }
        guard Array(header.prefix(4)) == Record.magic, let kind = Record.Kind(rawValue: header[4]) else {
            errors.append("no record at byte \(bytes) after \(sequence): \(header)")
            return
        }
        sequence = header[5..<13].reduce(0) { $0 << 8 | UInt64($1) }
        left = header[13..<17].reduce(0) { $0 << 8 | Int($1) }
        position = 0
        guard left <= Record.maxPayload else { return errors.append("length \(left)") }
        guard sequence >> Record.streamShift == stream else {
            return errors.append("\(kind) of stream \(sequence >> Record.streamShift) in stream \(stream)")
        }
        switch kind {
        case .inter, .key: media(kind)
        case .prefix:
            prefixes += 1
            lastPrefix = sequence
        case .bridge: bridges += 1
        case .head:
            heads += 1
            expected = nil
        case .control:
            controls += 1
            if let expectedControl, sequence != expectedControl { errors.append("control \(sequence), not \(expectedControl)") }
            expectedControl = sequence + 1
        }
        // Replies may stand anywhere between records, also between a prefix and its key.
        if kind != .control { last = kind }
    }

    private mutating func media(_ kind: Record.Kind) {
        records += 1
        if kind == .key { keys += 1 }
        if last == .prefix, lastPrefix != sequence { errors.append("\(sequence) after the prefix of \(lastPrefix)") }
        let fresh = kind == .key && (last == .prefix || !hasPrefix)
        if let expected {
            if sequence != expected {
                jumps += 1
                if !fresh { errors.append("\(sequence) instead of \(expected), after \(last)") }
                if sequence < expected { errors.append("back to \(sequence) from \(expected)") }
            } else if last == .prefix {
                errors.append("prefix before \(sequence), which follows on")
            }
        } else if !fresh {
            errors.append("begins with \(kind) \(sequence) after \(last)")
        }
        expected = sequence + 1
    }
}
