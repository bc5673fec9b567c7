import Formats
import Testing

@Suite struct MediaFragmentTests {
    /// Four frames in decode order I P B B at 30 per second.
    static let video = [
        MediaSample(dts: 9000, pts: 12000), MediaSample(dts: 12000, pts: 21000, isSync: false),
        MediaSample(dts: 15000, pts: 15000, isSync: false, isDroppable: true),
        MediaSample(dts: 18000, pts: 18000, isSync: false, isDroppable: true),
    ]

    static func fragment(_ samples: [MediaSample], trackID: UInt32 = 1) throws -> (fragment: MediaFragment, payloads: [[UInt8]]) {
        var fragment = MediaFragment(trackID: trackID)
        let payloads = samples.indices.map { [UInt8](repeating: UInt8($0 + 1), count: 5 + $0 * 3) }
        for (sample, payload) in zip(samples, payloads) { try fragment.add(sample, payload: payload.span.bytes) }
        return (fragment, payloads)
    }

    /// Golden bytes: a change here is a change of what players get.
    @Test func bytesOfAVideoChunk() throws {
        let (fragment, payloads) = try Self.fragment(Self.video)
        let expected =
            wire(
                """
                00000090 'moof' 00000010 'mfhd' 00000000 00000007
                00000078 'traf' 00000018 'tfhd' 00020028 00000001 00000BB8 01010000
                00000014 'tfdt' 01000000 0000000000002328
                00000044 'trun' 01000E01 00000004 00000098
                00000005 02000000 00000BB8 00000008 01010000 00002328 0000000B 01810000 00000000 0000000E 01810000 00000000
                0000002E 'mdat'
                """) + payloads.joined()
        #expect(fragment.finish(sequenceNumber: 7, nextDecodeTime: 21000) == expected)
        #expect(fragment.byteCount(nextDecodeTime: 21000) == expected.count)
        #expect(fragment.header(sequenceNumber: 7, nextDecodeTime: 21000) == Array(expected.dropLast(38)))
        var memory = [UInt8](repeating: 0xEE, count: expected.count + 3)
        let written = memory.withUnsafeMutableBytes { fragment.write(into: $0, sequenceNumber: 7, nextDecodeTime: 21000) }
        #expect(written == expected.count && Array(memory.dropLast(3)) == expected)
        let refused = memory.withUnsafeMutableBytes {
            fragment.write(into: .init(rebasing: $0[..<(expected.count - 1)]), sequenceNumber: 7, nextDecodeTime: 21000)
        }
        #expect(refused == nil)
        var output: [UInt8] = [1, 2, 3]
        fragment.append(to: &output, sequenceNumber: 7, nextDecodeTime: 21000)
        #expect(output == [1, 2, 3] + expected)
    }

    /// Constant duration and flags are written once.
    @Test func bytesOfAnAudioChunk() throws {
        let samples = (0..<3).map { MediaSample(dts: 1024 * $0, duration: 1024) }
        let (fragment, payloads) = try Self.fragment(samples, trackID: 2)
        let expected =
            wire(
                """
                0000006C 'moof' 00000010 'mfhd' 00000000 00000001
                00000054 'traf' 00000018 'tfhd' 00020028 00000002 00000400 02000000
                00000014 'tfdt' 01000000 0000000000000000
                00000020 'trun' 01000201 00000003 00000074 00000005 00000008 0000000B
                00000020 'mdat'
                """) + payloads.joined()
        #expect(fragment.finish(sequenceNumber: 1) == expected)
    }

    @Test func readsBackAsWritten() throws {
        for next in [Int64?.none, 21000, 21001, 18000] {
            let (fragment, payloads) = try Self.fragment(Self.video)
            let bytes = fragment.finish(sequenceNumber: 9, nextDecodeTime: next)
            let read = try #require(ParsedFragment.all(in: bytes).first)
            #expect(read.sequenceNumber == 9 && read.trackID == 1 && read.baseDecodeTime == 9000)
            #expect(read.samples.map(\.dts) == Self.video.map(\.dts))
            #expect(read.samples.map(\.pts) == Self.video.map(\.pts))
            #expect(read.samples.map(\.isSync) == Self.video.map(\.isSync))
            #expect(read.samples.map { Array(bytes[$0.range]) } == payloads)
            let last = try #require(read.samples.last)
            #expect(last.duration == (next == 21001 ? 3001 : 3000))
            #expect(fragment.endDecodeTime(next: next) == last.dts + Int64(last.duration))
        }
    }

    @Test func firstSampleFlagsAlone() throws {
        let samples = (0..<5).map { MediaSample(dts: 10 + $0 * 40, isSync: $0 == 0) }
        let (fragment, _) = try Self.fragment(samples)
        let bytes = fragment.finish(sequenceNumber: 1)
        #expect(bytes.containsSequence(wire("'trun' 01000205")))
        let read = try #require(ParsedFragment.all(in: bytes).first)
        #expect(read.samples.map(\.isSync) == [true, false, false, false, false])
        #expect(read.samples.map(\.duration) == [40, 40, 40, 40, 40])
        #expect(fragment.startsWithSync)
    }

    @Test func negativeCompositionOffsetsAndLateTimes() throws {
        let base: Int64 = 1 << 40
        let (fragment, _) = try Self.fragment([
            MediaSample(dts: base, pts: base - 90), MediaSample(dts: base + 30, pts: base + 200, isSync: false),
        ])
        let read = try #require(ParsedFragment.all(in: fragment.finish(sequenceNumber: 1)).first)
        #expect(read.baseDecodeTime == 1 << 40)
        #expect(read.samples.map(\.pts) == [base - 90, base + 200])
    }

    /// A duration that disagrees with the decode times loses: otherwise `tfdt` of the next chunk would jump.
    @Test func decodeTimesDecide() throws {
        let (fragment, _) = try Self.fragment([
            MediaSample(dts: 0, duration: 1000), MediaSample(dts: 1024, duration: 1024), MediaSample(dts: 2049),
        ])
        let read = try #require(ParsedFragment.all(in: fragment.finish(sequenceNumber: 1)).first)
        #expect(read.samples.map(\.duration) == [1024, 1025, 1025])
        let (single, _) = try Self.fragment([MediaSample(dts: 5)])
        #expect(single.endDecodeTime() == 6 && single.endDecodeTime(next: 45) == 45)
    }

    @Test func refusals() throws {
        var fragment = MediaFragment(trackID: 1)
        let empty: [UInt8] = []
        #expect(throws: MP4Error.decodeTime(-1)) { try fragment.add(MediaSample(dts: -1), payload: empty.span.bytes) }
        #expect(throws: MP4Error.decodeTime(.min)) { try fragment.add(MediaSample(dts: .min, pts: 0), payload: empty.span.bytes) }
        #expect(throws: MP4Error.compositionOffset(pts: .min, dts: 7)) {
            try fragment.add(MediaSample(dts: 7, pts: .min), payload: empty.span.bytes)
        }
        #expect(throws: MP4Error.duration(-5)) { try fragment.add(MediaSample(dts: 7, duration: -5), payload: empty.span.bytes) }
        #expect(fragment.isEmpty && fragment.finish(sequenceNumber: 1).isEmpty && fragment.byteCount() == 0)
        #expect(fragment.header(sequenceNumber: 1).isEmpty && fragment.endDecodeTime() == nil)
        try fragment.add(MediaSample(dts: 7), payload: empty.span.bytes)
        #expect(throws: MP4Error.decodeTime(7)) { try fragment.add(MediaSample(dts: 7), payload: empty.span.bytes) }
        #expect(throws: MP4Error.duration(.max - 7)) { try fragment.add(MediaSample(dts: .max), payload: empty.span.bytes) }
        #expect(fragment.sampleCount == 1 && fragment.lastSampleDecodeTime == 7)
        fragment.removeAll()
        #expect(fragment.isEmpty && fragment.baseDecodeTime == nil && fragment.lastSampleDecodeTime == nil)
    }

    @Test func limits() throws {
        var limits = MediaFragment.Limits()
        (limits.samples, limits.bytes) = (2, 10)
        var fragment = MediaFragment(trackID: 1, limits: limits)
        let six = [UInt8](repeating: 0, count: 6)
        try fragment.add(MediaSample(dts: 0), payload: six.span.bytes)
        #expect(throws: MP4Error.overLimit("fragment bytes", limit: 10)) {
            try fragment.add(MediaSample(dts: 1), payload: six.span.bytes)
        }
        let four = [UInt8](repeating: 0, count: 4)
        try fragment.add(MediaSample(dts: 1), payload: four.span.bytes)
        let none: [UInt8] = []
        #expect(throws: MP4Error.overLimit("samples", limit: 2)) {
            try fragment.add(MediaSample(dts: 2), payload: none.span.bytes)
        }
    }

    @Test func partsConcatenate() throws {
        var output: [UInt8] = []
        var sequence: UInt32 = 0
        for part in 0..<3 {
            for track in UInt32(1)...2 {
                sequence += 1
                let start = Int64(part) * 3000
                let (fragment, _) = try Self.fragment(
                    (0..<3).map { MediaSample(dts: start + $0 * 1000) }, trackID: track)
                fragment.append(to: &output, sequenceNumber: sequence, nextDecodeTime: start + 3000)
            }
        }
        let read = try ParsedFragment.all(in: output)
        #expect(read.map(\.sequenceNumber) == [1, 2, 3, 4, 5, 6] && read.map(\.trackID) == [1, 2, 1, 2, 1, 2])
        #expect(read.map(\.baseDecodeTime) == [0, 0, 3000, 3000, 6000, 6000])
    }

    @Test func boxesBeforeAChunk() throws {
        let scheme = "https://aomedia.org/emsg/ID3"
        let event = try #require(
            SegmentBoxes.eventMessage(scheme: scheme, timescale: 1000, presentationTime: 1 << 33, id: 3, data: wire("'ID3'")))
        #expect(
            event
                == wire(
                    """
                    00000041 'emsg' 01000000 000003E8 0000000200000000 FFFFFFFF 00000003
                    'https://aomedia.org/emsg/ID3' 00 00 'ID3'
                    """))
        #expect(
            SegmentBoxes.eventMessage(
                scheme: "", timescale: 1, presentationTime: 0, id: 0, data: Array(repeating: 0, count: 1 << 20 + 1)) == nil)
        #expect(
            SegmentBoxes.producerReferenceTime(trackID: 1, ntp: 0xE000_0000_8000_0000, mediaTime: 90)
                == wire("00000020 'prft' 01000018 00000001 E000000080000000 000000000000005A"))
        #expect(SegmentBoxes.segmentType(startsSegment: false) == wire("00000018 'stypcmfl' 00000000 'iso6cmfl'"))
        #expect(SegmentBoxes.segmentType(startsSegment: true) == wire("0000001C 'stypcmfs' 00000000 'iso6cmflcmfs'"))
    }
}
