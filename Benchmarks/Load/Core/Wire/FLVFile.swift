/// An FLV file made ready to be played in a loop: times from zero, where each frame's mark goes, what its slices sum up to.
public struct FLVFile {
    /// A tag of the file.
    public struct Tag {
        public var type: UInt8
        /// Milliseconds from the first picture or sound; 0 for configurations.
        public var timestamp: UInt32
        public var body: ArraySlice<UInt8>
        /// Where in `body` a mark goes; nil when it is not an H.264 frame.
        public var markOffset: Int?
        public var crc: UInt32 = 0
    }

    /// What is sent once, before the first loop: metadata and decoder configurations.
    public private(set) var head: [Tag] = []
    /// What is sent in each loop.
    public private(set) var media: [Tag] = []
    /// Length of one loop in milliseconds.
    public private(set) var duration: UInt32 = 0

    /// Reads a whole file's bytes; a tag cut off at the end is left out.
    public init(parsing bytes: [UInt8]) throws(WireFault) {
        var reader = FLVReader()
        bytes.withUnsafeBytes { reader.append($0) }
        var first: UInt32?
        var lastVideo: UInt32 = 0
        var frame: UInt32 = 33
        while let tag = try reader.next() {
            guard !tag.body.isEmpty, !Self.isEndOfSequence(tag) else { continue }
            if Self.isConfiguration(tag) {
                if first == nil { head.append(Tag(type: tag.type, timestamp: 0, body: tag.body[...])) }
                continue
            }
            let start = first ?? tag.timestamp
            first = start
            let time = tag.timestamp &- start
            if tag.type == 9 {
                if time > lastVideo { frame = time - lastVideo }
                lastVideo = max(lastVideo, time)
            }
            media.append(Self.prepared(tag, time))
        }
        guard !media.isEmpty else { throw .refused("no media in the FLV file") }
        duration = max(1, (lastVideo > 0 ? lastVideo : media.last?.timestamp ?? 0) &+ frame)
    }

    private static func isConfiguration(_ tag: FLVTag) -> Bool {
        switch tag.type {
        case 9: tag.body.withUnsafeBytes { VideoBody($0)?.isConfiguration ?? true }
        case 8: tag.body.count > 1 && tag.body[0] >> 4 == 10 && tag.body[1] == 0
        default: true
        }
    }

    private static func isEndOfSequence(_ tag: FLVTag) -> Bool {
        tag.type == 9 && tag.body.count > 1 && tag.body[0] & 0x8f == 7 && tag.body[1] == 2
    }

    private static func prepared(_ tag: FLVTag, _ time: UInt32) -> Tag {
        var prepared = Tag(type: tag.type, timestamp: time, body: tag.body[...])
        guard tag.type == 9 else { return prepared }
        tag.body.withUnsafeBytes { body in
            guard let units = VideoBody(body)?.nalUnits else { return }
            prepared.crc = FrameScan(lengthPrefixed: units).crc
            // After an access unit delimiter, which must be first (H.264 7.4.1.2.3).
            var reader = ByteReader(units)
            let hasDelimiter = reader.u32().flatMap { reader.take(Int($0)) }?.first.map { $0 & 0x1f == 9 } ?? false
            prepared.markOffset = 5 + (hasDelimiter ? reader.offset : 0)
        }
        return prepared
    }
}
