/// What a record of a media ring is about: its tag. The record begins with its object: the host's number of the sink, session, source or
/// transform; 0 is none. The numbers are private to one build: both ends are the same one.
enum MediaKind: UInt32, Sendable, CaseIterable {
    // From the host. Sinks: 1 … 31.
    case sinkOpen = 1
    case sinkTracks, sinkFrames, sinkPublisher, sinkAttributes, sinkClose
    /// A request of a route that runs with the sink.
    case sinkRequest
    case sinkExport, sinkImport, sinkForget
    // Sessions: 32 … 63.
    case sessionOpen = 32
    case sessionImport, sessionEvent
    /// All that the dead process was told has been told again.
    case sessionReplayEnd
    case sessionExport, sessionForget, sessionClose
    /// Answered by `sessionHasRoom`: so it is heard of when the ring has room again.
    case sessionRoom
    // Sources: 64 … 79.
    case sourceOpen = 64
    case sourceTimer, sourceClose
    // Transforms: 80 … 95.
    case transformOpen = 80
    case transformTracks, transformFrames, transformFlush, transformAttributes, transformClose
    /// It said that it is ready: look what comes out.
    case transformPump

    // From the plugin's process. Answered by the message `result`: see `RequestKind`.
    case request = 256
    /// Of no object: a piece of a response's body; the response, whose body follows the pieces.
    case responsePiece, response
    // Sinks: 272 … 287.
    case sinkRefused = 272
    case sinkAppend, sinkPrefix, sinkPark, sinkRelease, sinkAttribute, sinkExported
    /// An import succeeded.
    case sinkTaken
    // Sessions: 288 … 319.
    case sessionRefused = 288
    case sessionCheckpoint, sessionReplayed, sessionExported, sessionHasRoom
    /// A call failed: the connection ends.
    case sessionFailed
    case sessionSend, sessionEnd, sessionTimer, sessionPause, sessionDescribe
    case sessionPush, sessionUnpublish, sessionAttribute, sessionDetach
    case sessionAsk, sessionCancel
    /// An import succeeded.
    case sessionTaken
    // Sources: 320 … 335.
    case sourceTracks = 320
    case sourceFrames, sourceAttribute, sourceSetTimer, sourceEnd, sourceFailed
    // Transforms: 336 … 351.
    case transformOutputs = 336
    /// Frames of an output.
    case transformMade
    /// What its plugin has taken of the frames that were sent.
    case transformTaken
    /// All that went in before the flush has come out.
    case transformEnded
    case transformReady, transformFailed, transformStill, transformReport

    var comesFromPlugin: Bool { rawValue >= 256 }

    /// The longest record: half a ring.
    static let sizeLimit = 8 << 20
}

/// One record as it was taken out of a ring: its object, then its fields.
struct MediaRecord: Sendable {
    let kind: MediaKind
    let object: UInt64
    /// The object's eight bytes, then the fields.
    let bytes: [UInt8]

    /// Calls `body` with the fields.
    func reading<R>(_ body: (inout WireReader) throws -> R) throws -> R {
        try bytes.withUnsafeBytes { bytes in
            var reader = WireReader(bytes)
            _ = try reader.u64()
            return try body(&reader)
        }
    }

    /// Copies a record out of shared memory. nil: a tag that the sender may not use, or no object.
    static func take(_ tag: UInt32, _ shared: UnsafeRawBufferPointer, fromPlugin: Bool) -> MediaRecord? {
        guard let kind = MediaKind(rawValue: tag), kind.comesFromPlugin == fromPlugin, shared.count >= 8 else { return nil }
        let bytes = [UInt8](shared)
        let object = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        return MediaRecord(kind: kind, object: object, bytes: bytes)
    }
}
