/// A multivariant playlist (RFC 8216 §4.3.4), as far as a viewer of its first variant needs it.
public struct MultivariantPlaylist: Equatable, Sendable {
    /// The first variant's media playlist.
    public var variant: String
    /// The playlist of the audio that goes with it, when that is a playlist of its own.
    public var audio: String?

    /// Reads a playlist; nil when it is a media playlist.
    public init?(parsing bytes: [UInt8]) throws(WireFault) {
        var found: (uri: String, audio: String?)?
        var audio: [String: String] = [:]
        var pending: AttributeList?
        for line in try PlaylistLine.lines(bytes) {
            switch line {
            case .tag("EXT-X-MEDIA", let text):
                let list = AttributeList(text)
                guard list["TYPE"] == "AUDIO", let group = list["GROUP-ID"], let uri = list["URI"] else { continue }
                if audio[group] == nil || list.flag("DEFAULT") { audio[group] = uri }
            case .tag("EXT-X-STREAM-INF", let text): pending = AttributeList(text)
            case .uri(let uri):
                if found == nil, let pending { found = (String(uri), pending["AUDIO"]) }
                pending = nil
            case .tag("EXT-X-TARGETDURATION", _): return nil
            default: break
            }
        }
        guard let found else { throw .playlist("neither variants nor a target duration") }
        variant = found.uri
        self.audio = found.audio.flatMap { audio[$0] }
    }
}
