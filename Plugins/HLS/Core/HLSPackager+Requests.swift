import Formats

extension HLSPackager {
    /// Answers a request for `name` (one path part: `index.m3u8`, `video.m3u8`, or a name that a playlist gave).
    ///
    /// `query` is decoded and in order; only `_HLS_msn` and `_HLS_part` count. `childPrefix` ("~TOKEN/" or "") goes before the
    /// addresses in the multivariant playlist. `nowMs` is any monotonic clock in milliseconds; it comes back in deadlines. Byte
    /// ranges are the caller's.
    public mutating func request(
        _ name: String, query: [(String, String)] = [], childPrefix: String = "", nowMs: Int64
    ) -> HLSAnswer {
        guard !renditions.isEmpty else { return notFound }
        noteAsked()
        if name == ResourceNames.multivariant {
            let text = MultivariantPlaylist.text(variants: [variant(uriPrefix: childPrefix)])
            return .ready(playlistResponse(Array(text.utf8)[...], seconds: max(1, provisionalTarget / 2)))
        }
        for index in renditions.indices {
            switch names.resource(name, of: renditions[index].name) {
            case .playlist: return playlist(index, query, nowMs)
            case .initialization(let number): return initialization(index, number)
            case .segment(let sequence):
                guard let segment = renditions[index].segments.last(where: { $0.sequence == sequence }) else { return notFound }
                return .ready(mediaResponse(segment.bytes))
            case .part(let number): return part(index, number, nowMs)
            case nil: continue
            }
        }
        return notFound
    }

    /// The held requests that can be answered since the last call. Cheap when nobody waits.
    public mutating func takeReleases() -> [HLSRelease] {
        guard !waits.isEmpty else { return [] }
        var releases: [HLSRelease] = []
        for (key, held) in waits {
            guard let answer = answer(held) else { continue }
            releases.append(HLSRelease(key: key, answer: answer))
        }
        for release in releases { waits[release.key] = nil }
        return releases
    }

    // MARK: Playlists

    /// A playlist is shown from this many complete segments on: a live one holds at least three target durations (§6.2.2 of RFC 8216), and
    /// Chromium's own player fails on a reload that brings nothing new while there are fewer.
    static let firstSegments: Int64 = 3

    /// The target duration, or what it will be at least.
    var provisionalTarget: Int { targetDuration ?? max(1, (configuration.segmentMs + 999) / 1000) }

    /// The parts that a client may ask ahead (§6.2.5.2): 3 / PART-TARGET rounded up, or 3.
    var advancePartLimit: UInt64 {
        configuration.partMs < 1000 ? UInt64((3000 + configuration.partMs - 1) / configuration.partMs) : 3
    }

    private mutating func playlist(_ index: Int, _ query: [(String, String)], _ nowMs: Int64) -> HLSAnswer {
        if renditions[index].hasEnded { return .ready(plainPlaylist(index)) }
        let directives: PlaylistDirectives
        do {
            directives = try PlaylistDirectives(query: query)
        } catch {
            return refuse(error)
        }
        let rendition = renditions[index]
        guard !rendition.segments.isEmpty else { return hold(.first(rendition: rendition.name), nowMs) }
        guard let sequence = directives.sequence else {
            let held = HeldRequest.first(rendition: rendition.name)
            return answer(held) ?? hold(held, nowMs)
        }
        if rendition.isTooFar(sequence: sequence, part: directives.part, limit: advancePartLimit) { return refuse(.tooFarAhead) }
        let wanted = Int64(clamping: sequence)
        let held: HeldRequest =
            if let part = directives.part {
                .position(rendition: rendition.name, sequence: wanted, part: part)
            } else {
                .segment(rendition: rendition.name, sequence: wanted)
            }
        return answer(held) ?? hold(held, nowMs)
    }

    private func refuse(_ error: DirectiveError) -> HLSAnswer {
        .refuse(status: 400, reason: error.description, cacheSeconds: 4 * provisionalTarget)
    }

    var notFound: HLSAnswer { .refuse(status: 404, reason: "no such resource", cacheSeconds: provisionalTarget) }

    private mutating func hold(_ held: HeldRequest, _ nowMs: Int64) -> HLSAnswer {
        waits[held.key] = held
        var targets = 3
        if case .first = held { targets = 5 }
        return .wait(key: held.key, deadlineMs: nowMs &+ Int64(targets * provisionalTarget * 1000))
    }

    /// The answer to a held request, nil while it has to wait.
    private mutating func answer(_ held: HeldRequest) -> HLSAnswer? {
        guard let index = renditions.firstIndex(where: { $0.name == held.rendition }) else { return notFound }
        let rendition = renditions[index]
        switch held {
        case .first:
            let isLongEnough = !rendition.segments.isEmpty && rendition.lastSequence - firstShown >= Self.firstSegments - 1
            return rendition.hasEnded || isLongEnough ? .ready(plainPlaylist(index)) : nil
        case .segment(_, let sequence):
            return rendition.hasEnded || sequence <= rendition.lastSequence ? .ready(blockingPlaylist(index)) : nil
        case .position(_, let sequence, let part):
            return rendition.hasEnded || rendition.contains(sequence: sequence, part: part)
                ? .ready(blockingPlaylist(index)) : nil
        case .part(_, let number):
            if let bytes = rendition.part(number) { return .ready(mediaResponse(bytes)) }
            return rendition.hasEnded || number < rendition.nextPart ? notFound : nil
        }
    }

    private mutating func plainPlaylist(_ index: Int) -> HLSResponse {
        playlistResponse(text(index), seconds: max(1, provisionalTarget / 2))
    }

    private mutating func blockingPlaylist(_ index: Int) -> HLSResponse {
        playlistResponse(text(index), seconds: 6 * provisionalTarget)
    }

    /// The playlist's text, written once per change.
    private mutating func text(_ index: Int) -> ArraySlice<UInt8> {
        if let written = renditions[index].written, written.revision == renditions[index].revision { return written.text }
        let playlist = MediaPlaylist(
            rendition: renditions[index], names: names, targetDuration: provisionalTarget, partMs: configuration.partMs)
        let text = playlist.text()[...]
        renditions[index].written = (renditions[index].revision, text)
        return text
    }

    private func playlistResponse(_ text: ArraySlice<UInt8>, seconds: Int) -> HLSResponse {
        HLSResponse(contentType: HLSResponse.playlistType, cacheSeconds: seconds, isCompressible: true, body: text)
    }

    // MARK: Media

    /// Names are never used twice, so media may be kept for as long as a player could want it.
    private var mediaSeconds: Int {
        max(6, configuration.listedSegments + configuration.keepSegments) * provisionalTarget
    }

    private func mediaResponse(_ bytes: ArraySlice<UInt8>) -> HLSResponse {
        HLSResponse(contentType: HLSResponse.segmentType, cacheSeconds: mediaSeconds, isCompressible: false, body: bytes)
    }

    private func initialization(_ index: Int, _ number: Int) -> HLSAnswer {
        guard let found = renditions[index].initializations.first(where: { $0.number == number }) else { return notFound }
        return .ready(
            HLSResponse(
                contentType: HLSResponse.initializationType, cacheSeconds: 86_400, isCompressible: false, body: found.bytes))
    }

    /// A part that is there; the hinted one is held until it is whole; any other is unknown.
    private mutating func part(_ index: Int, _ number: UInt64, _ nowMs: Int64) -> HLSAnswer {
        if let bytes = renditions[index].part(number) { return .ready(mediaResponse(bytes)) }
        guard !renditions[index].hasEnded, number == renditions[index].nextPart, !renditions[index].segments.isEmpty else {
            return notFound
        }
        return hold(.part(rendition: renditions[index].name, number: number), nowMs)
    }
}
