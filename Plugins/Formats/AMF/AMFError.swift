/// Why bytes are not AMF that we accept; offsets are from the start of the decoded bytes.
public enum AMFError: Error, Equatable, Sendable {
    /// The bytes end within the value that has something missing at `offset`, or a count is larger than they can hold.
    case truncated(offset: Int)
    /// A marker that is unknown, reserved (movie clip, record set), or stands where no value may (object end).
    case unsupportedMarker(UInt8, offset: Int)
    /// A reference to nothing, or to a value that is not complete yet (a cycle).
    case invalidReference(Int, offset: Int)
    /// A property or class name that is not UTF-8 or is longer than 65,535 bytes.
    case invalidName(offset: Int)
    /// An AMF3 class with a format of its own; its length is not known.
    case externalizable(offset: Int)
    /// An AMF3 dictionary key that is no string, number or boolean.
    case unsupportedKey(offset: Int)
    /// Deeper than `AMFLimits.depth`.
    case tooDeep(offset: Int)
    /// More than `AMFLimits.values`.
    case tooManyValues(offset: Int)
    /// More than `AMFLimits.bytes`.
    case tooManyBytes(offset: Int)
}

extension AMFError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .truncated(let offset): "AMF ends too early at byte \(offset)"
        case .unsupportedMarker(let marker, let offset): "AMF marker \(marker) at byte \(offset) is not supported"
        case .invalidReference(let index, let offset): "AMF reference \(index) at byte \(offset) has no complete value"
        case .invalidName(let offset): "AMF name at byte \(offset) is not UTF-8 of at most 65535 bytes"
        case .externalizable(let offset): "AMF externalizable class at byte \(offset) is not supported"
        case .unsupportedKey(let offset): "AMF dictionary key at byte \(offset) is not supported"
        case .tooDeep(let offset): "AMF is nested too deep at byte \(offset)"
        case .tooManyValues(let offset): "AMF has too many values at byte \(offset)"
        case .tooManyBytes(let offset): "AMF has too much text at byte \(offset)"
        }
    }
}
