import Formats

/// Writes one stream as FLV for a broadcast log: records of one tag each, and the prefix for players that join.
///
/// A player reads: `fileHeader` once, then at its join point the prefix (onMetaData and configurations), then records. No
/// record depends on the one before. Owns the tracks' muxers and one reusable buffer; a payload is copied once, into that.
/// Times are the stream's own, in milliseconds modulo 2^32. No socket, clock or thread.
public struct FLVLogMuxer: Sendable {
    /// Plain or WebSocket.
    public let framing: FLVFraming
    /// The record that `append` wrote last; its memory is used again by the next.
    public private(set) var record: [UInt8] = []

    private(set) var tracks: [TrackDescription] = []
    private var muxers: [UInt32: FLVTrackMuxer] = [:]
    private var scripts: Set<UInt32> = []
    private var hasVideo = false
    var lastJoin: Int64?
    /// Tracks were set, were they none.
    var hasTracks = false
    /// New tracks' configurations go into the log before the next record.
    var owesConfigurations = false
    private var small = ByteWriter(capacity: 64)

    /// A tag's length has 24 bits; what does not fit is not written.
    public static let maximumBodyBytes = 0xFF_FFFF

    /// A muxer without tracks: `setTracks` has to follow.
    public init(framing: FLVFraming = .http) {
        self.framing = framing
    }

    /// What every player gets first: the file header with its flags, and the size of no tag (FLV 10.1 §E.2).
    ///
    /// Without tracks (not on air yet) both kinds are announced.
    public static func fileHeader(tracks: [TrackDescription], framing: FLVFraming = .http) -> [UInt8] {
        let kinds = tracks.filter { $0.kind != .data }
        var writer = ByteWriter(capacity: 16)
        FLVFileHeader(
            hasAudio: kinds.isEmpty || kinds.contains { $0.kind == .audio },
            hasVideo: kinds.isEmpty || kinds.contains { $0.kind == .video }
        ).append(to: &writer)
        return wrapped(writer.bytes, framing)
    }

    /// All tracks of the stream; again when they change, and then what `takeOwed` gives belongs into the log, too, as one record.
    public mutating func setTracks(_ new: [TrackDescription]) {
        tracks = new
        muxers = [:]
        scripts = []
        for (track, muxer) in zip(new, FLVTrackMuxer.muxers(for: new)) {
            if let muxer { muxers[track.id] = muxer }
            if track.kind == .data, track.codec == FLVLogMuxer.amf0 { scripts.insert(track.id) }
        }
        hasVideo = muxers.values.contains { $0.kind == .video }
        lastJoin = nil
        owesConfigurations = hasTracks
        hasTracks = true
    }

    /// What has to come before `record`, once after new tracks; nil mostly.
    public mutating func takeOwed(at timestamp: UInt32) -> [UInt8]? {
        guard owesConfigurations else { return nil }
        owesConfigurations = false
        return prefix(at: timestamp)
    }

    /// onMetaData and the configurations of all tracks, at `timestamp` (that of the join point's record). onMetaData itself
    /// always has time 0: ffmpeg takes one with another time for a track of text.
    public func prefix(at timestamp: UInt32) -> [UInt8] {
        var writer = ByteWriter(capacity: 512)
        FLVTag(.script, timestamp: 0, body: StreamMetadata.scriptData(for: tracks)).append(to: &writer)
        for track in tracks {
            guard let muxer = muxers[track.id], let body = muxer.configurationBody() else { continue }
            FLVTag(muxer.kind == .video ? .video : .audio, timestamp: timestamp, body: body).append(to: &writer)
        }
        return FLVLogMuxer.wrapped(writer.bytes, framing)
    }

    /// Writes a frame into `record`; nil (and nothing written) for unknown tracks and times, configurations, and what is too
    /// long.
    public mutating func append(_ timing: FrameTiming, payload: UnsafeRawBufferPointer) -> FLVRecord? {
        guard !timing.flags.contains(.config), payload.count > 0, payload.count < FLVLogMuxer.maximumBodyBytes - 64 else {
            return nil
        }
        small.removeAll()
        if let muxer = muxers[timing.track] {
            guard let time = muxer.timestamp(of: timing) else { return nil }
            muxer.appendFrameHeader(timing, to: &small)
            write(muxer.kind == .video ? .video : .audio, time, payload)
            return FLVRecord(
                isJoin: isJoin(timing, muxer, time), isVideo: muxer.kind == .video, timestamp: UInt32(truncatingIfNeeded: time))
        }
        guard scripts.contains(timing.track), let track = tracks.first(where: { $0.id == timing.track }),
            let time = FLVTrackMuxer.time(of: timing, timescale: track.timescale)
        else { return nil }
        write(.script, time, payload)
        return FLVRecord(isJoin: false, isVideo: false, timestamp: UInt32(truncatingIfNeeded: time))
    }

    private mutating func isJoin(_ timing: FrameTiming, _ muxer: FLVTrackMuxer, _ time: Int64) -> Bool {
        if hasVideo { return muxer.kind == .video && muxer.trackID == 0 && timing.flags.contains(.key) }
        if let lastJoin, time >= lastJoin, time - lastJoin < 1000 { return false }
        lastJoin = time
        return true
    }

    /// WebSocket header, tag header, what is in `small`, payload, previous tag size.
    private mutating func write(_ type: FLVTagType, _ time: Int64, _ payload: UnsafeRawBufferPointer) {
        let header = FLVTagHeader(type, bodyCount: small.count + payload.count, timestamp: UInt32(truncatingIfNeeded: time))
        let count = FLVTagHeader.byteCount + small.count + payload.count + FLVTagHeader.trailerByteCount
        var writer = ByteWriter(appendingTo: record)
        record = []
        writer.removeAll()
        if framing == .webSocket { WebSocketFrame.appendHeader(payloadCount: count, to: &writer) }
        header.append(to: &writer)
        writer.append(small.bytes)
        writer.append(payload)
        header.appendTrailer(to: &writer)
        record = writer.bytes
    }

    private static let amf0 = FourCC("amf0")

    private static func wrapped(_ bytes: [UInt8], _ framing: FLVFraming) -> [UInt8] {
        guard framing == .webSocket else { return bytes }
        var writer = ByteWriter(capacity: bytes.count + WebSocketFrame.maximumHeaderBytes)
        WebSocketFrame.appendHeader(payloadCount: bytes.count, to: &writer)
        writer.append(bytes)
        return writer.bytes
    }
}
