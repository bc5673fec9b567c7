// TrackSet: all tracks of one epoch of a stream, immutable, with the C form ready for sinks. Owns the memory behind the C form.

public import CHostMedia

/// All tracks of one epoch. Immutable; shared between lanes.
public final class TrackSet: @unchecked Sendable {
    /// A description as the host keeps it; see `sluice_track`.
    public struct Track: Equatable, Sendable {
        public var id: UInt32
        public var kind: UInt32
        public var codec: UInt32
        public var timescale: UInt32
        public var width: UInt32
        public var height: UInt32
        public var frameRateMilli: UInt32
        public var sampleRate: UInt32
        public var channels: UInt32
        public var bitrate: UInt32
        public var configuration: [UInt8]
        public var language: String

        /// Bytes of a decoder's configuration at most.
        public static let configurationLimit = 64 << 10

        public var isVideo: Bool { kind == SLUICE_TRACK_VIDEO }
        /// The codec as text: `avc1`.
        public var codecName: String {
            let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: codec >> UInt32($0)) }
            return String(decoding: bytes.map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }, as: UTF8.self)
        }
    }

    /// Why a list of tracks was refused.
    public enum Refusal: Error, Equatable, CustomStringConvertible {
        case none, tooMany(Int), duplicate(UInt32), idTooLarge(UInt32), unknownKind(UInt32), noTimescale(UInt32),
            configurationTooLarge(UInt32)

        public var description: String {
            switch self {
            case .none: "a stream needs at least one track"
            case .tooMany(let count): "\(count) tracks; at most \(TrackSet.limit)"
            case .duplicate(let id): "two tracks have the id \(id)"
            case .idTooLarge(let id): "track id \(id); at most 63"
            case .unknownKind(let kind): "unknown track kind \(kind)"
            case .noTimescale(let id): "track \(id) has no timescale"
            case .configurationTooLarge(let id): "the configuration of track \(id) is over 64 KiB"
            }
        }
    }

    public static let limit = 32

    public let tracks: [Track]
    public let hasVideo: Bool
    /// The C form, valid as long as this object.
    public let raw: UnsafeBufferPointer<sluice_track>
    private let blocks: [UnsafeMutableRawBufferPointer]

    /// Checks and keeps `tracks`.
    public init(_ tracks: [Track]) throws(Refusal) {
        guard !tracks.isEmpty else { throw .none }
        guard tracks.count <= Self.limit else { throw .tooMany(tracks.count) }
        var seen: Set<UInt32> = []
        for track in tracks {
            guard track.id <= 63 else { throw .idTooLarge(track.id) }
            guard seen.insert(track.id).inserted else { throw .duplicate(track.id) }
            guard (SLUICE_TRACK_VIDEO...SLUICE_TRACK_DATA).contains(track.kind) else { throw .unknownKind(track.kind) }
            guard track.timescale > 0 else { throw .noTimescale(track.id) }
            guard track.configuration.count <= Track.configurationLimit else { throw .configurationTooLarge(track.id) }
        }
        self.tracks = tracks
        hasVideo = tracks.contains { $0.isVideo }
        var blocks: [UnsafeMutableRawBufferPointer] = []
        func keep(_ bytes: some Collection<UInt8>) -> UnsafePointer<UInt8>? {
            let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
            block.copyBytes(from: bytes)
            blocks.append(block)
            return UnsafePointer(block.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        let list = UnsafeMutableBufferPointer<sluice_track>.allocate(capacity: tracks.count)
        for (index, track) in tracks.enumerated() {
            let language = keep(track.language.utf8).map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
            list.initializeElement(
                at: index,
                to: sluice_track(
                    struct_size: UInt32(MemoryLayout<sluice_track>.size), id: track.id, kind: track.kind, codec: track.codec,
                    timescale: track.timescale, width: track.width, height: track.height, frame_rate_milli: track.frameRateMilli,
                    sample_rate: track.sampleRate, channels: track.channels, bitrate: track.bitrate, flags: 0,
                    configuration: sluice_bytes(data: keep(track.configuration), size: UInt64(track.configuration.count)),
                    language: sluice_text(data: language, size: UInt64(track.language.utf8.count))))
        }
        raw = UnsafeBufferPointer(list)
        self.blocks = blocks
    }

    deinit {
        UnsafeMutableBufferPointer(mutating: raw).deallocate()
        for block in blocks { block.deallocate() }
    }

    public func track(_ id: UInt32) -> Track? { tracks.first { $0.id == id } }

    /// The C form of one track; for every frame, so without touching the configuration's reference count.
    func raw(_ id: UInt32) -> sluice_track? {
        for track in raw where track.id == id { return track }
        return nil
    }
}

extension TrackSet.Track {
    /// A track of data.
    init(dataTrack id: UInt32, codec: UInt32, timescale: UInt32) {
        var raw = sluice_track()
        (raw.id, raw.kind, raw.codec, raw.timescale) = (id, SLUICE_TRACK_DATA, codec, timescale)
        self.init(raw)
    }

    /// A copy of a borrowed C track; texts are repaired, nothing is checked yet.
    public init(_ raw: sluice_track) {
        id = raw.id
        kind = raw.kind
        codec = raw.codec
        timescale = raw.timescale
        width = raw.width
        height = raw.height
        frameRateMilli = raw.frame_rate_milli
        sampleRate = raw.sample_rate
        channels = raw.channels
        bitrate = raw.bitrate
        // One byte over the limit is enough to be refused.
        let size = raw.configuration.data == nil ? 0 : min(raw.configuration.size, UInt64(Self.configurationLimit + 1))
        configuration = [UInt8](UnsafeRawBufferPointer(start: raw.configuration.data, count: Int(size)))
        let length = raw.language.data == nil ? 0 : min(raw.language.size, 64)
        language = String(decoding: UnsafeRawBufferPointer(start: raw.language.data, count: Int(length)), as: UTF8.self)
    }
}
