import Formats

/// Why the packager could not take what it was given.
public enum HLSError: Error, Equatable, CustomStringConvertible {
    /// None of the tracks is video or audio that fragmented MP4 can carry.
    case noUsableTrack
    /// The initialization segment could not be made from the track's configuration.
    case configuration(track: UInt32, codec: FourCC, reason: String)
    /// What would have to be handed over is more than a blob may be.
    case tooLarge(bytes: Int, limit: Int)

    /// One line for a log.
    public var description: String {
        switch self {
        case .noUsableTrack: "no track that hls can carry"
        case .configuration(let track, let codec, let reason): "track \(track) (\(codec)): \(reason)"
        case .tooLarge(let bytes, let limit): "\(bytes) bytes to hand over, limit \(limit)"
        }
    }
}
