import Formats

/// Writes one stream as records of one variant for a broadcast log, and the prefixes for players that join.
///
/// Owns the tracks' muxer and one reusable buffer; a payload is copied once, into that. Join points are the key frames, or every
/// frame of a stream without video, with a new prefix once a second. It can be written to a blob between any two frames.
public struct RTMPLogMuxer: Sendable {
    /// Ids that frames can have: the host's end at 63.
    private static let mostTracks = 64

    /// The codec of data tracks that players are shown; what is for recordings has another.
    private static let messages = FourCC("amf0")

    /// The message stream id in all records; another than `RTMPMuxer.streamID` is put in afterwards.
    public let streamID: UInt32
    /// The record that `append` wrote last; its memory is used again by the next.
    public private(set) var record: [UInt8] = []

    var muxer: RTMPMuxer
    /// What was set last, data tracks included.
    var tracks: [TrackDescription] = []
    /// Kind and timescale by track id.
    private var clocks: [(kind: TrackKind, timescale: UInt32)?] = []
    private var hasVideo = false
    /// New tracks' configurations go out before the next frame.
    var owesConfigurations = false
    /// Milliseconds at which the prefix was made last.
    var lastPrefix: Int64?

    /// A muxer without tracks: `setTracks` has to follow.
    public init(variant: RTMPMuxer.Variant, streamID: UInt32 = RTMPMuxer.streamID) {
        self.streamID = streamID
        muxer = RTMPMuxer(variant: variant)
    }

    /// Legacy or enhanced.
    public var variant: RTMPMuxer.Variant { muxer.variant }

    /// Sets all tracks; again when they change, and then their configurations come before the next frame.
    public mutating func setTracks(_ new: [TrackDescription]) {
        owesConfigurations = !muxer.tracks.isEmpty
        tracks = new
        muxer.setTracks(new.filter { $0.kind != .data })
        hasVideo = new.contains { $0.kind == .video }
        clocks = Array(repeating: nil, count: Self.mostTracks)
        for track in new where track.id < UInt32(Self.mostTracks) && (track.kind != .data || track.codec == Self.messages) {
            clocks[Int(track.id)] = (track.kind, track.timescale)
        }
        lastPrefix = nil
    }

    /// Writes a frame into `record`; nil, and nothing written, where the variant does not carry it.
    public mutating func append(_ timing: FrameTiming, payload: UnsafeRawBufferPointer) -> RTMPLogRecord? {
        guard timing.track < UInt32(clocks.count), let clock = clocks[Int(timing.track)] else { return nil }
        let milliseconds = Self.milliseconds(timing.dts, timescale: clock.timescale)
        record.removeAll(keepingCapacity: true)
        if owesConfigurations {
            owesConfigurations = false
            muxer.configurations(at: milliseconds, into: &record)
        }
        if clock.kind == .data {
            if let data = Self.data(timing, payload) { muxer.data(data, into: &record) }
            return finished(RTMPLogRecord(isJoin: false, isVideo: false))
        }
        let isVideo = clock.kind == .video
        var made = RTMPLogRecord(isJoin: !hasVideo || isVideo && timing.flags.contains(.key), isVideo: isVideo)
        if made.isJoin, hasVideo || lastPrefix.map({ milliseconds &- $0 >= 1000 }) ?? true {
            lastPrefix = milliseconds
            made.prefix = targeted(muxer.prefix(at: milliseconds))
        }
        muxer.frame(timing, payload: payload, into: &record)
        return finished(made)
    }

    private mutating func finished(_ made: RTMPLogRecord) -> RTMPLogRecord? {
        // A new prefix holds even where its frame is not carried.
        guard !record.isEmpty || made.prefix != nil else { return nil }
        if streamID != RTMPMuxer.streamID { RTMPRecord.retarget(&record, to: streamID) }
        return made
    }

    private func targeted(_ bytes: [UInt8]) -> [UInt8] {
        guard streamID != RTMPMuxer.streamID else { return bytes }
        var bytes = bytes
        RTMPRecord.retarget(&bytes, to: streamID)
        return bytes
    }

    /// The message of a frame of a data track.
    private static func data(_ timing: FrameTiming, _ payload: UnsafeRawBufferPointer) -> RTMPData? {
        let body = [UInt8](payload)
        guard let values = try? AMF0.decodeAll(body), let name = values.first?.stringValue else { return nil }
        return RTMPData(time: timing.dts, name: name, body: body)
    }

    /// Stream time in RTMP's milliseconds.
    private static func milliseconds(_ ticks: Int64, timescale: UInt32) -> Int64 {
        guard timescale != 1000, timescale > 0 else { return ticks }
        let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: Int64(timescale))
        return seconds &* 1000 &+ rest &* 1000 / Int64(timescale)
    }
}
