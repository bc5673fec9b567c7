import Formats

/// Which outputs a profile's flavors make of one input, as the back end would choose (SPEC §8.3).
public struct FlavorChoice: Sendable, Hashable {
    public var flavors: [Flavor]
    /// How much more than the flavor's rate an input must have, in percent.
    public var bitrateGapPercent: UInt32 = 40
    /// The partner does not want small inputs to go without optional flavors.
    public var keepsOptional = false
    /// Hardware is asked for.
    public var hasGPU = false

    public init(_ flavors: [Flavor]) { self.flavors = flavors }

    /// The ladder for the stream `ENTRY_index`. Throws `noIngest` when no flavor takes that index.
    public func ladder(entry: EntryID, index: Int32, input: ProfileInput) throws(ProfileError) -> Ladder {
        guard let ingest = flavors.first(where: { $0.streamSuffix == String(index) }) else { throw .noIngest(index: index) }
        let source = flavors.first { $0.tags.contains("source") }
        var rate = input.frameRate
        if rate <= 0, let known = source?.frameRate, known >= 12.5 { rate = known }
        let chosen = outputs(of: ingest).filter { isLargeEnough(input, for: $0) }
        guard !chosen.isEmpty else { throw .empty(["the input is too small for each flavor"]) }
        var names: Set<String> = []
        let renditions = chosen.prefix(TranscodingProfile.mostRenditions).map { flavor in
            let wanted = flavor.systemName.utf8.count <= ProfileReader.longestName ? flavor.systemName : ""
            let name = wanted.isEmpty || names.contains(wanted) ? String(flavor.id) : wanted
            names.insert(name)
            return rendition(flavor, name, entry, input, rate)
        }
        guard names.count == renditions.count else { throw .empty(["two flavors of one name"]) }
        let group = LadderGroup(name: "all", streamName: "\(entry)_\(index)_all", members: renditions.map(\.name))
        return Ladder(
            renditions: renditions, groups: [group], prefersHardwareDecoder: hasGPU, prefersHardwareScaler: hasGPU,
            assumedFrameRateMilli: rate > 0 && rate <= 1_000 ? UInt32((rate * 1000).rounded()) : 0)
    }

    /// Rule 2.
    private func outputs(of ingest: Flavor) -> [Flavor] {
        guard ingest.tags.contains("source") else { return [ingest] }
        return flavors.filter { $0.tags.contains("source") || $0.origin != .ingest }
    }

    /// Rule 4: what is not known never excludes.
    private func isLargeEnough(_ input: ProfileInput, for flavor: Flavor) -> Bool {
        guard flavor.tags.contains("optional_flavor"), !flavor.tags.contains("ingest"), !keepsOptional else { return true }
        var height = UInt64(flavor.height)
        if height == 0, flavor.width > 0, input.width > 0 {
            height = UInt64(flavor.width) * UInt64(input.height) / UInt64(input.width)
        }
        if input.height > 0, height > 0, UInt64(input.height) < height { return false }
        guard input.videoBitrate > 0, flavor.videoKbps > 0 else { return true }
        // The flavor's rate is in kbit/s, the input's in bit/s.
        return UInt64(input.videoBitrate) * 100 >= UInt64(flavor.videoKbps) * 1000 * UInt64(100 + bitrateGapPercent)
    }

    private func rendition(
        _ flavor: Flavor, _ name: String, _ entry: EntryID, _ input: ProfileInput, _ rate: Double
    ) -> LadderRendition {
        let isIngest = flavor.tags.contains("ingest")
        let isAudioOnly = flavor.tags.contains("audio_only")
        let isAAC = ASCII.lowercased(input.audioCodec) == "aac"
        let bitrate = flavor.audioKbps > 0 ? kilobits(flavor.audioKbps) : 96_000
        let audio = LadderTreatment.encode(LadderAudio(codec: .mp4a, bitrate: .fixed(bitrate)))
        let video: LadderTreatment<LadderVideo> =
            isAudioOnly ? .omitted : isIngest ? .passThrough : .encode(self.video(flavor, input, rate))
        return LadderRendition(
            name: name, streamName: "\(entry)_\(flavor.id)", video: video, audio: isIngest && isAAC ? .passThrough : audio)
    }

    /// Rules 5, 6 and 8.
    private func video(_ flavor: Flavor, _ input: ProfileInput, _ rate: Double) -> LadderVideo {
        let codec: FourCC =
            switch ASCII.lowercased(flavor.codec) {
            case "h.263", "h263": FourCC("h263")
            case "h.265", "h265", "hevc", "hvc1": .hvc1
            case "av1", "av01": .av01
            default: .avc1
            }
        let isSide = { (pixels: UInt32) in (2...16_384).contains(pixels) }
        let size: LadderFrameSize =
            isSide(flavor.height) ? .height(flavor.height) : isSide(flavor.width) ? .width(flavor.width) : .source
        let profile = ASCII.lowercased(flavor.profile)
        return LadderVideo(
            codec: codec,
            profile: codec == FourCC("h263") ? "baseline" : ["baseline", "high"].contains(profile) ? profile : "main",
            bitrate: .fixed(flavor.videoKbps > 0 ? kilobits(flavor.videoKbps) : 240_000), size: size,
            skippedFrames: skipped(flavor, rate), prefersHardware: hasGPU)
    }

    private func skipped(_ flavor: Flavor, _ rate: Double) -> UInt32 {
        guard rate > 0, flavor.maxFrameRate > 0 else { return flavor.skipFrames ?? 0 }
        let skip = (rate / flavor.maxFrameRate - 1.05).rounded(.up)
        return skip > 0 ? UInt32(min(skip, 1_000)) : 0
    }

    private func kilobits(_ value: UInt32) -> UInt32 { UInt32(clamping: UInt64(value) * 1000) }
}
