import HLSCore

/// Query text cut at `&` and `=`: directives are read or refused, and what is read is what was written.
func fuzzHLSDirectives(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
    let pairs = text.split(separator: "&").map { pair -> (String, String) in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
    guard let directives = try? PlaylistDirectives(query: pairs) else { return }
    var again: [(String, String)] = []
    if let sequence = directives.sequence { again.append(("_HLS_msn", String(sequence))) }
    if let part = directives.part { again.append(("_HLS_part", String(part))) }
    precondition((try? PlaylistDirectives(query: again)) == directives)
    precondition(directives.part == nil || directives.sequence != nil)
    var packager = HLSPackager()
    for name in ["index.m3u8", "video.m3u8", text] { _ = packager.request(name, query: pairs, nowMs: 0) }
}
