import SluiceJSON

/// The ladder as text: what the attribute `ladder.profile` of a stream holds. JSON; what is not said is as the types' defaults are.
///
/// ```json
/// {"renditions":[{"name":"source","stream":"ENTRY_901","video":"pass","audio":"pass"},
///   {"name":"sd","stream":"ENTRY_903","video":{"codec":"avc1","profile":"main","bitrate":900000,"fit":"height","height":480,"keys":60,
///     "skip":1,"constant":true,"hardware":true,"gpu":0},"audio":{"codec":"mp4a","bitrate":"source"}}],
///  "groups":[{"name":"all","stream":"ENTRY_1_all","members":["source","sd"]}],
///  "deinterlace":true,"decoder":"hardware","scaler":"hardware","frame_rate_milli":25000}
/// ```
/// `video` and `audio`: `"pass"`, left out, or how to encode. `fit`: `height`, `width`, `letterbox`, `stretch`, `crop`. `keys`: every so many
/// frames, else where the source has them. Codecs are FourCCs. Bit rates are bits per second.
extension Ladder {
    /// Bytes that an attribute of a stream can hold.
    public static let longestText = 4_096
    /// Renditions, groups, members of a group.
    public static let mostRenditions = 64

    /// The ladder as text of any length.
    public var text: String { json.serialized() }

    /// The ladder as text of at most `longestText` bytes: without its last renditions, as many as it takes. The second is how many were
    /// left out; nil: not even one fits.
    public func fittedText() -> (text: String, leftOut: Int)? {
        var ladder = self
        while !ladder.renditions.isEmpty {
            let text = ladder.text
            if text.utf8.count <= Self.longestText { return (text, renditions.count - ladder.renditions.count) }
            let last = ladder.renditions.removeLast().name
            for index in ladder.groups.indices { ladder.groups[index].members.removeAll { $0 == last } }
            ladder.groups.removeAll { $0.members.isEmpty }
        }
        return nil
    }

    /// Reads the text. Unknown members are passed over.
    public init(text: String) throws(LadderError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text, limits: JSONLimits(depth: 8, bytes: 1 << 18, values: 10_000))
        } catch { throw .json(error) }
        let reader = LadderReader(json: json)
        self.init(renditions: try reader.list("renditions") { (one) throws(LadderError) in try LadderRendition(one) })
        guard !renditions.isEmpty, Set(renditions.map(\.name)).count == renditions.count else { throw .value("renditions") }
        groups = try reader.list("groups") { (one) throws(LadderError) in try LadderGroup(one) }
        let names = Set(renditions.map(\.name))
        guard groups.allSatisfy({ !$0.members.isEmpty && names.isSuperset(of: $0.members) }) else { throw .value("groups") }
        deinterlaces = try reader.bool("deinterlace")
        prefersHardwareDecoder = try reader.string("decoder") == "hardware"
        prefersHardwareScaler = try reader.string("scaler") == "hardware"
        assumedFrameRateMilli = try reader.number("frame_rate_milli", 0...1_000_000) ?? 0
    }

    private var json: JSONValue {
        var object: JSONObject = ["renditions": .array(renditions.map(\.json))]
        if !groups.isEmpty { object["groups"] = .array(groups.map(\.json)) }
        if deinterlaces { object["deinterlace"] = true }
        if prefersHardwareDecoder { object["decoder"] = "hardware" }
        if prefersHardwareScaler { object["scaler"] = "hardware" }
        if assumedFrameRateMilli > 0 { object["frame_rate_milli"] = .integer(Int64(assumedFrameRateMilli)) }
        return .object(object)
    }
}

/// Members of a ladder's objects, with what they may be.
private struct LadderReader {
    let json: JSONValue

    func string(_ key: String) throws(LadderError) -> String? {
        guard let value = json[key] else { return nil }
        guard let text = value.stringValue, text.utf8.count <= 255 else { throw .value(key) }
        return text
    }

    func name(_ key: String) throws(LadderError) -> String {
        guard let text = try string(key), !text.isEmpty else { throw .value(key) }
        return text
    }

    func bool(_ key: String) throws(LadderError) -> Bool {
        guard let value = json[key] else { return false }
        guard let flag = value.boolValue else { throw .value(key) }
        return flag
    }

    func number(_ key: String, _ range: ClosedRange<UInt32>) throws(LadderError) -> UInt32? {
        guard let value = json[key] else { return nil }
        guard let number = value.int64Value.flatMap({ UInt32(exactly: $0) }), range.contains(number) else { throw .value(key) }
        return number
    }

    func side(_ key: String) throws(LadderError) -> UInt32 {
        guard let pixels = try number(key, 2...16_384) else { throw .value(key) }
        return pixels
    }

    func list<Value>(_ key: String, _ read: (JSONValue) throws(LadderError) -> Value) throws(LadderError) -> [Value] {
        guard let value = json[key] else { return [] }
        guard let items = value.arrayValue, items.count <= Ladder.mostRenditions else { throw .value(key) }
        var list: [Value] = []
        for item in items { list.append(try read(item)) }
        return list
    }

    func bitrate() throws(LadderError) -> LadderBitrate {
        if json["bitrate"]?.stringValue == "source" { return .source }
        guard let bits = try number("bitrate", 1...UInt32.max) else { throw .value("bitrate") }
        return .fixed(bits)
    }

    func codec() throws(LadderError) -> FourCC {
        guard let codec = FourCC(text: try name("codec")), codec.isPrintable else { throw .value("codec") }
        return codec
    }

    func treatment<Settings>(
        _ key: String, _ read: (LadderReader) throws(LadderError) -> Settings
    ) throws(LadderError) -> LadderTreatment<Settings> {
        guard let value = json[key] else { return .omitted }
        if value.stringValue == "pass" { return .passThrough }
        guard value.objectValue != nil else { throw .value(key) }
        return .encode(try read(LadderReader(json: value)))
    }
}

extension LadderRendition {
    fileprivate init(_ json: JSONValue) throws(LadderError) {
        let reader = LadderReader(json: json)
        self.init(
            name: try reader.name("name"), streamName: try reader.name("stream"),
            video: try reader.treatment("video") { (reader) throws(LadderError) in try LadderVideo(reader) },
            audio: try reader.treatment("audio") { (reader) throws(LadderError) in
                LadderAudio(codec: try reader.codec(), bitrate: try reader.bitrate())
            })
        guard video != .omitted || audio != .omitted else { throw .value(name) }
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "stream": .string(streamName)]
        switch video {
        case .passThrough: object["video"] = "pass"
        case .omitted: break
        case .encode(let settings): object["video"] = settings.json
        }
        switch audio {
        case .passThrough: object["audio"] = "pass"
        case .omitted: break
        case .encode(let settings):
            object["audio"] = ["codec": .string(settings.codec.description), "bitrate": settings.bitrate.json]
        }
        return .object(object)
    }
}

extension LadderBitrate {
    fileprivate var json: JSONValue {
        switch self {
        case .source: "source"
        case .fixed(let bits): .integer(Int64(bits))
        }
    }
}

extension LadderGroup {
    fileprivate init(_ json: JSONValue) throws(LadderError) {
        let reader = LadderReader(json: json)
        self.init(
            name: try reader.name("name"), streamName: try reader.name("stream"),
            members: try reader.list("members") { (item) throws(LadderError) in
                guard let text = item.stringValue else { throw .value("members") }
                return text
            })
    }

    fileprivate var json: JSONValue {
        ["name": .string(name), "stream": .string(streamName), "members": .array(members.map { .string($0) })]
    }
}

extension LadderVideo {
    fileprivate init(_ reader: LadderReader) throws(LadderError) {
        self.init(codec: try reader.codec(), bitrate: try reader.bitrate(), size: try LadderFrameSize(reader))
        profile = try reader.string("profile") ?? ""
        isConstantBitrate = try reader.bool("constant")
        keyFrames = try reader.number("keys", 1...100_000).map { .every($0) } ?? .followSource
        skippedFrames = try reader.number("skip", 0...1_000) ?? 0
        prefersHardware = try reader.bool("hardware")
        gpu = try reader.number("gpu", 0...255)
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = ["codec": .string(codec.description)]
        if !profile.isEmpty { object["profile"] = .string(profile) }
        object["bitrate"] = bitrate.json
        if isConstantBitrate { object["constant"] = true }
        for (key, value) in size.members { object[key] = value }
        if case .every(let frames) = keyFrames { object["keys"] = .integer(Int64(frames)) }
        if skippedFrames > 0 { object["skip"] = .integer(Int64(skippedFrames)) }
        if prefersHardware { object["hardware"] = true }
        if let gpu { object["gpu"] = .integer(Int64(gpu)) }
        return .object(object)
    }
}

extension LadderFrameSize {
    fileprivate init(_ reader: LadderReader) throws(LadderError) {
        switch try reader.string("fit") {
        case nil: self = .source
        case "height": self = .height(try reader.side("height"))
        case "width": self = .width(try reader.side("width"))
        case "letterbox": self = .letterbox(width: try reader.side("width"), height: try reader.side("height"))
        case "stretch": self = .stretch(width: try reader.side("width"), height: try reader.side("height"))
        case "crop": self = .crop(width: try reader.side("width"), height: try reader.side("height"))
        default: throw .value("fit")
        }
    }

    fileprivate var members: [(String, JSONValue)] {
        func pair(_ fit: String, _ width: UInt32, _ height: UInt32) -> [(String, JSONValue)] {
            [("fit", .string(fit)), ("width", .integer(Int64(width))), ("height", .integer(Int64(height)))]
        }
        return switch self {
        case .source: []
        case .height(let height): [("fit", "height"), ("height", .integer(Int64(height)))]
        case .width(let width): [("fit", "width"), ("width", .integer(Int64(width)))]
        case .letterbox(let width, let height): pair("letterbox", width, height)
        case .stretch(let width, let height): pair("stretch", width, height)
        case .crop(let width, let height): pair("crop", width, height)
        }
    }
}
