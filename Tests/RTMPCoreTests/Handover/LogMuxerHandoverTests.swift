import Formats
import TestSupport
import Testing

@testable import RTMPCore

/// A log's writer that was replaced between any two frames writes what it would have written.
@Suite struct LogMuxerHandoverTests {
    /// One call of the glue's.
    enum Step: Sendable {
        case tracks([TrackDescription])
        case frame(FrameTiming, [UInt8])
    }

    /// What the log gets.
    struct Written: Equatable {
        var record: [UInt8]
        var made: RTMPLogRecord?
    }

    private static func run(_ steps: [Step], _ muxer: inout RTMPLogMuxer) -> [Written] {
        steps.map { step in
            switch step {
            case .tracks(let tracks):
                muxer.setTracks(tracks)
                return Written(record: [])
            case .frame(let timing, let payload):
                let made = payload.withUnsafeBytes { muxer.append(timing, payload: $0) }
                return Written(record: made == nil ? [] : muxer.record, made: made)
            }
        }
    }

    private static func moved(_ muxer: RTMPLogMuxer) throws -> RTMPLogMuxer {
        var blob = BlobWriter()
        muxer.write(to: &blob)
        let next = try blob.bytes.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            let next = try RTMPLogMuxer(from: &reader)
            try reader.end()
            return next
        }
        var again = BlobWriter()
        next.write(to: &again)
        #expect(again.bytes == blob.bytes)
        return next
    }

    /// Two epochs with video, then audio and text alone, in other timescales.
    static let steps: [Step] = {
        var steps: [Step] = []
        let text = TrackDescription(id: 63, kind: .data, codec: FourCC("amf0"))
        for bytes in [Captures.ffmpegH264AAC, Captures.ffmpegHEVCAAC, Captures.ffmpegAV1Opus] {
            let taken = Taken(CaptureTests.peer(bytes).actions)
            steps.append(.tracks(taken.tracks + [text]))
            for (timing, payload) in zip(taken.timings, taken.payloads) { steps.append(.frame(timing, payload)) }
        }
        let opus = TrackDescription(
            id: 1, kind: .audio, codec: .opus, timescale: 48_000, configuration: OpusHead(channels: 2).serialized)
        steps.append(.tracks([opus, text]))
        for index in Int64(0)..<80 {
            steps.append(.frame(FrameTiming(track: 1, pts: index * 960, dts: index * 960, flags: .key), [1, 2, 3]))
            if index % 9 == 0 {
                let values: [AMFValue] = ["onTextData", ["text": "x"]]
                steps.append(.frame(FrameTiming(track: 63, pts: index * 20, dts: index * 20), AMF0.encode(values)))
                steps.append(.frame(FrameTiming(track: 63, pts: index * 20, dts: index * 20), [9]))
            }
        }
        return steps
    }()

    @Test(arguments: [(RTMPMuxer.Variant.legacy, UInt32(1)), (.enhanced, 1), (.enhanced, 3)])
    func movedBeforeAnyFrame(_ variant: RTMPMuxer.Variant, _ streamID: UInt32) throws {
        let steps = Self.steps
        var whole = RTMPLogMuxer(variant: variant, streamID: streamID)
        let expected = Self.run(steps, &whole)
        #expect(
            expected.contains { $0.made?.prefix != nil } && expected.contains { $0.made?.isVideo == true } || variant == .legacy)
        for cut in 0...steps.count {
            var muxer = RTMPLogMuxer(variant: variant, streamID: streamID)
            let before = Self.run(Array(steps[..<cut]), &muxer)
            muxer = try Self.moved(muxer)
            #expect(before + Self.run(Array(steps[cut...]), &muxer) == expected, "moved before step \(cut)")
        }
    }

    @Test func damagedBlobsThrowOrMakeAMuxerThatWorks() throws {
        var random = SeededGenerator(seed: 6)
        var muxer = RTMPLogMuxer(variant: .enhanced)
        _ = Self.run(Array(Self.steps.prefix(9)), &muxer)
        var writer = BlobWriter()
        muxer.write(to: &writer)
        let blob = writer.bytes
        func read(_ bytes: [UInt8]) throws -> RTMPLogMuxer {
            try bytes.withUnsafeBytes { raw in
                var reader = BlobReader(raw)
                let muxer = try RTMPLogMuxer(from: &reader)
                try reader.end()
                return muxer
            }
        }
        for length in blob.indices { #expect(throws: BlobError.self) { try read(Array(blob[..<length])) } }
        for _ in 0..<3000 {
            var broken = blob
            broken[Int(random.next() % UInt64(broken.count))] ^= 1 << UInt8(random.next() % 8)
            guard var muxer = try? read(broken) else { continue }
            _ = Self.run(Array(Self.steps.prefix(40)), &muxer)
        }
        var next = blob
        next[5] = 9
        #expect(throws: BlobError.version(9, known: 1)) { try read(next) }
    }
}
