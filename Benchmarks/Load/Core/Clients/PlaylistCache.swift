/// Media playlists that were read once: all viewers of a stream get the same bytes.
struct PlaylistCache {
    private static let most = 512
    private var known: [UInt64: MediaPlaylist] = [:]

    mutating func playlist(_ bytes: [UInt8]) throws(WireFault) -> MediaPlaylist {
        var sum = CRC32C()
        bytes.withUnsafeBytes { sum.add($0) }
        let key = UInt64(sum.value) | UInt64(UInt32(truncatingIfNeeded: bytes.count)) << 32
        if let found = known[key] { return found }
        let playlist = try MediaPlaylist(parsing: bytes)
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        known[key] = playlist
        return playlist
    }
}
