import Formats
import Testing

@testable import HLSCore

/// Looks at everything a packager serves, after every frame, as a merciless validator would.
struct Walker {
    struct Known {
        var revision: UInt64 = .max
        var playlist: ParsedPlaylist?
        var parts: Set<String> = []
        var reached: [UInt32: Int64] = [:]
        var segments: [Int64: ParsedPlaylist.Segment] = [:]
        var discontinuities: [Int64: Int64] = [:]
        var mapping: Double?
        var timescales: [UInt32: Double] = [:]
        var lead: UInt32 = 0
    }

    var known: [String: Known] = [:]
    /// A segment may start without a key frame (GOPs longer than the target duration).
    var allowsDependentSegments = false
    /// Parts' durations may differ from their samples' (frames longer than 15 % of a part).
    var allowsStretchedParts = false
    /// Fragments may leave a hole (a track that was lost and has no silence).
    var allowsHoles = false

    mutating func check(_ packager: inout HLSPackager, _ names: [String] = ["video", "audio"]) {
        for name in names { checkPlaylist(&packager, name) }
        if names.count == 2, let video = known[names[0]]?.playlist, let audio = known[names[1]]?.playlist { align(video, audio) }
    }

    private func body(_ answer: HLSAnswer) -> [UInt8]? {
        if case .ready(let response) = answer { return Array(response.body) }
        return nil
    }

    private mutating func checkPlaylist(_ packager: inout HLSPackager, _ name: String) {
        var state = known[name] ?? Known()
        guard let revision = packager.renditions.first(where: { $0.name == name })?.revision, revision != state.revision,
            let bytes = body(packager.request("\(name).m3u8", nowMs: 0))
        else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        state.revision = revision
        let list = ParsedPlaylist(text)
        #expect(list.problems == [])
        #expect(list.canBlock && list.holdBack >= 3 * list.partTarget - 1e-9 && list.targetDuration >= 1)
        #expect(list.ended == (list.hint == nil))
        if let before = state.playlist { compare(list, before, state) }
        for (index, segment) in list.segments.enumerated() {
            checkSegment(segment, list, isLast: index == list.segments.count - 1)
            let number = list.discontinuitySequence + Int64(list.segments[...index].count { $0.discontinuous })
            if let old = state.discontinuities[segment.sequence] {
                #expect(old == number, "discontinuity number of \(segment.sequence)")
            }
            state.discontinuities[segment.sequence] = number
        }
        checkPartsNearEnd(list)
        readParts(&packager, name, list, &state)
        readSegments(&packager, list, &state)
        state.playlist = list
        known[name] = state
    }

    private func compare(_ list: ParsedPlaylist, _ before: ParsedPlaylist, _ state: Known) {
        #expect(list.targetDuration == before.targetDuration && list.partTarget == before.partTarget)
        #expect(list.sequence >= before.sequence && list.discontinuitySequence >= before.discontinuitySequence)
        if list.sequence > before.sequence {
            #expect(list.complete.count >= 6)
            #expect(list.complete.reduce(0) { $0 + ($1.duration ?? 0) } >= Double(3 * list.targetDuration) - 0.001)
        }
        let fresh = list.allParts.map(\.uri).filter { !state.parts.contains($0) }
        if let first = fresh.first { #expect(first == before.hint, "hinted \(before.hint ?? "-"), listed \(first)") }
    }

    private func checkSegment(_ segment: ParsedPlaylist.Segment, _ list: ParsedPlaylist, isLast: Bool) {
        let number = segment.sequence
        #expect(segment.map != nil && segment.date != nil && segment.tagsAfterPart == [])
        if let duration = segment.duration {
            #expect(
                Int(duration.rounded()) <= list.targetDuration && duration <= Double(list.targetDuration) + 0.5,
                "\(number): \(duration)")
            if !segment.parts.isEmpty {
                #expect(abs(segment.parts.reduce(0) { $0 + $1.duration } - duration) < 0.0001, "parts of \(number)")
            }
        }
        for (index, part) in segment.parts.enumerated() {
            #expect(part.duration <= list.partTarget, "\(part)")
            let mayBeShort = index == segment.parts.count - 1
            if !mayBeShort { #expect(part.duration >= 0.85 * list.partTarget, "\(part) in \(number)") }
        }
    }

    private func checkPartsNearEnd(_ list: ParsedPlaylist) {
        var left = 0.0
        for segment in list.segments.reversed() {
            if left > Double(3 * list.targetDuration) { #expect(segment.parts.isEmpty) }
            left += segment.duration ?? segment.parts.reduce(0) { $0 + $1.duration }
        }
    }

    private mutating func readParts(_ packager: inout HLSPackager, _ name: String, _ list: ParsedPlaylist, _ state: inout Known) {
        for segment in list.segments {
            for (index, part) in segment.parts.enumerated() where !state.parts.contains(part.uri) {
                state.parts.insert(part.uri)
                guard let map = segment.map, let header = body(packager.request(map, nowMs: 0)),
                    let bytes = body(packager.request(part.uri, nowMs: 0)),
                    let tracks = try? MovieTrack.all(in: header),
                    let fragments = try? ParsedFragment.all(in: bytes, tracks: tracks)
                else {
                    Issue.record("part \(part.uri) cannot be read")
                    continue
                }
                for track in tracks { state.timescales[track.trackID] = Double(track.timescale) }
                if tracks.contains(where: { $0.trackID == state.lead }) == false { state.lead = tracks.first?.trackID ?? 0 }
                if index == 0, segment.discontinuous { (state.reached, state.mapping) = ([:], nil) }
                checkFragments(fragments, part, segment, isFirst: index == 0, &state)
            }
        }
    }

    private func checkFragments(
        _ fragments: [ParsedFragment], _ part: ParsedPlaylist.Part, _ segment: ParsedPlaylist.Segment, isFirst: Bool,
        _ state: inout Known
    ) {
        #expect(!fragments.isEmpty)
        for fragment in fragments {
            let base = Int64(bitPattern: fragment.baseDecodeTime)
            if let reached = state.reached[fragment.trackID], !(allowsHoles && base > reached) {
                #expect(base == reached, "tfdt of \(part.uri)")
            }
            let length = fragment.samples.reduce(0) { $0 + Int64($1.duration) }
            state.reached[fragment.trackID] = base + length
            guard fragment.trackID == state.lead, let timescale = state.timescales[fragment.trackID] else { continue }
            if !allowsStretchedParts { #expect(abs(Double(length) / timescale - part.duration) < 0.00002, "\(part)") }
            #expect(part.independent == fragment.samples.contains(where: \.isSync), "\(part)")
            if isFirst, !allowsDependentSegments {
                #expect(fragment.samples.first?.isSync == true, "segment \(segment.sequence)")
            }
            if isFirst, let date = segment.date.flatMap(Walker.seconds), let first = fragment.samples.first,
                !allowsStretchedParts, first.isSync
            {
                let offset = date - Double(first.pts) / timescale
                if let mapping = state.mapping { #expect(abs(mapping - offset) < 0.0025, "date of \(segment.sequence)") }
                state.mapping = state.mapping ?? offset
            }
        }
    }

    private func readSegments(_ packager: inout HLSPackager, _ list: ParsedPlaylist, _ state: inout Known) {
        for segment in list.complete {
            if let old = state.segments[segment.sequence] {
                #expect(
                    old.uri == segment.uri && old.duration == segment.duration && old.date == segment.date
                        && old.map == segment.map)
                #expect(old.discontinuous == segment.discontinuous)
                continue
            }
            state.segments[segment.sequence] = segment
            let whole = segment.uri.flatMap { body(packager.request($0, nowMs: 0)) }
            let joined = segment.parts.compactMap { body(packager.request($0.uri, nowMs: 0)) }.flatMap { $0 }
            #expect(whole != nil && whole == joined, "segment \(segment.sequence) is its parts")
        }
    }

    /// Two renditions of one stream: same numbers, same discontinuities, same target, dates within an audio frame and a bit.
    private func align(_ video: ParsedPlaylist, _ audio: ParsedPlaylist) {
        #expect(video.targetDuration == audio.targetDuration && video.holdBack == audio.holdBack)
        for segment in video.segments {
            guard let other = audio.segments.first(where: { $0.sequence == segment.sequence }) else { continue }
            // A track that came later began in the middle of its first segment.
            let first = known["audio"]?.segments.keys.min() ?? audio.segments.first?.sequence ?? 0
            guard segment.sequence > first || first == 0 else { continue }
            #expect(segment.discontinuous == other.discontinuous, "discontinuity at \(segment.sequence)")
            if let a = segment.date.flatMap(Walker.seconds), let b = other.date.flatMap(Walker.seconds) {
                #expect(abs(a - b) <= 0.1, "dates of \(segment.sequence): \(a) \(b)")
            }
        }
    }

    /// Seconds of the day of an ISO 8601 time.
    static func seconds(_ date: String) -> Double? {
        let fields = date.dropFirst(11).dropLast().split(separator: ":").compactMap { Double($0) }
        return fields.count == 3 ? fields[0] * 3600 + fields[1] * 60 + fields[2] : nil
    }
}
