import Formats
import RTMPCore

/// What a publisher's or player's program writes, as bytes.
struct PublishingPeer {
    /// Bytes of a chunk of media; commands have 128.
    var chunkSize: Int

    /// C0, C1 and C2, without digest.
    static let handshake: [UInt8] = [3] + [UInt8](repeating: 0, count: 1536 * 2)

    static let connectBody = AMF0.encode([
        "connect", 1,
        .object([
            AMFProperty("app", "live"), AMFProperty("type", "nonprivate"),
            AMFProperty("flashVer", "FMLE/3.0 (compatible; FMSc/1.0)"),
            AMFProperty("swfUrl", "rtmp://127.0.0.1:1935/live"), AMFProperty("tcUrl", "rtmp://127.0.0.1:1935/live"),
            AMFProperty("fpad", .boolean(false)), AMFProperty("capabilities", 15), AMFProperty("audioCodecs", 4071),
            AMFProperty("videoCodecs", 252), AMFProperty("videoFunction", 1),
        ]),
    ])

    /// Handshake, connect, createStream, publish, and the two configurations.
    var publishing: [UInt8] {
        var bytes = Self.handshake + Self.message(20, Self.connectBody, stream: 0)
        bytes += Self.message(20, AMF0.encode(["createStream", 2, .null]), stream: 0)
        bytes += Self.message(20, AMF0.encode(["publish", 3, .null, "camera", "live"]))
        bytes += Self.message(
            1, [0, 0, UInt8(truncatingIfNeeded: chunkSize >> 8), UInt8(truncatingIfNeeded: chunkSize)], stream: 0)
        bytes +=
            video(at: 0, configuration: true, TestMedia.avcC) + audio(at: 0, configuration: true, TestMedia.audioConfiguration)
        return bytes
    }

    /// Handshake, connect, createStream, play.
    static let playing: [UInt8] =
        handshake + message(20, connectBody, stream: 0) + message(20, AMF0.encode(["createStream", 2, .null]), stream: 0)
        + message(20, AMF0.encode(["play", 3, .null, "camera", -2000]))

    func video(at time: UInt32, configuration: Bool = false, key: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        let head: [UInt8] = [key || configuration ? 0x17 : 0x27, configuration ? 0 : 1, 0, 0, 0]
        return Self.message(9, head + payload, time: time, chunk: 6, size: chunkSize)
    }

    func audio(at time: UInt32, configuration: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        Self.message(8, [0xAF, configuration ? 0 : 1] + payload, time: time, chunk: 4, size: chunkSize)
    }

    static func message(
        _ type: UInt8, _ body: [UInt8], stream: UInt32 = 1, time: UInt32 = 0, chunk: UInt32 = 3, size: Int = 128
    ) -> [UInt8] {
        var out: [UInt8] = []
        let message = RTMPMessage(chunkStream: chunk, type: type, streamID: stream, timestamp: time, body: body)
        RTMPChunkWriter.append(message, chunkSize: size, to: &out)
        return out
    }
}

extension RTMPSession {
    /// Takes all actions and answers its questions with yes; the frames among them.
    mutating func settle(at now: UInt64) -> Int {
        var frames = 0
        while true {
            let actions = takeActions()
            if actions.isEmpty { return frames }
            for action in actions {
                switch action {
                case .frame(_, _, let message, _):
                    blackHole(message)
                    frames += 1
                case .send(let bytes): blackHole(bytes)
                case .askConnect: answerConnect(.allow, at: now)
                case .askPublish(let stream, _): answerPublish(stream: stream, .allow, at: now)
                case .askPlay(let stream, _): answerPlay(stream: stream, .allow, at: now)
                default: break
                }
            }
        }
    }
}
