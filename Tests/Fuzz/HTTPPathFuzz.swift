import HostPaths

/// Any target: parse, encode what came out, parse that again: the same parts, pairs and token must come back.
func fuzzHTTPPath(_ bytes: UnsafeRawBufferPointer) {
    for cuts in [false, true] {
        guard let path = try? RequestPath(target: bytes, cutsViewerToken: cuts) else { continue }
        precondition(path.rawPath.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "raw path is not printable")
        for part in path.parts {
            precondition(!part.isEmpty && part != "." && part != "..", "dot or empty part")
            precondition(!part.utf8.contains { $0 < 0x20 || $0 == 0x2F || $0 == 0x5C || $0 == 0x7F }, "separator or control")
            if let name = Name(part) { precondition(name.text.utf8.elementsEqual(part.utf8), "name changed its text") }
        }
        checkAgain(path, cuts)
    }
    checkPatterns(bytes)
    checkHeaders(bytes)
}

private func checkAgain(_ path: RequestPath, _ cuts: Bool) {
    var parts = path.parts.map(PercentCoding.encode)
    if let token = path.viewerToken { parts.insert("~" + token, at: 2) }
    var target = "/" + parts.joined(separator: "/")
    if path.endsInSlash, !parts.isEmpty { target += "/" }
    if !path.query.isEmpty {
        let pairs = path.query.map { PercentCoding.encode($0.name) + "=" + PercentCoding.encode($0.value) }
        target += "?" + pairs.joined(separator: "&")
    }
    guard target.utf8.count <= RequestPath.maximumLength else { return }
    guard let again = try? RequestPath(target, cutsViewerToken: cuts) else { preconditionFailure("own encoding refused") }
    precondition(again.parts == path.parts && again.query == path.query, "parts or pairs changed")
    precondition(again.endsInSlash == path.endsInSlash && again.viewerToken == path.viewerToken, "slash or token changed")
}

/// The input as a pattern: a path built from it must match it, and it must overlap itself.
private func checkPatterns(_ bytes: UnsafeRawBufferPointer) {
    guard let pattern = try? PathPattern(String(decoding: bytes.prefix(512), as: UTF8.self)) else { return }
    let parts = pattern.parts.map { part in
        switch part {
        case .literal(let text): text
        case .parameter(_, let prefix, let suffix): prefix + "x" + suffix
        }
    }
    let found = pattern.match(parts: parts, endsInSlash: pattern.endsInSlash)
    precondition(found?.allSatisfy { $0.value == "x" } == true, "pattern does not match its own instance")
    precondition(pattern.overlaps(pattern), "pattern does not overlap itself")
}

/// The input as header values: a range is never empty and lies within the body, an encoding list never traps.
private func checkHeaders(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes.prefix(2048), as: UTF8.self)
    for length in [0, 1, 1000, Int.max] {
        if case .part(let range) = ByteRange(text, length: length) {
            precondition(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= length, "range outside the body")
        }
    }
    _ = AcceptEncoding.accepts("gzip", in: [text])
}
