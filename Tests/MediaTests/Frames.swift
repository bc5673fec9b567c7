import CHostMedia
import HostMedia

/// Frames and tracks for tests.
enum Frames {
    static func video(_ id: UInt32 = 0, timescale: UInt32 = 1000) -> TrackSet.Track {
        track(id, SLUICE_TRACK_VIDEO, timescale, configuration: [1, 2, 3])
    }

    static func audio(_ id: UInt32 = 1, timescale: UInt32 = 1000) -> TrackSet.Track {
        track(id, SLUICE_TRACK_AUDIO, timescale, configuration: [0x12, 0x10])
    }

    static func data(_ id: UInt32 = 2, timescale: UInt32 = 1000) -> TrackSet.Track {
        track(id, SLUICE_TRACK_DATA, timescale, configuration: [])
    }

    static func track(_ id: UInt32, _ kind: UInt32, _ timescale: UInt32, configuration: [UInt8]) -> TrackSet.Track {
        var raw = sluice_track()
        raw.id = id
        raw.kind = kind
        raw.codec = 0x6176_6331
        raw.timescale = timescale
        var track = TrackSet.Track(raw)
        track.configuration = configuration
        return track
    }

    /// A frame without a buffer whose bytes are `size` times its track's number; borrowed by `body`.
    static func with<R>(
        track: UInt32, pts: Int64, dts: Int64? = nil, flags: UInt32 = 0, size: Int = 10, arrival: UInt64 = 0,
        _ body: (sluice_frame) -> R
    ) -> R {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: track), count: size)
        return bytes.withUnsafeBufferPointer { bytes in
            var frame = sluice_frame()
            frame.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
            frame.track = track
            frame.pts = pts
            frame.dts = dts ?? pts
            frame.flags = flags
            frame.arrival_ns = arrival
            frame.data = sluice_bytes(data: bytes.baseAddress, size: UInt64(size))
            return body(frame)
        }
    }
}

extension MediaStream {
    /// Pushes one frame that arrives when its time says.
    @discardableResult
    func push(_ track: UInt32, _ pts: Int64, key: Bool = false, size: Int = 10, arrival: UInt64? = nil) -> Bool {
        Frames.with(track: track, pts: pts, flags: key ? SLUICE_FRAME_KEY : 0, size: size) {
            push(
                $0, arrival: arrival ?? 1_000_000_000 + UInt64(max(pts, 0)) * 1_000_000, wall: 1_700_000_000_000_000 + pts * 1000)
        }
    }
}

/// A subscriber that writes down what it is told.
final class Recorder: StreamSubscriber {
    struct Taken: Equatable {
        var track: UInt32
        var pts: Int64
        var dts: Int64
        var flags: UInt32
        var bytes: [UInt8]
    }

    enum Call: Equatable {
        case tracks(Int, discontinuity: Bool)
        case batch(Int)
        case publisher(lost: Bool)
    }

    var calls: [Call] = []
    var taken: [Taken] = []

    func tracks(_ tracks: TrackSet, discontinuity: Bool) {
        calls.append(.tracks(tracks.tracks.count, discontinuity: discontinuity))
    }

    func frames(_ frames: UnsafeBufferPointer<sluice_frame>) {
        calls.append(.batch(frames.count))
        for frame in frames {
            taken.append(
                Taken(
                    track: frame.track, pts: frame.pts, dts: frame.dts, flags: frame.flags,
                    bytes: Array(UnsafeBufferPointer(start: frame.data.data, count: Int(frame.data.size)))))
        }
    }

    func publisher(lost: Bool) { calls.append(.publisher(lost: lost)) }

    func dts(of track: UInt32) -> [Int64] { taken.filter { $0.track == track }.map(\.dts) }
}
