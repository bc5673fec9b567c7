import CSluice
import HostMedia
import HostPaths

/// Which stream a player gets whose codecs are not those of what it asked for: a rendition that a step makes of it.
extension Server {
    /// [any] What the player asked for, unless it plays a rendition of that and not this one: then the best such.
    func playable(_ wish: PlayerWish) -> PlayerWish {
        let (asked, codecs) = (wish.grant.key, wish.codecs)
        guard !codecs.isEmpty, let stream = streams[asked], let tracks = stream.snapshot.tracks else { return wish }
        guard !Self.plays(tracks, codecs) else { return wish }
        let group = stream.snapshot.group.isEmpty ? asked.stream.text : stream.snapshot.group
        guard let name = Name(group) else { return wish }
        let able = streams.group(app: asked.app, name: name).compactMap {
            other -> (key: StreamKey, isBridge: Bool, bitrate: UInt64)? in
            let snapshot = other.snapshot
            guard snapshot.attributes["rendition_of"] == asked.stream.text, snapshot.state == .live, let tracks = snapshot.tracks,
                Self.hasAsMuch(tracks, as: stream.snapshot.tracks), Self.plays(tracks, codecs)
            else { return nil }
            let isBridge = other.key.stream.text == "\(asked.stream.text)_bridged"
            return (other.key, isBridge, tracks.tracks.reduce(0) { $0 + UInt64($1.bitrate) })
        }
        let best = able.max { ($0.isBridge ? 1 : 0, $0.bitrate) < ($1.isBridge ? 1 : 0, $1.bitrate) }
        guard let best else { return wish }
        log.info("player gets a rendition that it plays", ["stream": asked.description, "rendition": best.key.description])
        var changed = wish
        let grant = wish.grant
        changed.grant = Grant(question: grant.question, verdict: grant.verdict, key: best.key, expires: grant.expires)
        return changed
    }

    /// FourCCs in a list of words: `avc1 mp4a`.
    static func codecs(_ words: String) -> [UInt32] {
        words.split(separator: " ").filter { $0.utf8.count == 4 }.map { $0.utf8.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    private static func media(_ tracks: TrackSet) -> [TrackSet.Track] {
        tracks.tracks.filter { $0.kind == SLUICE_TRACK_VIDEO || $0.kind == SLUICE_TRACK_AUDIO }
    }

    static func plays(_ tracks: TrackSet, _ codecs: [UInt32]) -> Bool {
        media(tracks).allSatisfy { codecs.contains($0.codec) }
    }

    /// Sound alone is no rendition of what has pictures.
    private static func hasAsMuch(_ tracks: TrackSet, as other: TrackSet?) -> Bool {
        guard let other else { return true }
        return Set(media(tracks).map(\.kind)).isSuperset(of: media(other).map(\.kind))
    }
}
