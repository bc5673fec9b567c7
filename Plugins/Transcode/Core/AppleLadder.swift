/// Apple's ladders for 16:9 (HLS Authoring Specification, "Average bit rate" tables): lines, kbit/s, and at most 30 pictures a second where it
/// says so. Other shapes keep the lines.
public enum AppleLadder: String, Sendable, CaseIterable {
    case h264 = "apple-h264"
    case hevc = "apple-hevc"

    /// Key frames [1.13].
    public static let keyIntervalMilliseconds: Int64 = 2000

    public var codec: VideoCodec { self == .h264 ? .h264 : .hevc }

    /// From the largest to the smallest. Twice the same height: the second is called by its bit rate too.
    public var rungs: [LadderSettings.Wish] {
        var seen: Set<Int> = []
        return table.map { height, kbps, isSlow in
            let label = seen.insert(height).inserted ? "\(height)p" : "\(height)p-\(kbps)"
            return LadderSettings.Wish(
                label: label, height: height, bitrate: Int64(kbps) * 1000, codec: codec, frameRateMilli: isSlow ? 30_000 : 0)
        }
    }

    private var table: [(height: Int, kbps: Int, isSlow: Bool)] {
        switch self {
        case .h264:
            [
                (1080, 7800, false), (1080, 6000, false), (720, 4500, false), (720, 3000, false), (540, 2000, false),
                (432, 1100, true), (432, 730, true), (360, 365, true), (234, 145, true),
            ]
        case .hevc:
            [
                (2160, 16_800, false), (2160, 11_600, false), (1440, 8100, false), (1080, 5800, false), (1080, 4500, false),
                (720, 3400, false), (720, 2400, false), (540, 1600, false), (540, 900, true), (540, 600, true), (432, 300, true),
                (360, 145, true),
            ]
        }
    }
}
