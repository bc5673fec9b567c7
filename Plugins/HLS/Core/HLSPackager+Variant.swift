import Formats

extension HLSPackager {
    /// This stream as a variant, with `uriPrefix` before its playlists' names: "~TOKEN/" below its own address,
    /// "../STREAM/~TOKEN/" in a group.
    ///
    /// Bit rates are measured; before the first segment they are what the tracks say, or a guess.
    public func variant(uriPrefix: String = "") -> HLSVariant {
        let shown = inputs.filter { isShown($0.rendition) }
        let video = inputs.first { $0.media.kind == .video }?.media
        let main = renditions.indices.contains(leading) ? renditions[leading] : nil
        var audio: [HLSVariant.Audio] = []
        for input in shown where input.rendition != leading {
            audio.append(
                HLSPackager.audio(input.media, prefix: uriPrefix, rendition: renditions[input.rendition].name, place: audio.count)
            )
        }
        var codecs: [String] = []
        for input in shown {
            if let text = input.media.codecString, !codecs.contains(text) { codecs.append(text) }
        }
        let others = shown.map(\.rendition).filter { $0 != leading }
        let bandwidth = (main.map(HLSPackager.peak) ?? 0) + (others.map { HLSPackager.peak(renditions[$0]) }.max() ?? 0)
        let average = (main.map(HLSPackager.average) ?? 0) + (others.map { HLSPackager.average(renditions[$0]) }.max() ?? 0)
        let measured = video == nil ? 0 : main?.measure.frameRateMilli ?? 0
        return HLSVariant(
            uri: uriPrefix + names.playlist(main?.name ?? "video"), audio: audio, bandwidth: bandwidth, averageBandwidth: average,
            codecs: codecs, width: video?.width ?? 0, height: video?.height ?? 0,
            frameRateMilli: video.map { $0.frameRateMilli > 0 ? Int64($0.frameRateMilli) : measured } ?? 0,
            videoRange: video.map(HLSPackager.range) ?? "",
            startsIndependent: main?.segments.allSatisfy { $0.startsIndependent || $0.byteCount == 0 } ?? true)
    }

    /// Before the first segment all that was announced is shown, afterwards what has come.
    private func isShown(_ rendition: Int) -> Bool {
        renditions[rendition].hasStarted || !renditions[leading].segments.indices.contains(0)
    }

    private static func audio(_ track: TrackDescription, prefix: String, rendition: String, place: Int) -> HLSVariant.Audio {
        let name = track.language.isEmpty ? "Audio" : track.language
        return HLSVariant.Audio(
            uri: prefix + rendition + ".m3u8", name: place == 0 ? name : "\(name) \(place + 1)", language: track.language,
            channels: track.channels, description: HLSPackager.shared(track))
    }

    /// What says whether two tracks are one sound: not the number of the track, and no bit rate.
    private static func shared(_ track: TrackDescription) -> TrackDescription {
        var track = track
        (track.id, track.bitrate) = (0, 0)
        return track
    }

    private static func peak(_ rendition: Rendition) -> Int64 {
        rendition.measure.peak > 0 ? rendition.measure.peak : announced(rendition) * 5 / 4
    }

    private static func average(_ rendition: Rendition) -> Int64 {
        rendition.measure.average > 0 ? rendition.measure.average : announced(rendition)
    }

    private static func announced(_ rendition: Rendition) -> Int64 {
        rendition.tracks.reduce(0) { sum, track in
            let guess: Int64 = track.description.kind == .video ? 2_500_000 : 128_000
            return sum + (track.description.bitrate > 0 ? Int64(track.description.bitrate) : guess)
        }
    }

    private static func range(_ track: TrackDescription) -> String {
        switch track.colour?.transfer {
        case 16: "PQ"
        case 18: "HLG"
        default: "SDR"
        }
    }
}
