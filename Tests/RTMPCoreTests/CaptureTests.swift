import Formats
import TestSupport
import Testing

@testable import RTMPCore

@Suite struct CaptureTests {
    static let published: [(String, [UInt8], video: FourCC, audio: FourCC, size: (UInt32, UInt32))] = [
        ("ffmpeg H.264 AAC", Captures.ffmpegH264AAC, .avc1, .mp4a, (64, 48)),
        ("ffmpeg HEVC AAC", Captures.ffmpegHEVCAAC, .hvc1, .mp4a, (64, 48)),
        ("ffmpeg AV1 Opus", Captures.ffmpegAV1Opus, .av01, .opus, (64, 48)),
    ]

    static func peer(_ bytes: [UInt8], piece: Int = 1 << 30) -> SessionPeer {
        var peer = SessionPeer()
        peer.feed(SessionPeer.handshake + bytes, piece: piece)
        return peer
    }

    @Test func publishersAreUnderstood() throws {
        for (name, bytes, video, audio, size) in Self.published {
            let peer = Self.peer(bytes)
            var tracks: [TrackDescription] = []
            var frames: [FrameTiming] = []
            var kinds: [String] = []
            for action in peer.actions {
                switch action {
                case .tracks(_, let told): tracks = told
                case .frame(_, let timing, let message, let payload):
                    frames.append(timing)
                    #expect(!payload.isEmpty && payload.upperBound <= message.count)
                case .data(_, let data): kinds.append(data.name)
                default: break
                }
            }
            #expect(tracks.map(\.codec) == [video, audio], "\(name)")
            #expect(tracks.map(\.id) == [0, 1])
            #expect(tracks.first?.width == size.0 && tracks.first?.height == size.1)
            #expect(tracks.first?.frameRateMilli == 10_000)
            #expect(tracks.last?.sampleRate == 48_000 && tracks.last?.channels == 1)
            #expect(frames.filter { $0.track == 0 }.count == 6, "\(name)")
            #expect(frames.filter { $0.track == 0 && $0.flags.contains(.key) }.count == 2, "\(name)")
            #expect(frames.filter { $0.track == 1 }.allSatisfy { $0.flags.contains(.key) && $0.pts == $0.dts })
            #expect(kinds.first == "onMetaData")
            for track in UInt32(0)...1 {
                let times = frames.filter { $0.track == track }.map(\.dts)
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
            }
            #expect(peer.actions.last == .publishStopped(stream: 1, .stopped))
            #expect(peer.session.statistics.badMedia == 0)
            #expect(peer.session.statistics.framesBeforeConfiguration == 0)
        }
    }

    @Test func compositionOffsetsSurvive() {
        let peer = Self.peer(Captures.ffmpegH264AAC)
        let video = peer.actions.compactMap { action -> [Int64]? in
            guard case .frame(_, let timing, _, _) = action, timing.track == 0 else { return nil }
            return [timing.dts, timing.pts]
        }
        #expect(video == [[0, 200], [100, 500], [200, 300], [300, 400], [400, 600], [500, 700]])
    }

    @Test func howTheBytesAreCutDoesNotMatter() {
        for (name, bytes, _, _, _) in Self.published {
            let whole = Self.peer(bytes)
            for piece in [1, 2, 7, 1000] {
                let cut = Self.peer(bytes, piece: piece)
                #expect(cut.actions == whole.actions, "\(name) in pieces of \(piece)")
                #expect(cut.messages == whole.messages)
            }
        }
        for bytes in [Captures.rtmpdumpPlay, Captures.ffmpegPlay] {
            #expect(Self.peer(bytes, piece: 1).actions == Self.peer(bytes).actions)
        }
    }

    @Test func truncatedAtEachLengthNeverFails() {
        for (_, bytes, _, _, _) in Self.published {
            let whole = Self.peer(bytes)
            for length in stride(from: 0, to: bytes.count, by: 11) {
                let cut = Self.peer(Array(bytes[..<length]))
                #expect(whole.actions.starts(with: cut.actions))
                #expect(!cut.session.isClosed)
            }
        }
    }

    @Test func playersAreUnderstood() {
        for (bytes, name, buffer) in [(Captures.rtmpdumpPlay, "k", UInt32(0)), (Captures.ffmpegPlay, "k", 0)] {
            let peer = Self.peer(bytes)
            #expect(peer.actions.last == .attach(stream: 1))
            guard peer.actions.count == 3, case .askPlay(1, let request) = peer.actions[1] else {
                Issue.record("no play")
                continue
            }
            #expect(request.address.name.text == name)
            #expect(request.bufferMilliseconds == buffer)
        }
    }

    @Test func realHellosGetTheirKindOfAnswer() throws {
        for (hello, hasDigest) in [(Captures.ffmpegHello, true), (Captures.rtmpdumpHello, false)] {
            var session = RTMPSession(seed: 3, at: 0)
            session.receive(hello, at: 0)
            guard case .send(let answer) = session.takeActions().first else { throw Missing() }
            #expect(answer.count == 3073)
            #expect((RTMPDigest.find(in: Array(hello[1...])) != nil) == hasDigest)
            #expect((answer[1537...].elementsEqual(hello[1...])) == !hasDigest)
        }
    }

    @Test func flippedBitsNeverTrapAndNeverDependOnTheCut() {
        var random = SeededGenerator(seed: 17)
        for (_, bytes, _, _, _) in Self.published {
            for _ in 0..<120 {
                var broken = bytes
                for _ in 0..<4 { broken[Int(random.next() % UInt64(broken.count))] ^= 1 << UInt8(random.next() % 8) }
                let whole = Self.peer(broken)
                let cut = Self.peer(broken, piece: 13)
                #expect(whole.actions == cut.actions)
            }
        }
    }
}
