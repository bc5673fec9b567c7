/// Writes one rendition's media playlist (draft-pantos-hls-rfc8216bis §4.4).
struct MediaPlaylist {
    let rendition: Rendition
    let names: ResourceNames
    let targetDuration: Int
    let partMs: Int

    /// The whole playlist as UTF-8.
    func text() -> [UInt8] {
        var out = "#EXTM3U\n#EXT-X-VERSION:6\n"
        out += "#EXT-X-TARGETDURATION:\(targetDuration)\n"
        let holdBack = DecimalSeconds.fixed(Int64(3 * partMs), decimals: 3)
        out += "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=\(holdBack)\n"
        out += "#EXT-X-PART-INF:PART-TARGET=\(DecimalSeconds.fixed(Int64(partMs), decimals: 3))\n"
        out += "#EXT-X-MEDIA-SEQUENCE:\(rendition.listed.first?.sequence ?? rendition.openSequence)\n"
        out += "#EXT-X-DISCONTINUITY-SEQUENCE:\(rendition.discontinuitySequence)\n"
        var map = -1
        let detailed = firstWithParts()
        for (offset, segment) in rendition.listed.enumerated() {
            head(of: segment, map: &map, into: &out)
            if offset >= detailed { parts(of: segment, into: &out) }
            out += "#EXTINF:\(DecimalSeconds.text(segment.duration, timescale: segment.timescale)),\n"
            out += names.segment(rendition.name, segment.sequence) + "\n"
        }
        if let open = rendition.open, !open.parts.isEmpty {
            head(of: open, map: &map, into: &out)
            parts(of: open, into: &out)
        }
        if rendition.hasEnded {
            out += "#EXT-X-ENDLIST\n"
        } else {
            out += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"\(names.part(rendition.name, rendition.nextPart))\"\n"
        }
        return Array(out.utf8)
    }

    /// Parts are listed up to 3 target durations from the end (§6.2.2).
    private func firstWithParts() -> Int {
        var left = Double(3 * targetDuration) - Double(rendition.openDuration) / Double(rendition.timescale)
        var index = rendition.listed.count
        for segment in rendition.listed.reversed() {
            if left <= 0 { break }
            index -= 1
            left -= segment.seconds
        }
        return index
    }

    /// What applies to a segment applies to its first part: it stands before both.
    private func head(of segment: Segment, map: inout Int, into out: inout String) {
        if segment.isDiscontinuous { out += "#EXT-X-DISCONTINUITY\n" }
        if segment.initialization != map || segment.isDiscontinuous {
            map = segment.initialization
            out += "#EXT-X-MAP:URI=\"\(names.initialization(rendition.name, map))\"\n"
        }
        out += "#EXT-X-PROGRAM-DATE-TIME:\(ProgramDateTime.text(segment.wallClockMs))\n"
    }

    private func parts(of segment: Segment, into out: inout String) {
        for part in segment.parts {
            out += "#EXT-X-PART:DURATION=\(DecimalSeconds.text(part.duration, timescale: segment.timescale))"
            out += ",URI=\"\(names.part(rendition.name, part.number))\""
            out += part.isIndependent ? ",INDEPENDENT=YES\n" : "\n"
        }
    }
}
