/// A media playlist as a strict client reads it; only what the tests need.
struct ParsedPlaylist {
    struct Part: Equatable {
        var duration: Double
        var uri: String
        var independent: Bool
    }

    struct Segment {
        var sequence: Int64
        var duration: Double?
        var uri: String?
        var parts: [Part] = []
        var map: String?
        var date: String?
        var discontinuous = false
        var tagsAfterPart: [String] = []
    }

    var targetDuration = 0
    var partTarget = 0.0
    var holdBack = 0.0
    var canBlock = false
    var sequence: Int64 = 0
    var discontinuitySequence: Int64 = 0
    /// Complete ones, then (without a uri) the one with parts only.
    var segments: [Segment] = []
    var hint: String?
    var ended = false
    var problems: [String] = []

    var complete: [Segment] { segments.filter { $0.uri != nil } }
    var allParts: [Part] { segments.flatMap(\.parts) }

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.first != "#EXTM3U" { problems.append("first line") }
        if lines.last != "" { problems.append("no newline at the end") }
        var current: Segment?
        var map: String?
        func tag(_ line: Substring, _ name: String) -> Substring? {
            line.hasPrefix(name) ? line.dropFirst(name.count) : nil
        }
        for line in lines.dropFirst() where !line.isEmpty {
            let next = sequence + Int64(complete.count)
            func with(_ change: (inout Segment) -> Void) {
                var segment = current ?? Segment(sequence: next, map: map)
                change(&segment)
                current = segment
            }
            if let value = tag(line, "#EXT-X-TARGETDURATION:") {
                targetDuration = Int(value) ?? -1
            } else if let value = tag(line, "#EXT-X-MEDIA-SEQUENCE:") {
                sequence = Int64(value) ?? -1
            } else if let value = tag(line, "#EXT-X-DISCONTINUITY-SEQUENCE:") {
                discontinuitySequence = Int64(value) ?? -1
            } else if let value = tag(line, "#EXT-X-PART-INF:PART-TARGET=") {
                partTarget = Double(value) ?? -1
            } else if let value = tag(line, "#EXT-X-SERVER-CONTROL:") {
                canBlock = value.contains("CAN-BLOCK-RELOAD=YES")
                holdBack = Double(value.split(separator: "PART-HOLD-BACK=").last ?? "") ?? -1
            } else if line == "#EXT-X-DISCONTINUITY" {
                with {
                    $0.discontinuous = true; if !$0.parts.isEmpty { $0.tagsAfterPart.append("DISCONTINUITY") }
                }
            } else if let value = tag(line, "#EXT-X-MAP:URI=\"") {
                map = String(value.dropLast())
                with {
                    $0.map = map; if !$0.parts.isEmpty { $0.tagsAfterPart.append("MAP") }
                }
            } else if let value = tag(line, "#EXT-X-PROGRAM-DATE-TIME:") {
                with {
                    $0.date = String(value); if !$0.parts.isEmpty { $0.tagsAfterPart.append("DATE") }
                }
            } else if let value = tag(line, "#EXT-X-PART:DURATION=") {
                let fields = value.split(separator: ",")
                let uri = fields.dropFirst().first?.dropFirst(5).dropLast() ?? ""
                let part = Part(
                    duration: Double(fields.first ?? "") ?? -1, uri: String(uri), independent: value.hasSuffix("INDEPENDENT=YES"))
                with { $0.parts.append(part) }
            } else if let value = tag(line, "#EXTINF:") {
                with { $0.duration = Double(value.dropLast()) ?? -1 }
            } else if let value = tag(line, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"") {
                if hint != nil { problems.append("two hints") }
                hint = String(value.dropLast())
            } else if line == "#EXT-X-ENDLIST" {
                ended = true
            } else if line == "#EXT-X-VERSION:6" {
                continue
            } else if line.hasPrefix("#") {
                problems.append("unknown line \(line)")
            } else if var segment = current {
                segment.uri = String(line)
                segments.append(segment)
                current = nil
            } else {
                problems.append("uri without EXTINF: \(line)")
            }
        }
        // A discontinuity alone is that of the part that is hinted.
        if let current, !current.parts.isEmpty || current.date != nil { segments.append(current) }
    }
}
