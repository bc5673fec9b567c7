/// Where a viewer is in a media playlist: the segment and, with parts, the part that it wants next.
public struct PlaylistPosition: Equatable, Sendable {
    /// Something to fetch.
    public struct Piece: Equatable, Sendable {
        public var uri: String
        public var map: String?
        /// Seconds.
        public var duration: Double
    }

    /// What a playlist has for a viewer at this position.
    public struct Step: Equatable, Sendable {
        public var pieces: [Piece]
        /// Segments that went out of the playlist before they were fetched.
        public var missed: Int
    }

    public private(set) var segment: Int
    public private(set) var part = 0

    /// The position to begin at: the last segment, or independent part, that is at least the hold-back from the end. Nil in an empty
    /// playlist.
    public init?(joining playlist: MediaPlaylist) {
        var left = playlist.holdBack
        var earliest: (Int, Int)?
        for (i, segment) in playlist.segments.enumerated().reversed() {
            guard playlist.isLowLatency, !segment.parts.isEmpty else {
                guard segment.uri != nil else { continue }
                earliest = (i, 0)
                left -= segment.duration
                if left <= 0.001 { break }
                continue
            }
            for (j, part) in segment.parts.enumerated().reversed() {
                left -= part.duration
                if part.isIndependent { earliest = (i, j) }
                if left <= 0.001, part.isIndependent { break }
            }
            if left <= 0.001, earliest != nil { break }
        }
        guard let (i, j) = earliest else { return nil }
        segment = playlist.first + i
        part = j
    }

    /// What there is to fetch from here on; the position goes behind it.
    public mutating func advance(in playlist: MediaPlaylist) -> Step {
        var step = Step(pieces: [], missed: max(0, playlist.first - segment))
        if step.missed > 0 {
            segment = playlist.first
            part = 0
        }
        while segment - playlist.first < playlist.segments.count {
            let found = playlist.segments[segment - playlist.first]
            if playlist.isLowLatency, !found.parts.isEmpty {
                for piece in found.parts.dropFirst(part) {
                    step.pieces.append(Piece(uri: piece.uri, map: found.map, duration: piece.duration))
                }
                part = max(part, found.parts.count)
            } else if let uri = found.uri, part == 0 {
                step.pieces.append(Piece(uri: uri, map: found.map, duration: found.duration))
            }
            guard found.uri != nil else { break }
            segment += 1
            part = 0
        }
        return step
    }
}
