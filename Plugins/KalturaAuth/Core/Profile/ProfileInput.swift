import Formats
import SluiceJSON

/// What is known of the stream that is published; 0 or empty: not known.
public struct ProfileInput: Sendable, Hashable {
    public var width: UInt32 = 0
    public var height: UInt32 = 0
    /// Frames per second.
    public var frameRate = 0.0
    /// Bits per second.
    public var videoBitrate: UInt32 = 0
    public var audioBitrate: UInt32 = 0
    /// `AAC`, `MP3`, …
    public var audioCodec = ""
    /// `H.264`, …
    public var videoCodec = ""
    /// Somebody here can encode on a GPU.
    public var hasGPU = false

    public init() {}

    /// What a stream's tracks say: of its first pictures and its first sound.
    public init(_ tracks: [TrackDescription]) {
        if let video = tracks.first(where: { $0.kind == .video }) {
            (width, height, videoBitrate) = (video.width, video.height, video.bitrate)
            frameRate = Double(video.frameRateMilli) / 1000
            videoCodec = Self.names[video.codec] ?? ""
        }
        if let audio = tracks.first(where: { $0.kind == .audio }) {
            audioBitrate = audio.bitrate
            audioCodec = Self.names[audio.codec] ?? ""
        }
    }

    /// What the back end calls codecs; sound in capitals (SPEC §8.1).
    private static let names: [FourCC: String] = [
        .avc1: "H.264", .hvc1: "H.265", .av01: "AV1", .vp09: "VP9", .vp08: "VP8", .mp4a: "AAC", .mp3: "MP3", .opus: "OPUS",
        .flac: "FLAC", .ac3: "AC3", .ec3: "EAC3",
    ]

    /// `extraParams` of SPEC §8.1: an object of texts without what is not known; empty when nothing is.
    public var extraParameters: String {
        var object = JSONObject()
        func add(_ key: String, _ value: UInt32) { if value > 0 { object[key] = .string(String(value)) } }
        add("width", width)
        add("height", height)
        if frameRate > 0, frameRate <= 1_000 { object["framerate"] = .string(Self.decimal(frameRate)) }
        add("videodatarate", videoBitrate / 1000)
        add("audiodatarate", audioBitrate / 1000)
        if !videoCodec.isEmpty { object["videocodecidstring"] = .string(videoCodec) }
        if !audioCodec.isEmpty { object["audiocodecidstring"] = .string(audioCodec) }
        if hasGPU { object["gpu"] = "true" }
        return object.isEmpty ? "" : JSONValue.object(object).serialized()
    }

    /// With at most three places behind the point.
    private static func decimal(_ value: Double) -> String {
        let thousandths = UInt32((value * 1000).rounded())
        var text = "\(thousandths / 1000)"
        let rest = thousandths % 1000
        guard rest > 0 else { return text }
        text += "." + String(String(1000 + rest).dropFirst())
        while text.last == "0" { text.removeLast() }
        return text
    }
}
