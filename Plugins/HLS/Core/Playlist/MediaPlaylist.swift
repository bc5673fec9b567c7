/// Writes one rendition's media playlist (draft-pantos-hls-rfc8216bis §4.4).
struct MediaPlaylist {
    let rendition: Rendition
    let names: ResourceNames
    let targetDuration: Int
    let partMs: Int

    /// The whole playlist as UTF-8.
    func text() -> [UInt8] {
        let prefix = names.prefix(rendition.name)
        var out = PlaylistWriter(capacity: 4096)
        header(&out)
        var map = -1
        let detailed = firstWithParts()
        for (offset, segment) in rendition.listed.enumerated() {
            head(of: segment, prefix, map: &map, into: &out)
            if offset >= detailed { parts(of: segment, prefix, into: &out) }
            out.text("#EXTINF:")
            out.seconds(segment.duration, timescale: segment.timescale)
            out.text(",\n")
            name(prefix, "s", segment.sequence.magnitude, ".m4s\n", into: &out)
        }
        if let open = rendition.open, !open.parts.isEmpty {
            head(of: open, prefix, map: &map, into: &out)
            parts(of: open, prefix, into: &out)
        }
        if rendition.hasEnded {
            out.text("#EXT-X-ENDLIST\n")
        } else {
            // The hinted part is the next segment's first: a player that counts it to the segments before finds the count changed later.
            if isNextDiscontinuous { out.text("#EXT-X-DISCONTINUITY\n") }
            out.text("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"")
            name(prefix, "p", rendition.nextPart, ".m4s\"\n", into: &out)
        }
        return out.bytes
    }

    /// Whether the segment that has no part yet begins with a discontinuity.
    private var isNextDiscontinuous: Bool {
        guard let open = rendition.open else { return rendition.pendingDiscontinuity }
        return open.parts.isEmpty && open.isDiscontinuous
    }

    private func header(_ out: inout PlaylistWriter) {
        out.text("#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:")
        out.number(Int64(targetDuration))
        out.text("\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=")
        out.fixed(Int64(3 * partMs), decimals: 3)
        out.text("\n#EXT-X-PART-INF:PART-TARGET=")
        out.fixed(Int64(partMs), decimals: 3)
        out.text("\n#EXT-X-MEDIA-SEQUENCE:")
        out.number(rendition.listed.first?.sequence ?? rendition.openSequence)
        out.text("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
        out.number(rendition.discontinuitySequence)
        out.text("\n")
    }

    /// The name of a file as `ResourceNames` gives it, and what follows it.
    private func name(
        _ prefix: String, _ kind: StaticString, _ number: UInt64, _ end: StaticString, into out: inout PlaylistWriter
    ) {
        out.text(prefix)
        out.text(kind)
        out.number(number)
        out.text(end)
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
    private func head(of segment: Segment, _ prefix: String, map: inout Int, into out: inout PlaylistWriter) {
        if segment.isDiscontinuous { out.text("#EXT-X-DISCONTINUITY\n") }
        if segment.initialization != map || segment.isDiscontinuous {
            map = segment.initialization
            out.text("#EXT-X-MAP:URI=\"")
            name(prefix, "init", UInt64(map.magnitude), ".mp4\"\n", into: &out)
        }
        out.text("#EXT-X-PROGRAM-DATE-TIME:")
        ProgramDateTime.append(segment.wallClockMs, to: &out)
        out.text("\n")
    }

    private func parts(of segment: Segment, _ prefix: String, into out: inout PlaylistWriter) {
        for part in segment.parts {
            out.text("#EXT-X-PART:DURATION=")
            out.seconds(part.duration, timescale: segment.timescale)
            out.text(",URI=\"")
            name(prefix, "p", part.number, part.isIndependent ? ".m4s\",INDEPENDENT=YES\n" : ".m4s\"\n", into: &out)
        }
    }
}
