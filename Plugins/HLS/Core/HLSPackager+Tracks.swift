import Formats

extension HLSPackager {
    /// The tracks of one rendition and what is needed to write them.
    struct Group {
        var name: String
        var tracks: [TrackDescription]
        var initialization: [UInt8]
    }

    /// Most audio tracks that become renditions.
    static let maximumAudioTracks = 8

    /// Sorts tracks into renditions, the leading one first. A track whose configuration cannot be written is left out.
    static func group(_ tracks: [TrackDescription], muxed: Bool) throws(HLSError) -> [Group] {
        var failure: HLSError?
        var usable: [TrackDescription] = []
        for track in tracks where track.kind == .video || track.kind == .audio {
            let most = track.kind == .video ? 1 : maximumAudioTracks
            guard usable.count(where: { $0.kind == track.kind }) < most, !usable.contains(where: { $0.id == track.id }) else {
                continue
            }
            do {
                _ = try initialization([track])
                usable.append(track)
            } catch {
                failure = failure ?? error
            }
        }
        let video = usable.first { $0.kind == .video }
        let audio = usable.filter { $0.kind == .audio }
        var groups: [Group] = []
        if muxed, let video, let first = audio.first {
            groups.append(try makeGroup("main", [video, first]))
        } else {
            if let video { groups.append(try makeGroup("video", [video])) }
            for (index, track) in audio.enumerated() {
                groups.append(try makeGroup(index == 0 ? "audio" : "audio\(index + 1)", [track]))
            }
        }
        guard !groups.isEmpty else { throw failure ?? .noUsableTrack }
        return groups
    }

    private static func makeGroup(_ name: String, _ tracks: [TrackDescription]) throws(HLSError) -> Group {
        Group(name: name, tracks: tracks, initialization: try initialization(tracks))
    }

    private static func initialization(_ tracks: [TrackDescription]) throws(HLSError) -> [UInt8] {
        var media = tracks.compactMap { TrackInput($0, rendition: 0, place: 0)?.media }
        // A bit rate is not worth a new initialization segment.
        for index in media.indices { media[index].bitrate = 0 }
        do {
            return try InitializationSegment.make(tracks: media)
        } catch {
            let track = tracks.first
            throw .configuration(track: track?.id ?? 0, codec: track?.codec ?? FourCC(rawValue: 0), reason: error.description)
        }
    }

    /// Whether all renditions there are stay as they are, in the same order; there may be more behind them.
    func continues(with groups: [Group]) -> Bool {
        guard !inputs.isEmpty, groups.count >= renditions.count else { return false }
        return zip(renditions, groups).allSatisfy { rendition, group in
            let timescales = group.tracks.compactMap { TrackInput($0, rendition: 0, place: 0)?.clock }.map {
                [$0.source, $0.timescale]
            }
            let current = inputs.filter { renditions[$0.rendition].name == group.name }.map {
                [$0.clock.source, $0.clock.timescale]
            }
            return rendition.name == group.name && !rendition.hasEnded && timescales == current
                && rendition.initializations.last?.bytes.elementsEqual(group.initialization) == true
        }
    }

    /// Gives the clocks of new inputs the stream's origin.
    mutating func settleClocks() {
        guard let origin else { return }
        for index in inputs.indices { inputs[index].clock.setOrigin(micros: origin) }
    }

    /// Makes the group's rendition, or gives the one of that name its new tracks.
    mutating func apply(_ group: Group) {
        let known = renditions.firstIndex { $0.name == group.name }
        let index = known ?? renditions.count
        var tracks: [RenditionTrack] = []
        for track in group.tracks {
            guard let input = TrackInput(track, rendition: index, place: tracks.count) else { continue }
            tracks.append(RenditionTrack(description: input.media))
            inputs.append(input)
        }
        let sequence = renditions.map(\.openSequence).max() ?? 0
        let count = renditions.map { $0.discontinuities(through: .max) }.max() ?? 0
        if known != nil {
            if renditions[index].hasEnded { renditions[index].revive(sequence: sequence) }
            renditions[index].replaceTracks(tracks, initialization: group.initialization)
        } else {
            renditions.append(
                Rendition(
                    name: group.name, tracks: tracks, partMs: configuration.partMs, initialization: group.initialization,
                    number: 1,
                    sequence: sequence, discontinuity: count))
        }
    }
}
