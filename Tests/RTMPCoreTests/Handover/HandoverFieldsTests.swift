import Formats
import Testing

@testable import RTMPCore

/// A field that somebody adds is forgotten by no blob: this test fails until it is written, or named here as one that need not be.
@Suite struct HandoverFieldsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// In the blob, or made again from what is.
        var carried: String
        /// Limits, memory for reuse, and what is empty in a settled session.
        var others = ""
        var value: @Sendable () -> Any
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "session",
            carried: """
                connectRequest counters phase handshake reader streams publishers commands held acknowledged peerWindow isTrusted \
                started idleSince lastReceived pingedAt
                """, others: "bounds actions taken outgoing", value: { RTMPSession(seed: 1, at: 0) }),
        Case(name: "handshake", carried: "state bytes filling", value: { RTMPHandshake(seed: 1) }),
        Case(
            name: "chunk reader", carried: "chunkSize pendingBytes streams current chunkRemaining carry",
            others: "messageLimit pendingLimit streamLimit",
            value: { RTMPChunkReader(messageLimit: 1, pendingLimit: 1, streamLimit: 1) }),
        Case(
            name: "chunk stream", carried: "id timestamp field extended length type streamID inMessage body trusted",
            value: { RTMPChunkStream(id: 2) }),
        Case(name: "message stream", carried: "id role bufferMilliseconds title", value: { RTMPMessageStream(id: 1) }),
        Case(
            name: "publisher", carried: "lastMedia stream tracks statistics timeline metadata changes tracksChanged",
            others: "limits items", value: { RTMPPublisher(stream: 1, limits: RTMPLimits(), now: 0) }),
        Case(
            name: "track", carried: "kind wireID description record lengthSize lastTime",
            value: {
                RTMPPublishedTrack(
                    kind: .video, wireID: 0, description: TrackDescription(id: 0, kind: .video, codec: .avc1), record: [],
                    lengthSize: 4)
            }),
        Case(
            name: "track description",
            carried: """
                id kind codec timescale configuration width height frameRateMilli sampleRate channels bitrate language
                """, value: { TrackDescription(id: 0, kind: .video, codec: .avc1) }),
        Case(name: "timeline", carried: "reference", value: { RTMPTimeline() }),
        Case(name: "metadata", carried: "video audio encoder", value: { StreamMetadata() }),
        Case(
            name: "metadata of a track", carried: "trackID codec width height frameRateMilli bitrate sampleRate channels",
            value: { TrackMetadata(trackID: 0) }),
        Case(
            name: "bucket", carried: "level last", others: "burst perSecond",
            value: { RTMPBucket(burst: 1, perSecond: 1, now: 0) }),
        Case(
            name: "counters",
            carried: """
                bytesReceived messages frames framesBeforeConfiguration badMedia strayMedia timestampJumps ignoredMessages
                """, value: { RTMPStatistics() }),
        Case(name: "capabilities", carried: "fourCcList video audio capsEx videoFunction", value: { RTMPCapabilities() }),
        Case(
            name: "log's muxer", carried: "streamID muxer tracks clocks hasVideo owesConfigurations lastPrefix", others: "record",
            value: { RTMPLogMuxer(variant: .legacy) }),
        Case(name: "muxer", carried: "variant tracks muxers", others: "header", value: { RTMPMuxer(variant: .legacy) }),
    ]

    @Test(arguments: cases)
    func everyFieldIsAccountedFor(_ example: Case) {
        let fields = Set(Mirror(reflecting: example.value()).children.compactMap(\.label))
        let known = (example.carried + " " + example.others).split(separator: " ").map(String.init)
        #expect(fields == Set(known))
    }
}
