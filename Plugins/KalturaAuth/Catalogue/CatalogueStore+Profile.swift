import KalturaCore

extension CatalogueStore {
    /// [worker] The profile of an entry for one of its inputs: its `template_xml`, or what its flavors make (SPEC §8.3, §12).
    public func profile(of entry: LiveEntry, index: Int32, input: ProfileInput) throws(CatalogueError) -> ProfileAnswer {
        let id = entry.conversionProfile
        let found = try page(.profiles, after: .integer(id &- 1), limit: 1).first { $0.id.integer == id }
        return ProfileAnswer(
            Result { () throws(ProfileError) in
                guard let found else { throw .unknown(profile: id) }
                if let template = found.values["template_xml"]?.text, !template.isEmpty {
                    return try TranscodingProfile(xml: Array(template.utf8), source: "\(entry.id)_\(index)")
                }
                let choice = FlavorChoice(found.flavors.compactMap { Flavor(columns: $0) })
                return TranscodingProfile(ladder: try choice.ladder(entry: entry.id, index: index, input: input), problems: [])
            })
    }
}

extension Flavor {
    /// A flavor as a catalogue keeps it; nil without an id.
    init?(columns: [String: StoredValue]) {
        func text(_ name: String) -> String { columns[name]?.text ?? "" }
        func number(_ name: String) -> UInt32 { UInt32(clamping: columns[name]?.integer ?? 0) }
        func rate(_ name: String) -> Double {
            guard case .real(let value) = columns[name] else { return Double(number(name)) }
            return value.isFinite ? max(0, value) : 0
        }
        guard let id = columns["id"]?.integer else { return nil }
        self.init(id: id)
        (systemName, tags, codec, profile) = (text("system_name"), Flavor.tags(text("tags")), text("codec"), text("profile"))
        streamSuffix = columns["stream_suffix"].flatMap { $0.text ?? $0.integer.map(String.init) }
        origin = Origin(rawValue: Int32(clamping: columns["origin"]?.integer ?? 0)) ?? .convert
        (width, height) = (number("width"), number("height"))
        (videoKbps, audioKbps) = (number("video_kbps"), number("audio_kbps"))
        (frameRate, maxFrameRate) = (rate("frame_rate"), rate("max_frame_rate"))
    }
}
