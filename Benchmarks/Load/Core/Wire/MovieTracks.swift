/// What an initialization segment says of its tracks.
public struct MovieTracks: Equatable, Sendable {
    /// One track.
    public struct Track: Equatable, Sendable {
        public var id: UInt32
        /// Ticks per second.
        public var timescale: UInt32
        public var isVideo: Bool
    }

    public private(set) var tracks: [Track] = []

    /// Reads an initialization segment.
    public init(parsing bytes: [UInt8]) throws(WireFault) {
        tracks = try bytes.withUnsafeBytes { all -> Result<[Track], WireFault> in
            do throws(WireFault) { return .success(try Self.tracks(all)) } catch { return .failure(error) }
        }.get()
        guard !tracks.isEmpty else { throw .box("no track in the initialization segment") }
    }

    public subscript(_ id: UInt32) -> Track? { tracks.first { $0.id == id } }

    private static func tracks(_ bytes: UnsafeRawBufferPointer) throws(WireFault) -> [Track] {
        var tracks: [Track] = []
        for movie in try MP4Box.boxes(bytes) where movie.type == "moov" {
            for track in try movie.children() where track.type == "trak" {
                if let found = try Self.track(track) { tracks.append(found) }
            }
        }
        return tracks
    }

    private static func track(_ box: MP4Box) throws(WireFault) -> Track? {
        var track = Track(id: 0, timescale: 0, isVideo: false)
        for child in try box.children() {
            if child.type == "tkhd" {
                var reader = ByteReader(child.body)
                guard let version = reader.u8(), reader.skip(3 + (version == 1 ? 16 : 8)), let id = reader.u32() else {
                    throw .box("short tkhd")
                }
                track.id = id
            } else if child.type == "mdia" {
                for media in try child.children() { try read(media, &track) }
            }
        }
        return track.id != 0 && track.timescale > 0 ? track : nil
    }

    private static func read(_ box: MP4Box, _ track: inout Track) throws(WireFault) {
        var reader = ByteReader(box.body)
        switch box.type {
        case "mdhd":
            guard let version = reader.u8(), reader.skip(3 + (version == 1 ? 16 : 8)), let timescale = reader.u32() else {
                throw .box("short mdhd")
            }
            track.timescale = timescale
        case "hdlr":
            guard reader.skip(8), let kind = reader.take(4) else { throw .box("short hdlr") }
            track.isVideo = kind.elementsEqual("vide".utf8)
        default: break
        }
    }
}
