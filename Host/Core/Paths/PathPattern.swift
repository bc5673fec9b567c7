// PathPattern: what a route listens for, such as `/{app}/{stream}.flv`.
//
// It matches decoded parts only; whoever matches has a `RequestPath`, so no pattern ever sees a separator or dot part.

/// A pattern over the parts of a path: each part is a literal or one `{name}` with an optional literal prefix and suffix.
///
/// A `{name}` takes at least one character and never more than its own part. A trailing `/` is part of the pattern.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    /// One part of a pattern.
    public enum Part: Hashable, Sendable {
        case literal(String)
        case parameter(name: String, prefix: String, suffix: String)
    }

    /// The text it was made of.
    public let description: String
    public let parts: [Part]
    public let endsInSlash: Bool

    /// Parses the text of a pattern.
    /// - Throws: `PatternError`, naming the part (counted from 1).
    public init(_ text: String) throws(PatternError) {
        guard text.utf8.first == UInt8(ascii: "/") else { throw .notAbsolute }
        var pieces = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        endsInSlash = text.utf8.last == UInt8(ascii: "/")
        if endsInSlash { pieces.removeLast() }
        guard pieces.count <= RequestPath.maximumParts else { throw .tooManyParts }
        var parts: [Part] = []
        var names: Set<String> = []
        for (index, piece) in pieces.enumerated() {
            let part = try PathPattern.part(String(piece), number: index + 1)
            if case .parameter(let name, _, _) = part, !names.insert(name).inserted { throw .repeatedParameter(name) }
            parts.append(part)
        }
        self.parts = parts
        description = text
    }

    /// The parameters in order when the path matches, else nil.
    public func match(_ path: RequestPath) -> [QueryPair]? {
        match(parts: path.parts, endsInSlash: path.endsInSlash)
    }

    /// The parameters in order when the decoded parts match, else nil.
    public func match(parts given: [String], endsInSlash slash: Bool) -> [QueryPair]? {
        guard given.count == parts.count, slash == endsInSlash else { return nil }
        var found: [QueryPair] = []
        for (part, text) in zip(parts, given) {
            switch part {
            case .literal(let literal):
                guard literal.utf8.elementsEqual(text.utf8) else { return nil }
            case .parameter(let name, let prefix, let suffix):
                guard let value = PathPattern.value(in: text, prefix: prefix, suffix: suffix) else { return nil }
                found.append(QueryPair(name, value))
            }
        }
        return found
    }

    /// True when some path matches both patterns.
    public func overlaps(_ other: PathPattern) -> Bool {
        guard parts.count == other.parts.count, endsInSlash == other.endsInSlash else { return false }
        return zip(parts, other.parts).allSatisfy { left, right in left.overlaps(right) }
    }

    /// True when this pattern is to be tried before `other`: at the first part where they differ in kind, a literal beats
    /// a parameter, and a parameter with more literal text beats one with less.
    public func isMoreSpecific(than other: PathPattern) -> Bool {
        for (left, right) in zip(parts, other.parts) where left.weight != right.weight {
            return left.weight > right.weight
        }
        return false
    }
}

extension PathPattern.Part {
    var weight: Int {
        switch self {
        case .literal: Int.max
        case .parameter(_, let prefix, let suffix): prefix.utf8.count + suffix.utf8.count
        }
    }

    func overlaps(_ other: PathPattern.Part) -> Bool {
        switch (self, other) {
        case (.literal(let left), .literal(let right)):
            return left.utf8.elementsEqual(right.utf8)
        case (.literal(let text), .parameter(_, let prefix, let suffix)),
            (.parameter(_, let prefix, let suffix), .literal(let text)):
            return PathPattern.value(in: text, prefix: prefix, suffix: suffix) != nil
        case (.parameter(_, let prefix, let suffix), .parameter(_, let otherPrefix, let otherSuffix)):
            // The longer prefix, any letter and the longer suffix match both, or nothing does.
            let heads = zip(prefix.utf8, otherPrefix.utf8).allSatisfy { $0 == $1 }
            return heads && zip(suffix.utf8.reversed(), otherSuffix.utf8.reversed()).allSatisfy { $0 == $1 }
        }
    }
}

extension PathPattern {
    /// The text between prefix and suffix, at least one byte, compared byte for byte.
    static func value(in text: String, prefix: String, suffix: String) -> String? {
        let bytes = text.utf8
        guard bytes.count > prefix.utf8.count + suffix.utf8.count, bytes.starts(with: prefix.utf8),
            bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        // Prefix and suffix are ASCII (checked when the pattern is made), so the cut is never inside a scalar.
        return String(decoding: bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count), as: UTF8.self)
    }

    private static func part(_ piece: String, number: Int) throws(PatternError) -> Part {
        guard !piece.isEmpty else { throw .emptyPart }
        let opens = piece.utf8.filter { $0 == UInt8(ascii: "{") }.count
        let closes = piece.utf8.filter { $0 == UInt8(ascii: "}") }.count
        if opens == 0, closes == 0 {
            guard isPossible(piece), piece != ".", piece != ".." else { throw .forbiddenLiteral(part: number) }
            return .literal(piece)
        }
        guard opens == 1, closes == 1, let open = piece.firstIndex(of: "{"), let close = piece.firstIndex(of: "}"), open < close
        else { throw .badBraces(part: number) }
        let name = String(piece[piece.index(after: open)..<close])
        guard !name.isEmpty, name.utf8.allSatisfy({ PercentCoding.isUnreserved($0) && !"-.~".utf8.contains($0) }) else {
            throw .badParameterName(part: number)
        }
        let prefix = String(piece[..<open])
        let suffix = String(piece[piece.index(after: close)...])
        guard isPossible(prefix), isPossible(suffix) else { throw .forbiddenLiteral(part: number) }
        return .parameter(name: name, prefix: prefix, suffix: suffix)
    }

    /// Literals of a pattern are printable ASCII, without what a decoded part can never hold.
    private static func isPossible(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "/") }
    }
}
