import CAV

/// The encoders that the transcoder knows how to set, by libavcodec's names. Another one is not used: without its options key frames would
/// not be where they have to be.
public enum EncoderKind: String, Sendable, CaseIterable {
    case x264 = "libx264"
    case x265 = "libx265"
    case svtAV1 = "libsvtav1"
    case aomAV1 = "libaom-av1"
    case h264NVENC = "h264_nvenc"
    case h264VAAPI = "h264_vaapi"
    case h264V4L2 = "h264_v4l2m2m"
    case hevcNVENC = "hevc_nvenc"
    case hevcVAAPI = "hevc_vaapi"

    public var codec: VideoCodec {
        switch self {
        case .x264, .h264NVENC, .h264VAAPI, .h264V4L2: .h264
        case .x265, .hevcNVENC, .hevcVAAPI: .hevc
        case .svtAV1, .aomAV1: .av1
        }
    }

    public var isHardware: Bool {
        switch self {
        case .x264, .x265, .svtAV1, .aomAV1: false
        case .h264NVENC, .h264VAAPI, .h264V4L2, .hevcNVENC, .hevcVAAPI: true
        }
    }

    /// Takes pictures in the memory of a VA-API device only.
    var isVAAPI: Bool { self == .h264VAAPI || self == .hevcVAAPI }

    /// Names of presets, from the fastest to the slowest: libx264's, which each encoder's own are chosen by.
    public static let presets = ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]

    /// Its private options: the rung's speed and latency, key frames where they are asked for and nowhere else.
    func options(_ rung: Rung, level: H264Level?, threads: Int32) -> [String: String] {
        let speed = Self.presets.firstIndex(of: rung.preset) ?? 2
        switch self {
        case .x264:
            var options = ["preset": rung.preset, "forced-idr": "1", "sc_threshold": "0"]
            options["profile"] = rung.profile.isEmpty ? "high" : rung.profile
            options["level"] = level?.description
            options["tune"] = rung.zeroLatency ? "zerolatency" : nil
            return options
        case .x265:
            var options = ["preset": rung.preset, "forced-idr": "1", "profile": "main"]
            options["x265-params"] = "log-level=none:scenecut=0:open-gop=0:info=0"
            options["tune"] = rung.zeroLatency ? "zerolatency" : nil
            return options
        case .svtAV1:
            // Its one mode in which a key frame can be asked for: a quality, held down to the largest bit rate.
            let processors = threads > 0 ? ":lp=\(threads)" : ""
            return [
                "preset": "\(12 - speed)", "crf": "32",
                "svtav1-params": "enable-force-key-frames=1:mbr=\(max(1, rung.maxrate / 1000))" + processors,
            ]
        case .aomAV1:
            return ["usage": "realtime", "cpu-used": "\(max(5, 8 - speed / 2))", "lag-in-frames": "0", "row-mt": "1"]
        case .h264NVENC, .hevcNVENC:
            var options = ["preset": "p\(min(7, speed + 1))", "forced-idr": "1", "no-scenecut": "1", "rc": "vbr"]
            if rung.zeroLatency { options.merge(["tune": "ull", "zerolatency": "1", "delay": "0"]) { $1 } }
            if self == .h264NVENC { options["profile"] = rung.profile.isEmpty ? "high" : rung.profile }
            return options
        case .h264VAAPI: return ["profile": rung.profile == "main" ? "main" : "high"]
        case .hevcVAAPI: return ["profile": "main"]
        case .h264V4L2: return [:]
        }
    }
}
