import Formats
import Testing

@testable import HTTPFLVCore

/// A log's writer that was replaced between any two frames writes what it would have written.
@Suite struct HandoverTests {
    enum Step {
        case tracks([TrackDescription])
        case frame(FrameTiming)
    }

    /// What the log gets at one step.
    struct Written: Equatable {
        var owed: [UInt8]?
        var prefix: [UInt8]?
        var record: [UInt8] = []
        var made: FLVRecord?
    }

    private static let payload: [UInt8] = [0, 0, 0, 3, 0x65, 1, 2]

    /// As the glue calls it.
    private static func run(_ steps: [Step], _ muxer: inout FLVLogMuxer) -> [Written] {
        steps.map { step in
            switch step {
            case .tracks(let tracks):
                muxer.setTracks(tracks)
                return Written()
            case .frame(let timing):
                guard let made = payload.withUnsafeBytes({ muxer.append(timing, payload: $0) }) else { return Written() }
                let owed = muxer.takeOwed(at: made.timestamp)
                return Written(
                    owed: owed, prefix: made.isJoin ? muxer.prefix(at: made.timestamp) : nil, record: muxer.record, made: made)
            }
        }
    }

    /// Two epochs with video, then audio and text alone, in other timescales.
    private static var steps: [Step] {
        let avcC: [UInt8] = [1, 0x64, 0, 0x1E, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1E, 1, 0, 2, 0x68, 0xEF]
        let h264 = TrackDescription(id: 0, kind: .video, codec: .avc1, configuration: avcC, width: 640, height: 360)
        let aac = TrackDescription(
            id: 1, kind: .audio, codec: .mp4a, configuration: [0x11, 0x90], sampleRate: 48_000, channels: 2, language: "de")
        let hevc = TrackDescription(id: 0, kind: .video, codec: .hvc1, timescale: 90_000, configuration: [1, 2, 3])
        let opus = TrackDescription(
            id: 1, kind: .audio, codec: .opus, timescale: 48_000, configuration: OpusHead(channels: 2).serialized)
        let text = TrackDescription(id: 63, kind: .data, codec: FourCC("amf0"))
        var steps: [Step] = []
        for (tracks, video, audio) in [
            ([h264, aac], Int64(1), Int64(1)), ([hevc, opus, text], 90, 48), ([opus, text], 90, 48),
        ] {
            steps.append(.tracks(tracks))
            for index in Int64(0)..<60 {
                let time = index * 40
                let flags: FrameFlags = index % 12 == 0 ? .key : []
                steps.append(.frame(FrameTiming(track: 0, pts: time * video, dts: time * video, flags: flags)))
                steps.append(.frame(FrameTiming(track: 1, pts: time * audio, dts: time * audio, flags: .key)))
                if index % 7 == 0 { steps.append(.frame(FrameTiming(track: 63, pts: time, dts: time))) }
            }
        }
        return steps
    }

    private static func blob(_ muxer: FLVLogMuxer) -> [UInt8] {
        var blob = BlobWriter()
        muxer.write(to: &blob)
        return blob.bytes
    }

    private static func read(_ bytes: [UInt8]) throws -> FLVLogMuxer {
        try bytes.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            let muxer = try FLVLogMuxer(from: &reader)
            try reader.end()
            return muxer
        }
    }

    @Test(arguments: [FLVFraming.http, .webSocket])
    func movedBeforeAnyFrame(_ framing: FLVFraming) throws {
        let steps = Self.steps
        var whole = FLVLogMuxer(framing: framing)
        let expected = Self.run(steps, &whole)
        #expect(expected.filter { $0.owed != nil }.count == 2 && expected.filter { $0.prefix != nil }.count == 13)
        var before = FLVLogMuxer(framing: framing)
        for cut in 0...steps.count {
            let blob = Self.blob(before)
            var muxer = try Self.read(blob)
            #expect(Self.blob(muxer) == blob)
            #expect(Self.run(Array(steps[cut...]), &muxer) == Array(expected[cut...]), "moved before step \(cut)")
            if cut < steps.count { _ = Self.run([steps[cut]], &before) }
        }
    }

    @Test func whatIsNoBlobIsRefused() {
        var muxer = FLVLogMuxer(framing: .webSocket)
        _ = Self.run(Array(Self.steps.prefix(9)), &muxer)
        let blob = Self.blob(muxer)
        for length in blob.indices { #expect(throws: BlobError.self) { try Self.read(Array(blob[..<length])) } }
        #expect(throws: BlobError.trailing(1)) { try Self.read(blob + [0]) }
        var next = blob
        next[5] = 2
        #expect(throws: BlobError.version(2, known: 1)) { try Self.read(next) }
    }

    @Test func everyFlippedBitThrowsOrMakesAMuxerThatWorks() {
        var muxer = FLVLogMuxer()
        _ = Self.run(Array(Self.steps.prefix(9)), &muxer)
        let blob = Self.blob(muxer)
        let rest = Array(Self.steps[9..<40])
        for bit in 0..<blob.count * 8 {
            var broken = blob
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            guard var muxer = try? Self.read(broken) else { continue }
            _ = Self.run(rest, &muxer)
            #expect((try? Self.read(Self.blob(muxer))) != nil)
        }
    }
}
