import Formats

/// Makes records for the broadcast log of one stream: whole RTMP messages as chunks, made once for all players.
///
/// Each record begins with a format 0 header and an absolute timestamp, names message stream 1, and is cut at
/// `RTMPSession.outgoingChunkSize`; so no record depends on another, and a player may join between any two.
/// Chunk streams: 4 audio, 5 data, 6 video.
///
/// The enhanced variant carries every track; of H.264, AAC and MP3 the first track of its kind keeps the legacy form that
/// every player knows. The legacy variant leaves out what has no legacy form.
public struct RTMPMuxer: Sendable {
    public enum Variant: Sendable, Equatable {
        case legacy
        case enhanced
    }

    /// The message stream id in all records.
    public static let streamID: UInt32 = 1

    public let variant: Variant
    /// What was set last.
    public private(set) var tracks: [TrackDescription] = []
    /// One for each of `tracks` that this variant carries.
    private var muxers: [(id: UInt32, muxer: FLVTrackMuxer)] = []
    private var header = ByteWriter(capacity: FLVTrackMuxer.maximumFrameHeaderBytes)

    public init(variant: Variant) { self.variant = variant }

    /// Sets the tracks; their configurations are to be appended to the log with `configurations` before the next frame.
    public mutating func setTracks(_ tracks: [TrackDescription]) {
        self.tracks = tracks
        muxers = zip(tracks, FLVTrackMuxer.muxers(for: tracks)).compactMap { track, muxer in
            guard let muxer, variant == .enhanced || muxer.isLegacy else { return nil }
            return (track.id, muxer)
        }
    }

    /// True when at least one track is carried.
    public var carriesAnything: Bool { !muxers.isEmpty }

    /// True when tracks are left out, so that the other variant shows more.
    public var omitsTracks: Bool { muxers.count < tracks.count { $0.kind != .data } }

    /// Appends the record of one frame in canonical form to `out`, with one copy of the payload.
    ///
    /// - Returns: false, and nothing appended, for a track that is not carried, a frame without any time, or one longer
    ///   than a message can be (16,777,215 bytes).
    @discardableResult
    public mutating func frame(_ timing: FrameTiming, payload: UnsafeRawBufferPointer, into out: inout [UInt8]) -> Bool {
        guard let muxer = muxer(timing.track), let time = muxer.timestamp(of: timing) else { return false }
        header.removeAll()
        muxer.appendFrameHeader(timing, to: &header)
        return RTMPChunkWriter.append(
            chunkStream: Self.chunkStream(muxer.kind), type: Self.type(muxer.kind), streamID: Self.streamID,
            timestamp: UInt32(truncatingIfNeeded: time), head: header.bytes, body: payload,
            chunkSize: RTMPSession.outgoingChunkSize, to: &out)
    }

    /// Appends the configurations of all carried tracks, at `milliseconds` on the stream's time.
    public func configurations(at milliseconds: Int64, into out: inout [UInt8]) {
        for (_, muxer) in muxers {
            guard let body = muxer.configurationBody() else { continue }
            append(Self.chunkStream(muxer.kind), Self.type(muxer.kind), milliseconds, body, &out)
        }
    }

    /// Appends a data record. Metadata about pictures is left out of the legacy variant. `onMetaData` always has time 0,
    /// because ffmpeg takes one with another time for a track of text.
    ///
    /// - Returns: false when nothing was appended.
    @discardableResult
    public func data(_ data: RTMPData, into out: inout [UInt8]) -> Bool {
        switch data.form {
        case .script: append(5, RTMPMessageType.dataAMF0, data.name == "onMetaData" ? 0 : data.time, data.body, &out)
        case .video(let track):
            guard variant == .enhanced, let muxer = muxer(track), let pairs = try? MediaMessage.metadata(data.body),
                var body = muxer.metadataBody(pairs), let first = body.first
            else { return false }
            // Frame type 5: ffmpeg takes a Metadata packet of any other frame type for a picture.
            body[0] = first & 0x8F | 0x50
            append(6, RTMPMessageType.video, data.time, body, &out)
        }
        return true
    }

    /// What who joins gets before the log's records: onMetaData, the configurations, and metadata about pictures.
    ///
    /// - Parameters:
    ///   - metadata: the publisher's data that lasts: its last `onMetaData` and `colorInfo`. Without an `onMetaData` one
    ///     is made from the tracks; with one, what it says is kept and what the tracks say is added.
    ///   - milliseconds: the time of the first frame after it.
    public func prefix(metadata: [RTMPData] = [], at milliseconds: Int64) -> [UInt8] {
        var out: [UInt8] = []
        append(5, RTMPMessageType.dataAMF0, 0, metadataBody(metadata), &out)
        configurations(at: milliseconds, into: &out)
        for var item in metadata where item.name != "onMetaData" {
            item.time = milliseconds
            data(item, into: &out)
        }
        return out
    }

    /// What the tracks say replaces what the publisher said, except that its further pairs are kept.
    private func metadataBody(_ metadata: [RTMPData]) -> [UInt8] {
        let carried = tracks.filter { track in muxers.contains { $0.id == track.id } }
        let ours = StreamMetadata.properties(for: carried)
        let values = metadata.last { $0.name == "onMetaData" }.flatMap { try? AMF0.decodeAll($0.body) } ?? []
        let said = values.last?.objectProperties ?? []
        let ruled = Set(ours.map(\.name) + ["duration", "filesize", "videoTrackIdInfoMap", "audioTrackIdInfoMap"])
        return StreamMetadata.scriptData(for: carried, extra: said.filter { !ruled.contains($0.name) })
    }

    private func muxer(_ track: UInt32) -> FLVTrackMuxer? { muxers.first { $0.id == track }?.muxer }

    private func append(_ chunkStream: UInt8, _ type: UInt8, _ milliseconds: Int64, _ body: [UInt8], _ out: inout [UInt8]) {
        body.withUnsafeBytes { bytes in
            _ = RTMPChunkWriter.append(
                chunkStream: chunkStream, type: type, streamID: Self.streamID,
                timestamp: UInt32(truncatingIfNeeded: milliseconds), body: bytes,
                chunkSize: RTMPSession.outgoingChunkSize, to: &out)
        }
    }

    private static func chunkStream(_ kind: TrackKind) -> UInt8 { kind == .video ? 6 : 4 }
    private static func type(_ kind: TrackKind) -> UInt8 { kind == .video ? RTMPMessageType.video : RTMPMessageType.audio }
}
