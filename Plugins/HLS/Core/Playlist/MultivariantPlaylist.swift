/// Writes multivariant playlists: of one stream, or of a group of streams with a variant each (draft-pantos-hls-rfc8216bis
/// §4.4.6).
public enum MultivariantPlaylist {
    /// The bit rate that players begin with: of the variants up to it the largest is listed first. Apple's rules ask for the one of
    /// 2000 kbit/s (1.32), which with its sound and its peaks is a little more.
    static let firstBandwidth: Int64 = 2_500_000

    /// The playlist's text. Players begin with the first: of several variants the one that `firstBandwidth` chooses. The others keep their order.
    /// Variants of one source with the same sound have it in common: it is listed once, and of the first that has it.
    public static func text(variants found: [HLSVariant]) -> String {
        let variants = ordered(found)
        let groups = AudioGroups(found)
        var out = "#EXTM3U\n#EXT-X-VERSION:6\n"
        if !variants.isEmpty, variants.allSatisfy(\.startsIndependent) { out += "#EXT-X-INDEPENDENT-SEGMENTS\n" }
        for (index, owner) in groups.owners.enumerated() {
            for (place, rendition) in owner.audio.enumerated() {
                out += media(rendition, group: group(index), isDefault: place == 0)
            }
        }
        let isWide = variants.contains { !$0.videoRange.isEmpty && $0.videoRange != "SDR" }
        for variant in variants {
            out += streamInfo(variant, group: groups.place(of: variant).map(group), withRange: isWide)
            out += variant.uri + "\n"
        }
        return out
    }

    private static func ordered(_ variants: [HLSVariant]) -> [HLSVariant] {
        guard variants.count > 1 else { return variants }
        let within = variants.indices.filter { variants[$0].averageBandwidth <= firstBandwidth }
        let first =
            within.max { variants[$0].averageBandwidth < variants[$1].averageBandwidth }
            ?? variants.indices.min { variants[$0].averageBandwidth < variants[$1].averageBandwidth } ?? 0
        return [variants[first]] + variants.indices.filter { $0 != first }.map { variants[$0] }
    }

    /// The groups of audio renditions, each once, by the first variant that has it.
    private struct AudioGroups {
        private(set) var owners: [HLSVariant] = []

        init(_ found: [HLSVariant]) {
            for variant in found where !variant.audio.isEmpty && place(of: variant) == nil { owners.append(variant) }
        }

        /// Which of them a variant has.
        func place(of variant: HLSVariant) -> Int? {
            guard !variant.audio.isEmpty else { return nil }
            return owners.firstIndex { owner in
                guard owner.uri != variant.uri else { return true }
                return !variant.source.isEmpty && owner.source == variant.source && owner.audio.count == variant.audio.count
                    && zip(owner.audio, variant.audio).allSatisfy { $0.sounds(as: $1) }
            }
        }
    }

    private static func group(_ index: Int) -> String { index == 0 ? "audio" : "audio\(index + 1)" }

    private static func media(_ audio: HLSVariant.Audio, group: String, isDefault: Bool) -> String {
        var line = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"\(group)\",NAME=\"\(quotable(audio.name))\""
        line += ",LANGUAGE=\"\(audio.language.isEmpty ? "und" : quotable(audio.language))\""
        line += ",DEFAULT=\(isDefault ? "YES" : "NO"),AUTOSELECT=YES"
        if audio.channels > 0 { line += ",CHANNELS=\"\(audio.channels)\"" }
        return line + ",URI=\"\(quotable(audio.uri))\"\n"
    }

    private static func streamInfo(_ variant: HLSVariant, group: String?, withRange: Bool) -> String {
        var line =
            "#EXT-X-STREAM-INF:BANDWIDTH=\(max(1, variant.bandwidth)),AVERAGE-BANDWIDTH=\(max(1, variant.averageBandwidth))"
        if !variant.codecs.isEmpty { line += ",CODECS=\"\(variant.codecs.map(quotable).joined(separator: ","))\"" }
        if variant.width > 0, variant.height > 0 { line += ",RESOLUTION=\(variant.width)x\(variant.height)" }
        if variant.frameRateMilli > 0 {
            line += ",FRAME-RATE=" + PlaylistWriter.string { $0.fixed(variant.frameRateMilli, decimals: 3) }
        }
        if withRange, !variant.videoRange.isEmpty { line += ",VIDEO-RANGE=\(variant.videoRange)" }
        if let group { line += ",AUDIO=\"\(group)\"" }
        return line + "\n"
    }

    /// A quoted-string holds neither quotes nor line ends (§4.2).
    private static func quotable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\"" && $0.value != 0x7F })
    }
}
