import Formats
import Testing

@testable import RTMPCore

/// Whole conversations of a peer, each beginning with the handshake; every one is cut at each of its bytes.
enum Script {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        /// Where the cuts begin: one script's handshake is like another's.
        var start = SessionPeer.handshake.count - 1
        var testDescription: String { name }
    }

    static let all: [Case] = [
        Case(name: "ffmpeg H.264 AAC", bytes: SessionPeer.handshake + Captures.ffmpegH264AAC),
        Case(name: "ffmpeg HEVC AAC, Enhanced RTMP", bytes: SessionPeer.handshake + Captures.ffmpegHEVCAAC),
        Case(name: "ffmpeg AV1 Opus, Enhanced RTMP", bytes: SessionPeer.handshake + Captures.ffmpegAV1Opus),
        Case(name: "rtmpdump plays", bytes: SessionPeer.handshake + Captures.rtmpdumpPlay),
        Case(name: "ffmpeg plays", bytes: SessionPeer.handshake + Captures.ffmpegPlay),
        Case(
            name: "handshake with digest",
            bytes: Captures.ffmpegHello + [UInt8](repeating: 7, count: 1536) + SessionPeer.connect(), start: 0),
        Case(name: "plain handshake", bytes: SessionPeer.handshake + SessionPeer.connect(), start: 0),
        Case(name: "tiny chunks, several chunk streams interleaved", bytes: interleaved),
        Case(name: "extended timestamps, with and without repetition", bytes: extended),
        Case(name: "aggregates, AMF3, multitrack, wraps", bytes: publishing + odd),
        Case(name: "plays, pauses, plays on, stops", bytes: playing),
        Case(name: "ends with an error", bytes: publishing + SessionPeer.command("connect", 9, [.object([])])),
    ]

    static let publishing = SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream + SessionPeer.publish("k")

    private static func video(_ body: [UInt8], _ time: UInt32, size: Int = 128) -> [UInt8] {
        SessionPeer.message(9, body, stream: 1, time: time, chunk: 6, size: size)
    }

    /// Chunks of three bytes, those of two messages in turn, an abort of a third, headers of all formats and sizes.
    private static var interleaved: [UInt8] {
        let picture = Media.avc(key: false, nals: [[0x41] + [UInt8](repeating: 9, count: 40)])
        var out = publishing + video(Media.avcHead, 0) + SessionPeer.message(8, Media.aacHead, stream: 1, chunk: 4)
        out += RTMPControl.setChunkSize(3)
        let audio = Media.aac + [1, 2, 3, 4, 5]
        out += header(6, 9, 40, picture) + picture[..<3] + header(700, 8, 41, audio) + audio[..<3]
        out += header(70, 18, 0, [UInt8](repeating: 1, count: 9)) + [1, 1, 1]
        out += continuation(6) + picture[3..<6] + continuation(700) + audio[3..<6]
        out += chunk(2, 2, 0, 0, [0, 0]) + continuation(2) + [70]
        out += rest(of: 700, audio, from: 6) + rest(of: 6, picture, from: 6)
        // A delta, and a message whose header is that of the one before.
        out += [0x46, 0, 0, 40] + size(picture) + [9] + picture[..<3] + rest(of: 6, picture, from: 3)
        out += [0xC6] + picture[..<3] + rest(of: 6, picture, from: 3)
        return out + SessionPeer.command("deleteStream", 0, [.null, 1], size: 3)
    }

    private static var extended: [UInt8] {
        let long = Media.avc(nals: [[0x65] + [UInt8](repeating: 7, count: 250)])
        var bare = video(long, 0x0100_0050)
        // The third chunk without the repeated timestamp, as some write it.
        let second = 16 + 128 + 5 + 128
        bare.removeSubrange(second + 1..<second + 5)
        return publishing + video(Media.avcHead, 0x0100_0000) + video(long, 0x0100_0028) + bare
            + video(Media.avc(), 0xFFFF_FFF0) + video(Media.avc(key: false), 24)
    }

    private static var odd: [UInt8] {
        let record = Media.avcC()
        let frame: [UInt8] = [0, 0, 0, 3, 0x65, 0x88, 1]
        let fourCC = Array("avc1".utf8)
        func many(_ packet: UInt8, _ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
            [0x96, 0x10 | packet] + fourCC + [0, 0, 0, UInt8(first.count)] + first + [3, 0, 0, UInt8(second.count)] + second
        }
        func tag(_ type: UInt8, _ time: UInt8, _ body: [UInt8]) -> [UInt8] {
            [type, 0, 0, UInt8(body.count), 0, 0, time, 0, 0, 0, 0] + body + [0, 0, 0, 0]
        }
        let said: AMFValue = ["framerate": 25, "encoder": "x", "videodatarate": 300]
        let script = AMF0.encode(["onTextData", ["text": "x"]])
        var out = SessionPeer.message(18, AMF0.encode(["@setDataFrame", "onMetaData", said]), stream: 1, time: 5)
        out += SessionPeer.message(15, [0] + AMF0.encode(["onCuePoint", said]), stream: 1, time: 6)
        out += video(Media.avc(), 7) + video(many(0, record, record), 10) + video(many(3, frame, frame), 40)
        out += SessionPeer.message(
            22, tag(9, 5, Media.avcHead) + tag(9, 5, Media.avc()) + tag(18, 9, script), stream: 1, time: 80)
        out +=
            SessionPeer.message(8, Media.aacHead, stream: 1, time: 90) + SessionPeer.message(8, Media.aac, stream: 1, time: 100)
        out += video([0x97, 2, 7, 0xA1, 0x20, 3] + fourCC + frame, 120) + video(Media.avc(), 60_000) + video([0x17, 9], 60_040)
        out += video([0x17, 0, 0, 0, 0] + Media.avcC(level: 31), 60_080) + video(Media.avc(), 60_080)
        out += SessionPeer.message(17, [0] + AMF0.encode(["_checkbw", 7, .null]))
        return out + SessionPeer.message(4, [0, 6, 0, 0, 0, 9], chunk: 2) + SessionPeer.message(5, [0, 0, 0x20, 0], chunk: 2)
            + SessionPeer.command("FCUnpublish", 8, [.null, "k"]) + SessionPeer.publish("again") + video(Media.avcHead, 0)
            + video(Media.avc(), 0)
    }

    private static var playing: [UInt8] {
        let extra = [AMFProperty("fourCcList", .strictArray(["*", "av01"])), AMFProperty("capsEx", 15)]
        var out = SessionPeer.handshake + SessionPeer.connect("live", extra) + SessionPeer.createStream
        out += SessionPeer.message(4, [0, 3, 0, 0, 0, 1, 0, 0, 0x0B, 0xB8], chunk: 2) + SessionPeer.play("k")
        out +=
            SessionPeer.command("pause", 0, [.null, true, 0], stream: 1) + SessionPeer.command("seek", 6, [.null, 5], stream: 1)
        out += SessionPeer.command("pause", 0, [.null, false, 0], stream: 1) + SessionPeer.play("other")
        return out + SessionPeer.command("closeStream", 0, [.null], stream: 1) + SessionPeer.createStream
    }

    // MARK: - Chunks by hand

    private static func basic(_ format: UInt8, _ stream: Int) -> [UInt8] {
        if stream < 64 { return [format << 6 | UInt8(stream)] }
        if stream < 320 { return [format << 6, UInt8(stream - 64)] }
        return [format << 6 | 1, UInt8((stream - 64) & 255), UInt8((stream - 64) >> 8)]
    }

    private static func size(_ body: [UInt8]) -> [UInt8] { [0, UInt8(body.count >> 8), UInt8(body.count & 255)] }

    private static func header(_ stream: Int, _ type: UInt8, _ time: UInt8, _ body: [UInt8]) -> [UInt8] {
        basic(0, stream) + [0, 0, time] + size(body) + [type, 1, 0, 0, 0]
    }

    private static func chunk(_ stream: Int, _ type: UInt8, _ time: UInt8, _ lead: UInt8, _ first: [UInt8]) -> [UInt8] {
        basic(0, stream) + [0, 0, time, 0, 0, 4, type, 0, 0, 0, 0] + [lead] + first
    }

    private static func continuation(_ stream: Int) -> [UInt8] { basic(3, stream) }

    private static func rest(of stream: Int, _ body: [UInt8], from start: Int) -> [UInt8] {
        var out: [UInt8] = []
        for place in Swift.stride(from: start, to: body.count, by: 3) {
            out += continuation(stream) + body[place..<min(body.count, place + 3)]
        }
        return out
    }
}
