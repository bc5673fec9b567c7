import Formats

/// One track of a publisher, by its number on the wire.
struct RTMPPublishedTrack: Sendable {
    /// Steps of more than this are called a jump, milliseconds.
    static let jump: Int64 = 10_000

    let kind: TrackKind
    /// Of Enhanced RTMP multitrack; 0 is the default. Audio and video count apart.
    let wireID: UInt8
    var description: TrackDescription
    /// The configuration record as it came, to know a repeated one.
    var record: [UInt8]
    /// Of NAL units on the wire.
    var lengthSize: Int
    var lastTime: Int64?

    init(kind: TrackKind, wireID: UInt8, description: TrackDescription, record: [UInt8], lengthSize: Int) {
        self.kind = kind
        self.wireID = wireID
        self.description = description
        self.record = record
        self.lengthSize = lengthSize
    }

    /// Notes a frame's time, and tells whether it is far from the one before.
    mutating func jumps(to time: Int64) -> Bool {
        defer { lastTime = time }
        guard let lastTime else { return false }
        return (time &- lastTime).magnitude > UInt64(Self.jump)
    }

    /// A record as tracks carry it, with 4-byte lengths for NAL units, and the length size that frames have on the wire.
    static func canonical(_ codec: FourCC, _ record: [UInt8]) throws(BitstreamError) -> ([UInt8], lengthSize: Int) {
        switch codec {
        case .avc1:
            var configuration = try AVCConfiguration(parsing: record)
            let size = configuration.lengthSize
            if size == 4 { return (record, 4) }
            configuration.lengthSize = 4
            return (configuration.serialized, size)
        case .hvc1:
            var configuration = try HEVCConfiguration(parsing: record)
            let size = configuration.lengthSize
            if size == 4 { return (record, 4) }
            configuration.lengthSize = 4
            return (configuration.serialized, size)
        case .opus where record.isEmpty: return (OpusHead(channels: 2).serialized, 4)
        default:
            guard !record.isEmpty else { throw .truncated(field: "configuration", bitOffset: 0) }
            return (record, 4)
        }
    }

    /// The configuration that these parameter sets make, or nil when it holds all of them already or they make none.
    func configuration(with sets: [[UInt8]]) -> [UInt8]? {
        switch description.codec {
        case .avc1:
            let known = try? AVCConfiguration(parsing: description.configuration)
            let all = (known?.sequenceParameterSets ?? []) + (known?.pictureParameterSets ?? [])
            if sets.allSatisfy({ all.contains($0) }) { return nil }
            guard let made = AVCConfiguration(parameterSets: sets), !made.pictureParameterSets.isEmpty else { return nil }
            return made.serialized
        case .hvc1:
            let all = (try? HEVCConfiguration(parsing: description.configuration))?.arrays.flatMap(\.units) ?? []
            if sets.allSatisfy({ all.contains($0) }) { return nil }
            guard let made = HEVCConfiguration(parameterSets: sets), Set(made.arrays.map(\.type)).isSuperset(of: [32, 33, 34])
            else { return nil }
            return made.serialized
        default: return nil
        }
    }
}
