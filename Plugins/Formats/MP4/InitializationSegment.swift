/// The start of a fragmented MP4 file: `ftyp` and `moov` with `mvex`, without samples (ISO 14496-12 §8, CMAF 23000-19 §7.3.1).
///
/// One track makes a CMAF header; several make an ordinary fragmented file. Track n of the stream has `track_ID` n + 1.
public enum InitializationSegment {
    /// Most tracks of one file.
    public static let trackLimit = 64

    /// The `track_ID` of a track: its stream id plus one, since zero is not allowed.
    public static func trackID(_ track: TrackDescription) -> UInt32 { track.id &+ 1 }

    /// Makes the segment. Geometry and rates are read from the configurations where the descriptions lack them.
    ///
    /// Throws when a codec is unknown or its configuration is missing or broken (AC-3 and VP9 need what `apply(firstFrame:)` finds).
    public static func make(tracks: [TrackDescription]) throws(MP4Error) -> [UInt8] {
        guard (1...trackLimit).contains(tracks.count) else { throw .trackCount(tracks.count) }
        var entries: [SampleEntry] = []
        for track in tracks {
            guard track.timescale > 0, track.id < UInt32.max, !entries.contains(where: { $0.track.id == track.id }) else {
                throw .invalidTrack(id: track.id)
            }
            entries.append(try SampleEntry(track))
        }
        var writer = BoxWriter(capacity: 1024 * tracks.count)
        writeFileType(entries, &writer)
        writer.box("moov") { writer in
            writeMovieHeader(entries, &writer)
            for entry in entries { writeTrack(entry, &writer) }
            writer.box("mvex") { writer in
                for entry in entries {
                    writer.fullBox("trex") { writer in
                        writer.u32(trackID(entry.track))
                        writer.u32(1)
                        writer.zeros(12)
                    }
                }
            }
        }
        return writer.bytes
    }

    private static func writeFileType(_ entries: [SampleEntry], _ writer: inout BoxWriter) {
        writer.box("ftyp") { writer in
            writer.fourCC("iso6")
            writer.u32(1)
            writer.fourCC("iso6")
            writer.fourCC("mp41")
            if entries.count == 1 {
                writer.fourCC("cmfc")
                writer.fourCC("cmf2")
            }
            if entries.contains(where: { $0.track.codec == .av01 }) { writer.fourCC("av01") }
        }
    }

    private static func writeMovieHeader(_ entries: [SampleEntry], _ writer: inout BoxWriter) {
        writer.fullBox("mvhd") { writer in
            writer.zeros(8)
            writer.u32(1000)
            writer.u32(0)
            writer.u32(0x0001_0000)
            writer.u16(0x0100)
            writer.zeros(10)
            writeMatrix(&writer)
            writer.zeros(24)
            writer.u32((entries.map { trackID($0.track) }.max() ?? 0) &+ 1)
        }
    }

    private static func writeTrack(_ entry: SampleEntry, _ writer: inout BoxWriter) {
        let track = entry.track
        writer.box("trak") { writer in
            writer.fullBox("tkhd", flags: 7) { writer in
                writer.zeros(8)
                writer.u32(trackID(track))
                writer.zeros(16)  // reserved, duration, reserved
                writer.u16(0)
                writer.u16(track.kind == .audio ? 1 : 0)
                writer.u16(track.kind == .audio ? 0x0100 : 0)
                writer.u16(0)
                writeMatrix(&writer)
                writer.u32(displayWidth(track) << 16)
                writer.u32(min(track.height, 0xFFFF) << 16)
            }
            writer.box("mdia") { writer in
                writeMediaHeader(track, &writer)
                writeMediaInformation(entry, &writer)
            }
        }
    }

    /// Width in square pixels.
    private static func displayWidth(_ track: TrackDescription) -> UInt32 {
        guard track.kind == .video else { return 0 }
        guard let aspect = track.pixelAspect, aspect.vertical > 0 else { return min(track.width, 0xFFFF) }
        // Both factors are below 2³².
        let width = UInt64(track.width) * UInt64(aspect.horizontal) / UInt64(aspect.vertical)
        return UInt32(truncatingIfNeeded: min(width, 0xFFFF))
    }

    private static func writeMediaHeader(_ track: TrackDescription, _ writer: inout BoxWriter) {
        let language = track.language.utf8.prefix(64).filter { (0x21...0x7E).contains($0) }
        let isThreeLetters = language.count == 3 && language.allSatisfy { (0x61...0x7A).contains($0) }
        let code = isThreeLetters ? language : Array("und".utf8)
        writer.fullBox("mdhd") { writer in
            writer.zeros(8)
            writer.u32(track.timescale)
            writer.u32(0)
            writer.u16(code.reduce(0) { $0 << 5 | UInt16($1 - 0x60) })
            writer.u16(0)
        }
        writer.fullBox("hdlr") { writer in
            writer.u32(0)
            writer.fourCC(track.kind == .video ? "vide" : "soun")
            writer.zeros(12)
            writer.string(track.kind == .video ? "video" : "audio")
        }
        if !language.isEmpty, !isThreeLetters {
            writer.fullBox("elng") { $0.string(String(decoding: language, as: UTF8.self)) }
        }
    }

    private static func writeMediaInformation(_ entry: SampleEntry, _ writer: inout BoxWriter) {
        writer.box("minf") { writer in
            if entry.track.kind == .video {
                writer.fullBox("vmhd", flags: 1) { $0.zeros(8) }
            } else {
                writer.fullBox("smhd") { $0.zeros(4) }
            }
            writer.box("dinf") { writer in
                writer.fullBox("dref") { writer in
                    writer.u32(1)
                    writer.fullBox("url ", flags: 1) { _ in }
                }
            }
            writer.box("stbl") { writer in
                writer.fullBox("stsd") { writer in
                    writer.u32(1)
                    entry.write(to: &writer)
                }
                writer.fullBox("stts") { $0.u32(0) }
                writer.fullBox("stsc") { $0.u32(0) }
                writer.fullBox("stsz") { $0.zeros(8) }
                writer.fullBox("stco") { $0.u32(0) }
            }
        }
    }

    private static func writeMatrix(_ writer: inout BoxWriter) {
        for value: UInt32 in [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000] { writer.u32(value) }
    }
}
