/// Why an MP4 structure cannot be written or was refused in reading.
public enum MP4Error: Error, Equatable, Sendable, CustomStringConvertible {
    /// An initialisation segment needs at least one track, and at most 64.
    case trackCount(Int)
    /// The codec has no sample entry here.
    case unsupportedCodec(FourCC)
    /// The codec's configuration is missing or broken.
    case configuration(FourCC, String)
    /// The track has no usable timescale or identifier.
    case invalidTrack(id: UInt32)
    /// Decode times must be known, not negative and strictly increasing within a fragment.
    case decodeTime(Int64)
    /// Presentation time and decode time are too far apart for 32 bits, or the presentation time is unknown.
    case compositionOffset(pts: Int64, dts: Int64)
    /// The sample lasts longer than 32 bits hold.
    case duration(Int64)
    /// The fragment has more bytes or samples than its limits.
    case overLimit(String, limit: Int)
    /// A box, or a field in it, leaves the bytes that hold it.
    case truncated(FourCC, offset: Int)
    /// A field holds a forbidden value.
    case invalid(FourCC, field: String)

    /// Text fit for one log line.
    public var description: String {
        switch self {
        case .trackCount(let count): "\(count) tracks (1...64 are possible)"
        case .unsupportedCodec(let codec): "codec \(codec) has no MP4 sample entry here"
        case .configuration(let codec, let reason): "configuration of \(codec): \(reason)"
        case .invalidTrack(let id): "track \(id) has no timescale or an impossible id"
        case .decodeTime(let time): "decode time \(time) is negative or not increasing"
        case .compositionOffset(let pts, let dts): "pts \(pts) is unknown or too far from dts \(dts)"
        case .duration(let duration): "sample duration \(duration) does not fit"
        case .overLimit(let what, let limit): "\(what) over the limit of \(limit)"
        case .truncated(let box, let offset): "\(box) truncated at byte \(offset)"
        case .invalid(let box, let field): "invalid \(field) in \(box)"
        }
    }
}
