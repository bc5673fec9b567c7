/// Writes multivariant playlists: of one stream, or of a group of streams with a variant each (draft-pantos-hls-rfc8216bis
/// §4.4.6).
public enum MultivariantPlaylist {
    /// The playlist's text. The order of `variants` is kept; players begin with the first.
    public static func text(variants: [HLSVariant]) -> String {
        var out = "#EXTM3U\n#EXT-X-VERSION:6\n"
        if !variants.isEmpty, variants.allSatisfy(\.startsIndependent) { out += "#EXT-X-INDEPENDENT-SEGMENTS\n" }
        for (index, variant) in variants.enumerated() where !variant.audio.isEmpty {
            for (place, audio) in variant.audio.enumerated() {
                out += media(audio, group: group(index), isDefault: place == 0)
            }
        }
        for (index, variant) in variants.enumerated() {
            out += streamInfo(variant, group: variant.audio.isEmpty ? nil : group(index))
            out += variant.uri + "\n"
        }
        return out
    }

    private static func group(_ index: Int) -> String { index == 0 ? "audio" : "audio\(index + 1)" }

    private static func media(_ audio: HLSVariant.Audio, group: String, isDefault: Bool) -> String {
        var line = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"\(group)\",NAME=\"\(quotable(audio.name))\""
        line += ",LANGUAGE=\"\(audio.language.isEmpty ? "und" : quotable(audio.language))\""
        line += ",DEFAULT=\(isDefault ? "YES" : "NO"),AUTOSELECT=YES"
        if audio.channels > 0 { line += ",CHANNELS=\"\(audio.channels)\"" }
        return line + ",URI=\"\(quotable(audio.uri))\"\n"
    }

    private static func streamInfo(_ variant: HLSVariant, group: String?) -> String {
        var line =
            "#EXT-X-STREAM-INF:BANDWIDTH=\(max(1, variant.bandwidth)),AVERAGE-BANDWIDTH=\(max(1, variant.averageBandwidth))"
        if !variant.codecs.isEmpty { line += ",CODECS=\"\(variant.codecs.map(quotable).joined(separator: ","))\"" }
        if variant.width > 0, variant.height > 0 { line += ",RESOLUTION=\(variant.width)x\(variant.height)" }
        if variant.frameRateMilli > 0 {
            line += ",FRAME-RATE=" + PlaylistWriter.string { $0.fixed(variant.frameRateMilli, decimals: 3) }
        }
        if !variant.videoRange.isEmpty, variant.videoRange != "SDR" { line += ",VIDEO-RANGE=\(variant.videoRange)" }
        if let group { line += ",AUDIO=\"\(group)\"" }
        return line + "\n"
    }

    /// A quoted-string holds neither quotes nor line ends (§4.2).
    private static func quotable(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\"" && $0.value != 0x7F })
    }
}
