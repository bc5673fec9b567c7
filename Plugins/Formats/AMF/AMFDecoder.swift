/// The state of decoding one message: the position, the reference tables of both versions, and what was used of the limits.
///
/// A reference copies the value it names (the storage is shared), so its full cost is charged again each time: a short
/// message cannot stand for an endless tree. The recursion is bounded by `AMFLimits.depth`, also through references.
struct AMFDecoder<Source: ByteSource> {
    /// Which table of complex values a reference is for.
    enum Version {
        case amf0
        case amf3
    }

    /// A value that a later reference may name, with what it costs to use it.
    struct Shared {
        /// nil while the value is being read.
        var value: AMFValue?
        var values = 0
        var bytes = 0
        /// Levels below the value itself.
        var height = 0
    }

    /// An AMF3 class, §3.12.
    struct Traits {
        var className: String
        var isDynamic: Bool
        var names: [String]
        /// UTF-8 bytes of the names and of the class name.
        var bytes: Int
    }

    var reader: ByteReader<Source>
    let limits: AMFLimits
    /// Complex values in the order in which they began (AMF0 §2.9).
    private var amf0Objects: [Shared] = []
    /// The AMF3 tables (§2.2); one of each for all switches to AMF3 within a message.
    private var amf3Objects: [Shared] = []
    var amf3Strings: [String] = []
    var amf3Traits: [Traits] = []

    private(set) var values = 0
    private(set) var bytes = 0
    private var deepest = 0

    init(_ source: Source, limits: AMFLimits) {
        self.init(ByteReader(source), limits: limits)
    }

    init(_ reader: ByteReader<Source>, limits: AMFLimits) {
        self.reader = reader
        self.limits = limits
    }

    /// The error for a read that found too few bytes.
    var truncated: AMFError { .truncated(offset: reader.position) }

    /// Charges one value at `depth`.
    mutating func enter(depth: Int) throws(AMFError) {
        guard depth <= limits.depth else { throw .tooDeep(offset: reader.position) }
        deepest = max(deepest, depth)
        try charge(values: 1)
    }

    /// Charges `count` values.
    mutating func charge(values count: Int) throws(AMFError) {
        guard count <= limits.values - values else { throw .tooManyValues(offset: reader.position) }
        values += count
    }

    /// Charges `count` bytes of text.
    mutating func charge(bytes count: Int) throws(AMFError) {
        guard count <= limits.bytes - bytes else { throw .tooManyBytes(offset: reader.position) }
        bytes += count
    }

    /// Reads a value that gets a place in the table of `version`, and notes its cost for those who refer to it.
    mutating func shared(
        _ version: Version, depth: Int, _ body: (inout Self) throws(AMFError) -> AMFValue
    ) throws(AMFError) -> AMFValue {
        let index = version == .amf0 ? amf0Objects.count : amf3Objects.count
        set(Shared(), at: index, in: version)
        let (valuesBefore, bytesBefore, deepestBefore) = (values, bytes, deepest)
        deepest = depth
        let value = try body(&self)
        let cost = (values: values - valuesBefore, bytes: bytes - bytesBefore, height: deepest - depth)
        set(Shared(value: value, values: cost.values, bytes: cost.bytes, height: cost.height), at: index, in: version)
        deepest = max(deepest, deepestBefore)
        return value
    }

    /// Replaces an entry, or appends it where `index` is the count.
    private mutating func set(_ entry: Shared, at index: Int, in version: Version) {
        switch version {
        case .amf0 where index < amf0Objects.count: amf0Objects[index] = entry
        case .amf0: amf0Objects.append(entry)
        case .amf3 where index < amf3Objects.count: amf3Objects[index] = entry
        case .amf3: amf3Objects.append(entry)
        }
    }

    /// The value at `index` of the table of `version`, used once more at `depth`.
    mutating func reference(_ index: Int, _ version: Version, depth: Int) throws(AMFError) -> AMFValue {
        let count = version == .amf0 ? amf0Objects.count : amf3Objects.count
        guard index >= 0, index < count else { throw .invalidReference(index, offset: reader.position) }
        let entry = version == .amf0 ? amf0Objects[index] : amf3Objects[index]
        guard let value = entry.value else { throw .invalidReference(index, offset: reader.position) }
        guard depth + entry.height <= limits.depth else { throw .tooDeep(offset: reader.position) }
        deepest = max(deepest, depth + entry.height)
        try charge(values: entry.values)
        try charge(bytes: entry.bytes)
        return value
    }

    /// `count` bytes of text; what is not UTF-8 becomes U+FFFD.
    mutating func text(_ count: Int) throws(AMFError) -> String {
        guard count <= reader.remaining else { throw truncated }
        try charge(bytes: count)
        guard let bytes = reader.bytes(count) else { throw truncated }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `count` bytes of a name, which must be UTF-8.
    mutating func name(_ count: Int) throws(AMFError) -> String {
        let offset = reader.position
        guard count <= reader.remaining else { throw truncated }
        guard count <= 0xFFFF else { throw .invalidName(offset: offset) }
        try charge(bytes: count)
        guard let bytes = reader.bytes(count) else { throw truncated }
        guard let name = String(validating: bytes, as: UTF8.self) else { throw .invalidName(offset: offset) }
        return name
    }
}
