import Formats

/// Reads the parts of a transcoding profile; what cannot be used is noted.
struct ProfileReader {
    /// What `${SourceStreamName}` stands for.
    let source: String
    private(set) var problems: [String] = []
    private var names: Set<String> = []

    /// Bytes.
    static let longestName = 128

    init(source: String) { self.source = source }

    private mutating func note(_ problem: String) {
        if problems.count < TranscodingProfile.mostProblems { problems.append(problem) }
    }

    /// One `Encode`; nil when it is off or cannot be made.
    mutating func rendition(_ encode: XMLElement) -> LadderRendition? {
        if let enable = encode["Enable"], !enable.isTrue { return nil }
        let name = encode["Name"]?.value ?? ""
        guard name.utf8.count <= Self.longestName else {
            note("an output's name is longer than \(Self.longestName) bytes")
            return nil
        }
        guard names.count < TranscodingProfile.mostRenditions else {
            note("\(name): more than \(TranscodingProfile.mostRenditions) outputs")
            return nil
        }
        guard !name.isEmpty, !names.contains(name) else {
            note("an output without a name of its own")
            return nil
        }
        guard let stream = streamName(encode["StreamName"]?.value ?? "") else {
            note("\(name): no stream name that can be used")
            return nil
        }
        guard let video = video(encode["Video"], name), let audio = audio(encode["Audio"], name) else { return nil }
        guard video != .omitted || audio != .omitted else {
            note("\(name): neither pictures nor sound")
            return nil
        }
        names.insert(name)
        return LadderRendition(name: name, streamName: stream, video: video, audio: audio)
    }

    /// One path part of letters, digits, `_`, `-`, `.` and `~`; a container's prefix is dropped.
    private func streamName(_ text: String) -> String? {
        var name = text.split(separator: "${SourceStreamName}", omittingEmptySubsequences: false).joined(separator: source)
        for prefix in ["mp4:", "flv:"] where name.hasPrefix(prefix) { name = String(name.dropFirst(prefix.count)) }
        let isPlain = name.utf8.allSatisfy { EntryID.isNameCharacter($0) || [0x2D, 0x2E, 0x7E].contains($0) }
        return !name.isEmpty && name.utf8.count <= 200 && isPlain && name != "." && name != ".." ? name : nil
    }

    // MARK: Pictures

    private mutating func video(_ element: XMLElement?, _ name: String) -> LadderTreatment<LadderVideo>? {
        guard let element else { return .omitted }
        let codec: FourCC
        switch ASCII.lowercased(element["Codec"]?.value ?? "") {
        case "passthru", "passthrough": return .passThrough
        case "disable", "": return .omitted
        case "h.264", "h264": codec = .avc1
        case "h.265", "h265", "hevc": codec = .hvc1
        case "av1": codec = .av01
        case "h.263", "h263": codec = FourCC("h263")
        default:
            note("\(name): video codec is none that is known")
            return nil
        }
        guard let bitrate = bitrate(element["Bitrate"], "${SourceVideoBitrate}"), let size = size(element["FrameSize"]) else {
            note("\(name): bit rate or frame size cannot be used")
            return nil
        }
        let interval = element["KeyFrameInterval"]
        let follows = interval?["FollowSource"]?.isTrue ?? true
        let frames = number(interval?["Interval"], 1...100_000)
        let gpu = number(element["GPUID"], 0...255)
        return .encode(
            LadderVideo(
                codec: codec, profile: profile(element["Profile"]?.value), bitrate: bitrate,
                isConstantBitrate: isConstantBitrate(element["Parameters"], name), size: size,
                keyFrames: follows ? .followSource : frames.map { .every($0) } ?? .followSource,
                skippedFrames: number(element.element("SkipFrameCount", "Value"), 0...1_000) ?? 0,
                prefersHardware: element["Implementation"]?.value == "NVENC", gpu: gpu))
    }

    private func profile(_ text: String?) -> String {
        let name = ASCII.lowercased(text ?? "")
        return ["baseline", "main", "high"].contains(name) ? name : ""
    }

    private mutating func isConstantBitrate(_ parameters: XMLElement?, _ name: String) -> Bool {
        var isConstant = false
        for parameter in parameters?.all("Parameter") ?? [] {
            if parameter["Name"]?.value == "mainconcept.bit_rate_mode" {
                isConstant = parameter["Value"]?.value == "0"
            } else {
                note("\(name): an encoder parameter is ignored")
            }
        }
        return isConstant
    }

    /// Both sides are at most 16384; nil where the mode lacks what it needs.
    private func size(_ element: XMLElement?) -> LadderFrameSize? {
        guard let element else { return .source }
        let width = number(element["Width"], 2...16_384)
        let height = number(element["Height"], 2...16_384)
        switch ASCII.lowercased(element["FitMode"]?.value ?? "match-source") {
        case "match-source", "": return .source
        case "fit-height": return height.map { .height($0) }
        case "fit-width": return width.map { .width($0) }
        case "letterbox": return pair(width, height).map { .letterbox(width: $0.0, height: $0.1) }
        case "stretch": return pair(width, height).map { .stretch(width: $0.0, height: $0.1) }
        case "crop": return pair(width, height).map { .crop(width: $0.0, height: $0.1) }
        default: return nil
        }
    }

    private func pair(_ width: UInt32?, _ height: UInt32?) -> (UInt32, UInt32)? {
        guard let width, let height else { return nil }
        return (width, height)
    }

    // MARK: Sound

    private mutating func audio(_ element: XMLElement?, _ name: String) -> LadderTreatment<LadderAudio>? {
        guard let element else { return .omitted }
        let codec: FourCC
        switch ASCII.lowercased(element["Codec"]?.value ?? "") {
        case "passthru", "passthrough": return .passThrough
        case "disable", "": return .omitted
        case "aac": codec = .mp4a
        case "opus": codec = .opus
        default:
            note("\(name): audio codec is none that is known")
            return nil
        }
        guard let bitrate = bitrate(element["Bitrate"], "${SourceAudioBitrate}") else {
            note("\(name): audio bit rate cannot be used")
            return nil
        }
        return .encode(LadderAudio(codec: codec, bitrate: bitrate))
    }

    // MARK: Values

    private func bitrate(_ element: XMLElement?, _ source: String) -> LadderBitrate? {
        if element?.value == source { return .source }
        return number(element, 1_000...1_000_000_000).map { .fixed($0) }
    }

    private func number(_ element: XMLElement?, _ range: ClosedRange<UInt32>) -> UInt32? {
        guard let text = element?.value, text.utf8.count <= 10, text.utf8.allSatisfy(ASCII.isDigit), let value = UInt32(text),
            range.contains(value)
        else { return nil }
        return value
    }

    /// `sourceStreamFrameRate`, in frames per 1000 seconds; 0 when it is missing or absurd.
    func frameRate(_ properties: XMLElement?) -> UInt32 {
        let property = properties?.all("Property").first { $0["Name"]?.value == "sourceStreamFrameRate" }
        guard let text = property?["Value"]?.value, text.utf8.count <= 32, let rate = Double(text), rate >= 1, rate <= 1_000
        else {
            return 0
        }
        return UInt32((rate * 1000).rounded())
    }

    /// A group of what is left; nil for one without a name or members.
    mutating func group(_ element: XMLElement, among renditions: [LadderRendition]) -> LadderGroup? {
        let members = (element["Members"]?.all("Member") ?? []).compactMap { $0["EncodeName"]?.value }
        let known = members.prefix(TranscodingProfile.mostRenditions).filter { member in
            renditions.contains { $0.name == member }
        }
        guard let name = element["Name"]?.value, !name.isEmpty, name.utf8.count <= Self.longestName, !known.isEmpty,
            let stream = streamName(element["StreamName"]?.value ?? "")
        else {
            note("a group that cannot be used")
            return nil
        }
        return LadderGroup(name: name, streamName: stream, members: known)
    }
}
