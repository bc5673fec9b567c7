import Formats
import Testing

@testable import RTMPCore

/// Frames and tracks as a publisher's session tells them.
struct Taken: Equatable {
    var tracks: [TrackDescription] = []
    var timings: [FrameTiming] = []
    var payloads: [[UInt8]] = []
    var data: [RTMPData] = []

    init(_ actions: [RTMPAction]) {
        for action in actions {
            switch action {
            case .tracks(_, let told): tracks = told
            case .frame(_, let timing, let message, let payload):
                timings.append(timing)
                payloads.append(Array(message[payload]))
            case .data(_, let told): data.append(told)
            default: break
            }
        }
    }

    /// All of it as records: the prefix, then every frame.
    func records(_ variant: RTMPMuxer.Variant, shift: Int64 = 0) -> (prefix: [UInt8], frames: [[UInt8]]) {
        var muxer = RTMPMuxer(variant: variant)
        muxer.setTracks(tracks)
        let frames = zip(timings, payloads).map { timing, payload -> [UInt8] in
            var timing = timing
            timing.pts += shift
            timing.dts += shift
            var out: [UInt8] = []
            _ = payload.withUnsafeBytes { muxer.frame(timing, payload: $0, into: &out) }
            return out
        }
        return (muxer.prefix(metadata: data, at: shift), frames)
    }

    /// What a session makes of records that are published to it.
    static func republished(_ records: [UInt8]) -> Taken {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("again") + RTMPControl.setChunkSize(65_536))
        peer.actions = []
        peer.feed(records)
        return Taken(peer.actions)
    }
}

@Suite struct MuxerTests {
    @Test(arguments: [0, 0xFF_FFFE, 0xFF_FFFF - 300, 0xFFFF_FFFF - 300, 0x5_0000_0000] as [Int64])
    func whatIsPublishedComesOutAgain(shift: Int64) {
        for (name, bytes, _, _, _) in CaptureTests.published {
            let taken = Taken(CaptureTests.peer(bytes).actions)
            let (prefix, frames) = taken.records(.enhanced, shift: shift)
            let again = Taken.republished(prefix + frames.flatMap { $0 })
            #expect(again.tracks.map(\.codec) == taken.tracks.map(\.codec), "\(name)")
            #expect(again.tracks.map(\.configuration) == taken.tracks.map(\.configuration))
            #expect(again.payloads == taken.payloads)
            let base = shift & ~0xFFFF_FFFF
            #expect(again.timings.map { $0.dts + base } == taken.timings.map { $0.dts + shift }, "\(name)")
            #expect(again.timings.map { $0.pts + base } == taken.timings.map { $0.pts + shift }, "\(name)")
            #expect(again.timings.map(\.flags) == taken.timings.map(\.flags))
        }
    }

    @Test func everyRecordStandsAlone() {
        let taken = Taken(CaptureTests.peer(Captures.ffmpegHEVCAAC).actions)
        let (prefix, frames) = taken.records(.enhanced, shift: 0x0100_0000)
        for start in frames.indices {
            let again = Taken.republished(prefix + frames[start...].flatMap { $0 })
            #expect(again.payloads == Array(taken.payloads[start...]))
        }
        for record in frames { #expect(RTMPRecord.size(of: record, at: 0) == record.count) }
    }

    @Test(arguments: [1, 65_536, 65_537, 200_000])
    func longFramesAreContinuedInsideTheRecord(size: Int) {
        var muxer = RTMPMuxer(variant: .legacy)
        muxer.setTracks([TrackDescription(id: 7, kind: .video, codec: .avc1, configuration: Media.avcC())])
        for time in [0, 0xFF_FFFF, 0xFFFF_FFFF, 0x1_0000_0000] as [Int64] {
            var out: [UInt8] = []
            let payload = [UInt8](repeating: 0xC6, count: size)
            let timing = FrameTiming(track: 7, pts: time + 40, dts: time, flags: .key)
            let isMade = payload.withUnsafeBytes { muxer.frame(timing, payload: $0, into: &out) }
            #expect(isMade)
            let bytes = RTMPControl.setChunkSize(65_536) + out
            let wire = UInt32(truncatingIfNeeded: time)
            let message = RTMPMessage(
                chunkStream: 6, type: 9, streamID: 1, timestamp: wire, body: [0x17, 1, 0, 0, 40] + payload)
            #expect(ChunkOutcome.reading(bytes, piece: 1 << 30) == .messages([message]))
            #expect(RTMPRecord.size(of: out, at: 0) == out.count)
        }
    }

    @Test func theLegacyVariantLeavesOutWhatItCannotSay() {
        let tracks = [
            TrackDescription(id: 0, kind: .video, codec: .hvc1),
            TrackDescription(id: 1, kind: .audio, codec: .mp4a, configuration: [0x12, 0x10]),
            TrackDescription(id: 2, kind: .audio, codec: .mp4a, configuration: [0x12, 0x10]),
            TrackDescription(id: 3, kind: .data, codec: FourCC("text")),
        ]
        var legacy = RTMPMuxer(variant: .legacy)
        legacy.setTracks(tracks)
        var enhanced = RTMPMuxer(variant: .enhanced)
        enhanced.setTracks(tracks)
        #expect(legacy.omitsTracks && legacy.carriesAnything && !enhanced.omitsTracks)
        var out: [UInt8] = []
        [1, 2, 3].withUnsafeBytes { payload in
            for track in UInt32(0)..<4 {
                let timing = FrameTiming(track: track, pts: 0, dts: 0)
                #expect(legacy.frame(timing, payload: payload, into: &out) == (track == 1))
                #expect(enhanced.frame(timing, payload: payload, into: &out) == (track < 3))
            }
            #expect(!legacy.frame(FrameTiming(track: 1, pts: .min, dts: .min), payload: payload, into: &out))
        }
    }

    @Test func otherTimescalesBecomeMilliseconds() {
        var muxer = RTMPMuxer(variant: .legacy)
        muxer.setTracks([TrackDescription(id: 0, kind: .video, codec: .avc1, timescale: 90_000, configuration: Media.avcC())])
        var out: [UInt8] = []
        let isMade = [1].withUnsafeBytes { muxer.frame(FrameTiming(track: 0, pts: 93_600, dts: 90_000), payload: $0, into: &out) }
        #expect(isMade)
        #expect(Array(out[1..<4]) == [0, 3, 0xE8])
        #expect(Array(out[14..<17]) == [0, 0, 40])
    }

    @Test func recordsCanNameAnotherStream() {
        let taken = Taken(CaptureTests.peer(Captures.ffmpegH264AAC).actions)
        let (prefix, frames) = taken.records(.legacy)
        var bytes = prefix + frames.flatMap { $0 }
        let isDone = RTMPRecord.retarget(&bytes, to: 0x0102_0304)
        #expect(isDone)
        guard case .messages(let messages) = ChunkOutcome.reading(RTMPControl.setChunkSize(65_536) + bytes, piece: 1 << 30) else {
            Issue.record("unreadable")
            return
        }
        #expect(messages.count == frames.count + 3)
        #expect(messages.allSatisfy { $0.streamID == 0x0102_0304 })
        var cut = Array(bytes[..<(bytes.count - 1)])
        let isWhole = RTMPRecord.retarget(&cut, to: 1)
        #expect(!isWhole)
    }

    @Test func thePrefixHoldsMetadataConfigurationsAndColour() throws {
        let taken = Taken(CaptureTests.peer(Captures.ffmpegHEVCAAC).actions)
        let (prefix, _) = taken.records(.enhanced, shift: 5000)
        guard case .messages(let messages) = ChunkOutcome.reading(RTMPControl.setChunkSize(65_536) + prefix, piece: 1 << 30)
        else {
            throw Missing()
        }
        #expect(messages.map(\.type) == [18, 9, 8, 9])
        #expect(messages.map(\.timestamp) == [0, 5000, 5000, 5000])
        #expect(Array(messages[3].body.prefix(5)) == [0xD4] + Array("hvc1".utf8))
        let values = try AMF0.decodeAll(messages[0].body)
        #expect(values.first == "onMetaData")
        #expect(values.last?["width"] == 64)
        #expect(values.last?["encoder"]?.stringValue?.hasPrefix("Lavf") == true)
        #expect(values.last?["duration"] == nil)
    }
}
