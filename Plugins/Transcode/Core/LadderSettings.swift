import SluiceJSON

/// The further keys of an `[[app.NAME.step]]` that uses the plugin: which renditions are made, and how.
public struct LadderSettings: Sendable, Equatable {
    /// One rendition, of any source.
    public struct Wish: Sendable, Equatable {
        /// What the rendition is called: `720p`.
        public var label: String
        /// Lines; 0: by the width, or as many as the source has.
        public var height: Int
        /// 0: by the height and the source's shape.
        public var width: Int
        public var fit: Rung.Fit
        /// bit/s; 0: the source's.
        public var bitrate: Int64
        public var isConstantBitrate: Bool
        public var codec: VideoCodec
        /// Names in the order in which they are tried; empty: the ladder's, then the codec's.
        public var encoders: [String]
        /// `baseline`, `main`, `high`; empty: high.
        public var profile: String
        /// At most so many pictures in 1000 s; 0: the source's.
        public var frameRateMilli: UInt32
        /// Of n + 1 pictures one is kept.
        public var skippedFrames: UInt32

        public init(
            label: String, height: Int, width: Int = 0, fit: Rung.Fit = .whole, bitrate: Int64, isConstantBitrate: Bool = false,
            codec: VideoCodec = .h264, encoders: [String] = [], profile: String = "", frameRateMilli: UInt32 = 0,
            skippedFrames: UInt32 = 0
        ) {
            self.label = label
            self.height = height
            self.width = width
            self.fit = fit
            self.bitrate = bitrate
            self.isConstantBitrate = isConstantBitrate
            self.codec = codec
            self.encoders = encoders
            self.profile = profile
            self.frameRateMilli = frameRateMilli
            self.skippedFrames = skippedFrames
        }
    }

    /// Why settings that the schema lets through cannot be used.
    public struct Refusal: Error, CustomStringConvertible, Equatable {
        /// One line.
        public let description: String
    }

    /// The renditions, from first to last as they are written.
    public var rungs: [Wish]
    /// Names of encoders, in the order in which they are tried, for rungs that do not say.
    public var encoders: [String]
    /// Of libx264; other encoders get theirs by it.
    public var preset: String
    /// No frames of delay in decoder and encoder.
    public var zeroLatency: Bool
    /// A key frame at least so often, where the source has none.
    public var keyIntervalMilliseconds: Int64
    public var deinterlaces: Bool
    public var overlay: Overlay
    /// The ladder of the stream's attribute `ladder.profile`, where it has one.
    public var isFromEntry: Bool
    /// Pictures in 1000 s of a source that does not say; 0: not known.
    public var assumedFrameRateMilli: UInt32 = 0
    /// What becomes of the sound.
    public var audio: AudioSettings
    /// Pictures for streams without any.
    public var slate: SlateSettings?
    /// Between two stills of the source's pictures; 0: none.
    public var thumbnailSeconds: Int

    /// Reads the step's keys, checked against `schema`, defaults filled in.
    public init(_ json: String) throws(Refusal) {
        let object: JSONValue
        do { object = try JSONValue(parsing: json) } catch { throw Refusal(description: "\(error)") }
        encoders = object["encoders"]?.arrayValue?.compactMap(\.stringValue) ?? []
        preset = object["preset"]?.stringValue ?? "veryfast"
        zeroLatency = object["latency"]?.stringValue == "zero"
        deinterlaces = object["deinterlace"]?.stringValue != "off"
        isFromEntry = object["profile"]?.stringValue == "from-entry"
        overlay = try Self.overlay(object["overlay"])
        audio = try AudioSettings(object["audio"])
        slate = try SlateSettings(object["slate"])
        thumbnailSeconds = object["thumbnail_s"]?.intValue ?? 10
        let apple = object["ladder"]?.stringValue.flatMap(AppleLadder.init)
        keyIntervalMilliseconds =
            object["key_interval_ms"]?.int64Value ?? (apple == nil ? 4000 : AppleLadder.keyIntervalMilliseconds)
        if let apple {
            guard object["rungs"] == nil else { throw Refusal(description: "ladder and rungs: one of them says the renditions") }
            rungs = apple.rungs
        } else {
            rungs = try (object["rungs"]?.arrayValue).map(Self.wishes) ?? Self.standard
        }
        for (place, rung) in rungs.enumerated() where rungs[..<place].contains(where: { $0.label == rung.label }) {
            throw Refusal(description: "rungs: two have the label \"\(rung.label)\"")
        }
    }

    /// Where nobody says which.
    static let standard = [
        Wish(label: "720p", height: 720, bitrate: 3_000_000), Wish(label: "540p", height: 540, bitrate: 2_000_000),
        Wish(label: "360p", height: 360, bitrate: 730_000),
    ]

    private static func wishes(_ items: [JSONValue]) throws(Refusal) -> [Wish] {
        var wishes: [Wish] = []
        for item in items {
            guard let height = item["height"]?.intValue, let kbps = item["kbps"]?.int64Value else { continue }
            let label = item["label"]?.stringValue ?? "\(height)p"
            let encoders = item["encoders"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let codecs = Set(encoders.compactMap { EncoderKind(rawValue: $0)?.codec })
            let codec = item["codec"]?.stringValue.flatMap(VideoCodec.init) ?? codecs.first ?? .h264
            guard codecs.isSubset(of: [codec]) else {
                throw Refusal(description: "rungs: the encoders of \"\(label)\" are not all for \(codec.rawValue)")
            }
            wishes.append(
                Wish(
                    label: label, height: height, bitrate: kbps * 1000, codec: codec, encoders: encoders,
                    frameRateMilli: item["fps"]?.doubleValue.map { UInt32(clamping: Int64($0 * 1000)) } ?? 0))
        }
        return wishes
    }

    private static func overlay(_ json: JSONValue?) throws(Refusal) -> Overlay {
        guard let json else { return Overlay() }
        let png = json["png"]?.stringValue ?? ""
        guard png.isEmpty || Overlay.isFileName(png) else {
            throw Refusal(description: "overlay.png: \"\(png)\" is not the name of a file in the plugin's folder")
        }
        return Overlay(
            text: json["text"]?.stringValue ?? "", png: png,
            position: json["position"]?.stringValue.flatMap(Overlay.Position.init) ?? .topRight,
            opacity: json["opacity"]?.doubleValue ?? 1, size: json["size"]?.doubleValue ?? 0.1)
    }

    /// Ticks between key frames at most.
    public func longestKeyInterval(timescale: UInt32) -> Int64 { max(1, keyIntervalMilliseconds * Int64(timescale) / 1000) }
}
