import Formats
import Testing

@testable import RTMPCore

/// Small media made by hand.
enum Media {
    static let sps: [UInt8] = [
        0x67, 0x42, 0xC0, 0x0A, 0xDA, 0x79, 0x30, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x32, 0x0F,
    ]
    static let pps: [UInt8] = [0x68, 0xCE, 0x3C, 0x80]

    static func avcC(lengthSize: UInt8 = 4, level: UInt8 = 10, sps: [UInt8] = sps) -> [UInt8] {
        [1, 0x42, 0xC0, level, 0xFC | (lengthSize - 1), 0xE1, 0, UInt8(sps.count)] + sps + [1, 0, UInt8(pps.count)] + pps
    }
    static let avcHead: [UInt8] = [0x17, 0, 0, 0, 0] + avcC()
    static func avc(key: Bool = true, offset: UInt8 = 0, nals: [[UInt8]]? = nil) -> [UInt8] {
        let nals = nals ?? [[key ? 0x65 : 0x41, 0x88, 1, 2, 3]]
        return [key ? 0x17 : 0x27, 1, 0, 0, offset] + nals.flatMap { [0, 0, 0, UInt8($0.count)] + $0 }
    }
    static let aacHead: [UInt8] = [0xAF, 0, 0x12, 0x10]
    static let aac: [UInt8] = [0xAF, 1, 0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C]
}

@Suite struct MediaTests {
    private func publishing() -> SessionPeer {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("k"))
        peer.actions = []
        return peer
    }

    private func video(_ body: [UInt8], _ time: UInt32 = 0) -> [UInt8] {
        SessionPeer.message(9, body, stream: 1, time: time, chunk: 6)
    }
    private func audio(_ body: [UInt8], _ time: UInt32 = 0) -> [UInt8] {
        SessionPeer.message(8, body, stream: 1, time: time, chunk: 4)
    }

    private func frames(_ peer: SessionPeer) -> [(FrameTiming, [UInt8])] {
        peer.actions.compactMap { action in
            guard case .frame(_, let timing, let message, let payload) = action else { return nil }
            return (timing, Array(message[payload]))
        }
    }
    private func tracks(_ peer: SessionPeer) -> [[TrackDescription]] {
        peer.actions.compactMap { action in
            guard case .tracks(_, let tracks) = action else { return nil }
            return tracks
        }
    }

    @Test func framesBeforeTheirConfigurationAreDroppedAndCounted() {
        var peer = publishing()
        peer.feed(video(Media.avc()) + audio(Media.aac) + audio(Media.aacHead) + audio(Media.aac, 20))
        #expect(frames(peer).map(\.0.track) == [1])
        #expect(peer.session.statistics.framesBeforeConfiguration == 2)
    }

    @Test func aRepeatedConfigurationIsNoNewEpoch() {
        var peer = publishing()
        peer.feed(video(Media.avcHead) + video(Media.avc()) + video(Media.avcHead, 40) + video(Media.avc(), 40))
        #expect(tracks(peer).count == 1)
        var changed = Media.sps
        changed[3] = 0x0B
        peer.feed(video([0x17, 0, 0, 0, 0] + Media.avcC(level: 11, sps: changed), 80) + video(Media.avc(), 80))
        #expect(tracks(peer).count == 2)
        #expect(tracks(peer).last?.first?.configuration == Media.avcC(level: 11, sps: changed))
    }

    @Test func configurationFloodsEndTheConnection() {
        var peer = publishing()
        for index in 0..<60 {
            var sps = Media.sps
            sps[3] = 10 + UInt8(index % 2)
            peer.feed(video([0x17, 0, 0, 0, 0] + Media.avcC(sps: sps)))
        }
        #expect(peer.closeReason == .protocolError(.configurationFlood))
    }

    @Test func shortLengthFieldsBecomeFourBytes() {
        var peer = publishing()
        let nal: [UInt8] = [0x65, 0x88, 1]
        peer.feed(video([0x17, 0, 0, 0, 0] + Media.avcC(lengthSize: 2)) + video([0x17, 1, 0, 0, 0, 0, 3] + nal))
        #expect(frames(peer).map(\.1) == [[0, 0, 0, 3] + nal])
        #expect(tracks(peer).first?.first?.configuration == Media.avcC())
    }

    @Test func parameterSetsGoIntoTheTrackAndDelimitersGo() {
        var peer = publishing()
        let idr: [UInt8] = [0x65, 0x88, 1]
        peer.feed(video(Media.avc(nals: [[9, 0xF0], Media.sps, Media.pps, idr])))
        #expect(frames(peer).map(\.1) == [[0, 0, 0, 3] + idr])
        #expect(tracks(peer).first?.first?.configuration.isEmpty == false)
        peer.feed(video(Media.avc(nals: [Media.sps, Media.pps, idr]), 40))
        #expect(tracks(peer).count == 1)
        var changed = Media.sps
        changed[3] = 0x0B
        peer.feed(video(Media.avc(nals: [changed, Media.pps, idr]), 80))
        #expect(tracks(peer).count == 2)
    }

    @Test func brokenPayloadsAreDroppedAndCounted() {
        var peer = publishing()
        peer.feed(video(Media.avcHead))
        for body in [
            [0x17, 1, 0, 0, 0, 0, 0, 0, 9, 0x65], [0x17, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0x17], [0x17, 1], [], [0x90],
        ]
            as [[UInt8]]
        {
            peer.feed(video(body))
        }
        #expect(frames(peer).isEmpty)
        #expect(peer.session.statistics.badMedia == 6)
        peer.feed(video([0x17, 0, 0, 0, 0] + Media.avcC(sps: [0x67, 0x42, 0, 0x1F] + [UInt8](repeating: 0, count: 60))))
        #expect(peer.session.statistics.badMedia == 7)
        peer.feed(video(Media.avc()))
        #expect(frames(peer).count == 1)
        #expect(!peer.session.isClosed)
    }

    @Test func timesGoOnOverTheWrap() {
        var peer = publishing()
        peer.feed(video(Media.avcHead, 0xFFFF_FF00) + audio(Media.aacHead, 0xFFFF_FF00))
        peer.feed(video(Media.avc(offset: 40), 0xFFFF_FFF0) + audio(Media.aac, 0xFFFF_FFFA) + video(Media.avc(key: false), 24))
        peer.feed(audio(Media.aac, 10))
        #expect(frames(peer).map(\.0.dts) == [0xFFFF_FFF0, 0xFFFF_FFFA, 0x1_0000_0018, 0x1_0000_000A])
        let first: Int64? = 0x1_0000_0018
        #expect(frames(peer).first?.0.pts == first)
        #expect(peer.session.statistics.timestampJumps == 0)
    }

    @Test func timesRunningBackPassAndJumpsAreFlagged() {
        var peer = publishing()
        peer.feed(video(Media.avcHead) + video(Media.avc(), 100_000) + video(Media.avc(), 99_000) + video(Media.avc(), 5))
        #expect(frames(peer).map(\.0.dts) == [100_000, 99_000, 5])
        #expect(frames(peer).map { $0.0.flags.contains(.discontinuity) } == [false, false, true])
        #expect(peer.session.statistics.timestampJumps == 1)
    }

    @Test func extendedTimestampsWork() {
        var peer = publishing()
        peer.feed(
            video(Media.avcHead, 0x0100_0000) + video(Media.avc(nals: [[0x65] + [UInt8](repeating: 7, count: 200)]), 0x0100_0028))
        #expect(frames(peer).map(\.0.dts) == [0x0100_0028])
        #expect(frames(peer).first?.1.count == 205)
    }

    @Test func multitrackMessagesBecomeTracks() {
        var peer = publishing()
        let record = Media.avcC()
        let frame: [UInt8] = [0, 0, 0, 3, 0x65, 0x88, 1]
        func many(_ packet: UInt8, _ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
            [0x96, 0x10 | packet] + Array("avc1".utf8) + [0, 0, 0, UInt8(first.count)] + first + [3, 0, 0, UInt8(second.count)]
                + second
        }
        peer.feed(video(many(0, record, record)) + video(many(3, frame, frame), 40))
        #expect(tracks(peer).last?.map(\.id) == [0, 2])
        #expect(frames(peer).map(\.0.track) == [0, 2])
        #expect(frames(peer).map(\.1) == [frame, frame])
        peer.feed(video([0x96, 0x03] + Array("avc1".utf8) + [3] + frame, 80))
        #expect(frames(peer).last?.0.track == 2)
    }

    @Test func manyTracksAreLimited() {
        var peer = publishing()
        for id in 0..<UInt8(24) { peer.feed(video([0x96, 0] + Array("avc1".utf8) + [id] + Media.avcC())) }
        peer.feed(video(Media.avc(), 40))
        #expect(tracks(peer).last?.count == 16)
        #expect(!peer.session.isClosed)
    }

    @Test func nanosecondsRoundTheTime() {
        var peer = publishing()
        let frame: [UInt8] = [0, 0, 0, 3, 0x65, 0x88, 1]
        func shifted(_ nano: UInt32) -> [UInt8] {
            let bytes = [
                UInt8(truncatingIfNeeded: nano >> 16), UInt8(truncatingIfNeeded: nano >> 8), UInt8(truncatingIfNeeded: nano),
            ]
            return [0x97, 2] + bytes + [0x03] + Array("avc1".utf8) + frame
        }
        peer.feed(video(Media.avcHead) + video(shifted(499_999), 40) + video(shifted(500_000), 80))
        #expect(frames(peer).map(\.0.pts) == [40, 81])
        #expect(frames(peer).map(\.0.dts) == [40, 80])
    }

    @Test func codecsWithoutARecordBeginWithTheirFirstFrame() {
        var peer = publishing()
        let mp3: [UInt8] = [0x2F, 0xFF, 0xFB, 0x90, 0x64] + [UInt8](repeating: 0, count: 40)
        peer.feed(audio([0x2F, 1, 2, 3]) + audio(mp3, 10))
        #expect(frames(peer).map(\.1) == [Array(mp3[1...])])
        #expect(tracks(peer).first?.first?.codec == .mp3)
        #expect(tracks(peer).first?.first?.sampleRate == 44_100)
    }

    @Test func aggregatesAreTakenApart() {
        var peer = publishing()
        func tag(_ type: UInt8, _ time: UInt32, _ body: [UInt8]) -> [UInt8] {
            [type, 0, 0, UInt8(body.count)] + [UInt8(truncatingIfNeeded: time >> 16), UInt8(truncatingIfNeeded: time >> 8)]
                + [UInt8(truncatingIfNeeded: time), UInt8(truncatingIfNeeded: time >> 24), 0, 0, 0] + body + [0, 0, 0, 0]
        }
        let script = AMF0.encode(["onTextData", ["text": "x"]])
        let body =
            tag(9, 500, Media.avcHead) + tag(9, 500, Media.avc()) + tag(18, 500, script) + tag(9, 540, Media.avc(key: false))
        peer.feed(SessionPeer.message(22, body, stream: 1, time: 1000, chunk: 6))
        #expect(frames(peer).map(\.0.dts) == [1000, 1040])
        #expect(frames(peer).map(\.1) == [Array(Media.avc()[5...]), Array(Media.avc(key: false)[5...])])
        #expect(peer.actions.contains { if case .data(_, let data) = $0 { data.name == "onTextData" } else { false } })
        for length in 0..<body.count {
            peer.feed(SessionPeer.message(22, Array(body[..<length]), stream: 1, time: 2000, chunk: 6))
        }
        #expect(!peer.session.isClosed)
    }

    @Test func dataMessagesPassWithoutTheirWrapper() {
        var peer = publishing()
        let object: AMFValue = ["width": 64]
        peer.feed(SessionPeer.message(18, AMF0.encode(["@setDataFrame", "onMetaData", object]), stream: 1, time: 5))
        peer.feed(SessionPeer.message(15, [0] + AMF0.encode(["onCuePoint", object]), stream: 1, time: 6))
        peer.feed(SessionPeer.message(18, AMF0.encode(["onStatus", object]), stream: 1))
        peer.feed(SessionPeer.message(18, [2, 0xFF, 0xFF], stream: 1) + SessionPeer.message(18, [], stream: 1))
        let data = peer.actions.compactMap { if case .data(_, let data) = $0 { data } else { nil } }
        #expect(data.map(\.name) == ["onMetaData", "onCuePoint"])
        #expect(data.map(\.time) == [5, 6])
        #expect(data.first?.body == AMF0.encode(["onMetaData", object]))
        #expect(peer.session.statistics.badMedia == 1)
    }

    @Test func mediaOfNoPublisherIsCounted() {
        var peer = SessionPeer.created()
        peer.feed(video(Media.avcHead) + audio(Media.aac) + SessionPeer.message(9, Media.avc(), stream: 7))
        #expect(peer.session.statistics.strayMedia == 3)
        #expect(!peer.session.isClosed)
    }

    @Test func trustRaisesTheMessageLimit() {
        let big = [UInt8](repeating: 9, count: 200 << 10)
        var stranger = SessionPeer.created()
        stranger.feed(video(big))
        #expect(stranger.closeReason == .protocolError(.messageTooLong(200 << 10, limit: 128 << 10)))
        var peer = publishing()
        peer.feed(video(Media.avcHead))
        peer.feed(SessionPeer.message(1, [0, 1, 0, 0], chunk: 2))
        let size = UInt32(big.count)
        let body =
            [0x17, 1, 0, 0, 0, UInt8(truncatingIfNeeded: size >> 24), UInt8(truncatingIfNeeded: size >> 16)]
            + [UInt8(truncatingIfNeeded: size >> 8), UInt8(truncatingIfNeeded: size)] + [0x65] + big.dropFirst()
        peer.feed(SessionPeer.message(9, body, stream: 1, size: 65_536))
        #expect(frames(peer).first?.1.count == big.count + 4)
    }
}
