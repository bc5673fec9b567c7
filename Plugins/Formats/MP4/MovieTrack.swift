/// A track as the `moov` of a file describes it; read back for tests and for files that are played out.
public struct MovieTrack: Sendable, Equatable {
    /// `track_ID`.
    public var trackID: UInt32
    /// From `mdhd`.
    public var timescale: UInt32
    /// `handler_type`: `vide`, `soun`.
    public var handler: FourCC
    /// Type of the first sample entry.
    public var entry: FourCC
    /// Video: from the sample entry; 0 for audio.
    public var width: UInt16, height: UInt16
    /// Audio: from the sample entry; 0 for video.
    public var channels: UInt16
    /// Boxes in the sample entry, by type and payload.
    public var entryBoxes: [(type: FourCC, payload: [UInt8])]
    /// `default_sample_duration`, `_size` and `_flags` of `trex`.
    public var defaults: (duration: UInt32, size: UInt32, flags: UInt32) = (0, 0, 0)

    /// Reads all tracks of an initialisation segment, at most 64.
    public static func all(in bytes: [UInt8]) throws(MP4Error) -> [MovieTrack] {
        var top = BoxReader(bytes)
        guard let movie = top.first(FourCC("moov")) else { throw .truncated(FourCC("moov"), offset: bytes.count) }
        var tracks: [MovieTrack] = []
        var reader = BoxReader(bytes, in: movie.payload)
        while let box = try reader.next() {
            guard box.type == FourCC("trak") else { continue }
            guard tracks.count < InitializationSegment.trackLimit else {
                throw .overLimit("tracks", limit: InitializationSegment.trackLimit)
            }
            tracks.append(try MovieTrack(bytes, box.payload))
        }
        if let extends = BoxReader.find([FourCC("mvex")], in: bytes, range: movie.payload) {
            try applyDefaults(bytes, extends.payload, to: &tracks)
        }
        return tracks
    }

    private init(_ bytes: [UInt8], _ range: Range<Int>) throws(MP4Error) {
        let header = try Self.fields("tkhd", [], bytes, range)
        let isLong = header.version == 1
        trackID = try header.u32(isLong ? 20 : 12)
        let media = try Self.fields("mdhd", ["mdia"], bytes, range)
        timescale = try media.u32(media.version == 1 ? 20 : 12)
        handler = FourCC(rawValue: try Self.fields("hdlr", ["mdia"], bytes, range).u32(8))
        let description = try Self.fields("stsd", ["mdia", "minf", "stbl"], bytes, range)
        var entries = BoxReader(bytes, in: description.range.dropFirst(8))
        guard let box = try entries.next() else { throw .truncated(FourCC("stsd"), offset: description.range.upperBound) }
        entry = box.type
        let fields = BoxFields(bytes, box)
        let isVideo = handler == FourCC("vide")
        width = isVideo ? try fields.u16(24) : 0
        height = isVideo ? try fields.u16(26) : 0
        channels = isVideo ? 0 : try fields.u16(16)
        entryBoxes = []
        var inner = BoxReader(bytes, in: box.payload.dropFirst(isVideo ? 78 : 28))
        while let child = try inner.next(), entryBoxes.count < 64 {
            entryBoxes.append((child.type, Array(bytes[child.payload])))
        }
    }

    private static func fields(
        _ type: StaticString, _ path: [StaticString], _ bytes: [UInt8], _ range: Range<Int>
    ) throws(MP4Error) -> BoxFields {
        guard let box = BoxReader.find(path.map { FourCC($0) } + [FourCC(type)], in: bytes, range: range) else {
            throw .truncated(FourCC(type), offset: range.upperBound)
        }
        return BoxFields(bytes, box)
    }

    private static func applyDefaults(_ bytes: [UInt8], _ range: Range<Int>, to tracks: inout [MovieTrack]) throws(MP4Error) {
        var reader = BoxReader(bytes, in: range)
        while let box = try reader.next() {
            guard box.type == FourCC("trex") else { continue }
            let fields = BoxFields(bytes, box)
            let id = try fields.u32(4)
            for index in tracks.indices where tracks[index].trackID == id {
                tracks[index].defaults = (try fields.u32(12), try fields.u32(16), try fields.u32(20))
            }
        }
    }

    /// Two descriptions that say the same.
    public static func == (left: MovieTrack, right: MovieTrack) -> Bool {
        left.trackID == right.trackID && left.timescale == right.timescale && left.handler == right.handler
            && left.entry == right.entry && left.width == right.width && left.height == right.height
            && left.channels == right.channels && left.defaults == right.defaults
            && left.entryBoxes.elementsEqual(right.entryBoxes) { $0.type == $1.type && $0.payload == $1.payload }
    }
}
