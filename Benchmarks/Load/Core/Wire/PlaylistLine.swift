/// A playlist's lines: tags with what follows their colon, and URIs.
enum PlaylistLine {
    case tag(Substring, Substring)
    case uri(Substring)

    static func lines(_ bytes: [UInt8]) throws(WireFault) -> [PlaylistLine] {
        let lines = String(decoding: bytes, as: UTF8.self).split { $0.isNewline }
        guard lines.first?.hasPrefix("#EXTM3U") == true else { throw .playlist("no EXTM3U") }
        return lines.dropFirst().compactMap { line in
            if !line.hasPrefix("#") { return .uri(line) }
            guard line.hasPrefix("#EXT") else { return nil }
            let name = line.prefix { $0 != ":" }
            return .tag(name.dropFirst(), line.dropFirst(name.count + 1))
        }
    }
}
