import SluiceJSON

/// The further keys of an `[[app.NAME.step]]` that uses the plugin.
public struct LadderSettings: Sendable, Equatable {
    /// One rendition: of this height, its width by the source's shape.
    public struct Wish: Sendable, Equatable {
        /// What the rendition is called: `720p`.
        public var label: String
        /// Lines.
        public var height: Int
        /// bit/s.
        public var bitrate: Int64
    }

    /// Why settings that the schema lets through cannot be used.
    public struct Refusal: Error, CustomStringConvertible, Equatable {
        /// One line.
        public let description: String
    }

    /// The renditions, from first to last as they are written.
    public var rungs: [Wish]
    /// Of libx264.
    public var preset: String
    /// No frames of delay in decoder and encoder.
    public var zeroLatency: Bool
    /// A key frame at least so often, where the source has none.
    public var keyIntervalMilliseconds: Int64

    /// JSON schema of the step's keys.
    public static let schema = """
        {"type":"object","properties":{
        "rungs":{"type":"array","minItems":1,"maxItems":8,"description":"the renditions","items":{"type":"object","properties":{
        "label":{"type":"string","minLength":1,"maxLength":16,"description":"the rendition is STREAM_LABEL; default: 720p for a height of 720"},
        "height":{"type":"integer","minimum":16,"maximum":4320,"description":"lines; a rung that is larger than the source is left out"},
        "kbps":{"type":"integer","minimum":16,"maximum":100000,"description":"bit rate of the pictures, kbit/s"}},
        "required":["height","kbps"]},
        "default":[{"height":720,"kbps":3000},{"height":540,"kbps":2000},{"height":360,"kbps":730}]},
        "preset":{"type":"string","enum":["ultrafast","superfast","veryfast","faster","fast","medium","slow"],"default":"veryfast",
        "description":"of libx264: more processor time for better pictures"},
        "latency":{"type":"string","enum":["normal","zero"],"default":"normal","description":"zero: no frames wait in the encoder"},
        "key_interval_ms":{"type":"integer","minimum":500,"maximum":20000,"default":4000,
        "description":"a key frame is put in where the source has none for so long"}}}
        """

    /// Reads the step's keys, checked against `schema`, defaults filled in.
    public init(_ json: String) throws(Refusal) {
        let object: JSONValue
        do { object = try JSONValue(parsing: json) } catch { throw Refusal(description: "\(error)") }
        rungs = (object["rungs"]?.arrayValue ?? []).compactMap { item in
            guard let height = item["height"]?.intValue, let kbps = item["kbps"]?.intValue else { return nil }
            return Wish(label: item["label"]?.stringValue ?? "\(height)p", height: height, bitrate: Int64(kbps) * 1000)
        }
        for (place, rung) in rungs.enumerated() where rungs[..<place].contains(where: { $0.label == rung.label }) {
            throw Refusal(description: "rungs: two have the label \"\(rung.label)\"")
        }
        preset = object["preset"]?.stringValue ?? "veryfast"
        zeroLatency = object["latency"]?.stringValue == "zero"
        keyIntervalMilliseconds = Int64(object["key_interval_ms"]?.intValue ?? 4000)
    }

    /// The rungs for a source of this size: none is larger than it; widths and heights are even.
    public func rungs(width: Int, height: Int) throws(Refusal) -> [Rung] {
        guard width >= 16, height >= 16, width <= 8192, height <= 8192, width * height <= InputTrack.mostPixels else {
            throw Refusal(description: "pictures of \(width) x \(height) are not transcoded; from 16 x 16 to 8192 x 4320 are")
        }
        var options = ["preset": preset, "profile": "high"]
        if zeroLatency { options["tune"] = "zerolatency" }
        let fitting = rungs.filter { $0.height <= height }
        guard !fitting.isEmpty else {
            throw Refusal(description: "each rung is larger than the source, which has \(height) lines")
        }
        return fitting.map { wish in
            let scaled = (width * wish.height + height / 2) / height
            return Rung(
                label: wish.label, width: Int32(max(16, scaled + scaled % 2)), height: Int32(wish.height + wish.height % 2),
                bitrate: wish.bitrate, options: options)
        }
    }
}
