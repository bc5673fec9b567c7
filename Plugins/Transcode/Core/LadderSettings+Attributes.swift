import Formats

extension LadderSettings {
    /// The settings as the stream's attributes say it, and what of them cannot be had, in words.
    ///
    /// `ladder.profile` with `profile = "from-entry"`; `overlay.text`, `overlay.png`, `overlay.position`, `overlay.opacity`, `overlay.size`.
    public func resolved(_ attributes: [String: String], stream: String) -> (settings: LadderSettings, notes: [String]) {
        var settings = self
        var notes: [String] = []
        if isFromEntry, let text = attributes["ladder.profile"], !text.isEmpty {
            do {
                try settings.take(Ladder(text: text), stream: stream, &notes)
            } catch {
                notes.append("the attribute ladder.profile: \(error); the step's own rungs are made")
            }
        }
        settings.overlay = overlay(attributes, &notes)
        return (settings, notes)
    }

    private func overlay(_ attributes: [String: String], _ notes: inout [String]) -> Overlay {
        var png = attributes["overlay.png"] ?? overlay.png
        if !png.isEmpty, !Overlay.isFileName(png) {
            notes.append("the attribute overlay.png is not the name of a file in the plugin's folder")
            png = ""
        }
        var position = overlay.position
        if let word = attributes["overlay.position"] {
            if let said = Overlay.Position(rawValue: word) {
                position = said
            } else {
                notes.append(
                    "the attribute overlay.position is none of \(Overlay.Position.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
        }
        return Overlay(
            text: attributes["overlay.text"] ?? overlay.text, png: png, position: position,
            opacity: attributes["overlay.opacity"].flatMap(Double.init) ?? overlay.opacity,
            size: attributes["overlay.size"].flatMap(Double.init) ?? overlay.size)
    }

    /// The renditions of a profile whose pictures are encoded. One that hands the pictures on is the source itself.
    private mutating func take(_ ladder: Ladder, stream: String, _ notes: inout [String]) throws(Refusal) {
        var wishes: [Wish] = []
        var shortest: Int64?
        for rendition in ladder.renditions {
            guard case .encode(let video) = rendition.video else { continue }
            guard let codec = VideoCodec(video.codec) else {
                notes.append("the rendition \(rendition.name) is left out: nothing here encodes \(video.codec)")
                continue
            }
            let label = Self.label(rendition, stream: stream)
            guard let label, !wishes.contains(where: { $0.label == label }) else {
                notes.append("the rendition \(rendition.name) is left out: its stream \(rendition.streamName) cannot be named")
                continue
            }
            let size = Self.size(video.size)
            var wish = Wish(label: label, height: size.height, width: size.width, fit: size.fit, bitrate: 0, codec: codec)
            if case .fixed(let bits) = video.bitrate { wish.bitrate = Int64(bits) }
            wish.isConstantBitrate = video.isConstantBitrate
            wish.encoders = video.prefersHardware ? codec.encoders(hardware: true) : []
            wish.profile = ["baseline", "main", "high"].contains(video.profile) ? video.profile : ""
            wish.skippedFrames = video.skippedFrames
            if case .every(let frames) = video.keyFrames, ladder.assumedFrameRateMilli > 0 {
                let interval = Int64(frames) * 1_000_000 / Int64(ladder.assumedFrameRateMilli)
                shortest = min(shortest ?? interval, interval)
            }
            wishes.append(wish)
        }
        guard !wishes.isEmpty else { throw Refusal(description: "none of its renditions has pictures to be encoded") }
        if wishes.count > 8 { notes.append("of \(wishes.count) renditions the first eight are made") }
        rungs = Array(wishes.prefix(8))
        deinterlaces = deinterlaces && ladder.deinterlaces
        assumedFrameRateMilli = ladder.assumedFrameRateMilli
        // Key frames are the same in all renditions: the shortest interval that one of them asks for.
        if let shortest { keyIntervalMilliseconds = min(20_000, max(500, shortest)) }
    }

    /// What the rendition's stream is called behind the input's name: `ENTRY_903` of the input `ENTRY_1` or `ENTRY` is `903`.
    private static func label(_ rendition: LadderRendition, stream: String) -> String? {
        let name = rendition.streamName
        let label = name.split(separator: "_").last.map(String.init) ?? rendition.name
        let isPossible =
            (1...64).contains(label.utf8.count)
            && label.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2E
                    || byte == 0x2D
            }
        return isPossible && label.first?.isPunctuation == false ? label : nil
    }

    private static func size(_ size: LadderFrameSize) -> (width: Int, height: Int, fit: Rung.Fit) {
        switch size {
        case .source: (0, 0, .whole)
        case .height(let height): (0, Int(height), .whole)
        case .width(let width): (Int(width), 0, .whole)
        case .letterbox(let width, let height): (Int(width), Int(height), .whole)
        case .stretch(let width, let height): (Int(width), Int(height), .stretch)
        case .crop(let width, let height): (Int(width), Int(height), .crop)
        }
    }
}
