/// Why an audio or video message is not understood; offsets are from the start of the message.
public enum MediaMessageError: Error, Equatable, Sendable {
    /// A video message without any byte (for audio that is silence).
    case empty
    /// The message ends within the field that starts at `offset`.
    case truncated(offset: Int)
    /// A legacy codec number without a place here (Sorenson, Speex, PCM …).
    case unsupportedCodec(TrackKind, id: UInt8)
    /// A FourCC that is no codec of this kind.
    case unknownFourCC(FourCC, offset: Int)
    /// A packet type without a meaning, or not allowed for the codec.
    case unknownPacketType(TrackKind, UInt8, offset: Int)
    /// A video frame type outside 1 … 5.
    case unknownFrameType(UInt8)
    /// A multitrack type outside 0 … 2.
    case unknownMultitrackType(UInt8, offset: Int)
    /// A multitrack packet within a multitrack packet.
    case nestedMultitrack(offset: Int)
    /// A track's size reaches beyond the message.
    case trackSize(UInt32, remaining: Int, offset: Int)
    /// A nanosecond offset of a millisecond or more, or of fewer than three bytes.
    case nanoOffset(offset: Int)
    /// A channel order outside 0 … 2.
    case unknownChannelOrder(UInt8, offset: Int)
}

extension MediaMessageError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .empty: "video message is empty"
        case .truncated(let offset): "media message ends within the field at byte \(offset)"
        case .unsupportedCodec(let kind, let id): "\(kind) codec \(id) is not supported"
        case .unknownFourCC(let codec, let offset): "codec \(codec) at byte \(offset) is not known"
        case .unknownPacketType(let kind, let type, let offset): "\(kind) packet type \(type) at byte \(offset) is not known"
        case .unknownFrameType(let type): "video frame type \(type) is not known"
        case .unknownMultitrackType(let type, let offset): "multitrack type \(type) at byte \(offset) is not known"
        case .nestedMultitrack(let offset): "multitrack within multitrack at byte \(offset)"
        case .trackSize(let size, let remaining, let offset):
            "track size \(size) at byte \(offset) is larger than the \(remaining) bytes left"
        case .nanoOffset(let offset): "nanosecond offset at byte \(offset) is not below one millisecond"
        case .unknownChannelOrder(let order, let offset): "channel order \(order) at byte \(offset) is not known"
        }
    }
}
