/// One `traf` of a `moof`, read: samples with their times and where their bytes are.
public struct ParsedFragment: Sendable, Equatable {
    /// A sample, with times in the track's timescale.
    public struct Sample: Sendable, Equatable {
        /// Decode time.
        public var dts: Int64
        /// Presentation time.
        public var pts: Int64
        /// From `trun`, or the default.
        public var duration: UInt32
        /// `sample_flags`.
        public var flags: UInt32
        /// Where the bytes are in the file.
        public var range: Range<Int>
        /// Whether decoding can start here.
        public var isSync: Bool { flags & 0x1_0000 == 0 }
    }

    /// From `mfhd`.
    public var sequenceNumber: UInt32
    /// From `tfhd`.
    public var trackID: UInt32
    /// From `tfdt`, 0 when absent.
    public var baseDecodeTime: UInt64
    /// In decode order.
    public var samples: [Sample]

    /// Most samples of one file that are read.
    public static let sampleLimit = 1 << 18

    /// Reads all fragments in `bytes`, which start with any boxes; `tracks` give the defaults of `trex`.
    public static func all(in bytes: [UInt8], tracks: [MovieTrack] = []) throws(MP4Error) -> [ParsedFragment] {
        var fragments: [ParsedFragment] = []
        var reader = BoxReader(bytes)
        var samples = 0
        while let box = try reader.next() {
            guard box.type == FourCC("moof") else { continue }
            guard let head = BoxReader.find([FourCC("mfhd")], in: bytes, range: box.payload) else {
                throw .truncated(FourCC("mfhd"), offset: box.range.lowerBound)
            }
            let sequence = try BoxFields(bytes, head).u32(4)
            var children = BoxReader(bytes, in: box.payload)
            while let child = try children.next() {
                guard child.type == FourCC("traf") else { continue }
                let parser = TrackFragmentParser(bytes: bytes, movie: box, tracks: tracks, limit: sampleLimit - samples)
                let fragment = try parser.fragment(child, sequence: sequence)
                samples += fragment.samples.count
                fragments.append(fragment)
            }
        }
        return fragments
    }
}
