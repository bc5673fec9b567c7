import CHostMedia
import CMicro
import HostMedia

extension Benchmark {
    /// A publisher's frame through the host's stream to its subscribers: checked, copied into a buffer, kept in the ring, delivered.
    static var stream: [Benchmark] {
        [
            push("stream.push.no-subscriber", subscribers: 0, batch: 1),
            push("stream.push.1-subscriber", subscribers: 1, batch: 1),
            push("stream.push.3-subscribers", subscribers: 3, batch: 1),
            push("stream.push.1-subscriber.audio-200", subscribers: 1, batch: 1, size: 200),
            push("stream.push.3-subscribers.batch-4", subscribers: 3, batch: 4),
        ]
    }

    private static func push(_ name: String, subscribers count: Int, batch: Int, size: Int = 10_000) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            let stream = MediaStream()
            stream.publisherBegan()
            do { try stream.setTracks([track]) } catch { throw .setup("\(error)") }
            for _ in 0..<count { stream.subscribe(CountingSubscriber()) }
            let payload = CBytes(TestMedia.picture(size))
            var index = 0
            return {
                Meter.batch(6_000) {
                    for _ in 0..<6_000 {
                        let time = Int64(index) * 33
                        let frame = payload.frame(track: 0, time: time, key: index % 60 == 0)
                        stream.push(frame, arrival: UInt64(time + 1000) * 1_000_000, wall: 1_790_000_000_000_000 + time * 1000)
                        index += 1
                        if index % batch == 0 { stream.deliver() }
                    }
                    blackHole(stream.figures)
                }
            }
        }
    }

    private static var track: TrackSet.Track {
        var raw = sluice_track()
        raw.kind = SLUICE_TRACK_VIDEO
        raw.codec = TestMedia.video.codec.rawValue
        raw.timescale = 1000
        var track = TrackSet.Track(raw)
        track.configuration = TestMedia.avcC
        return track
    }
}

/// A subscriber that hands its frames to the C sink, as the router does.
private final class CountingSubscriber: StreamSubscriber {
    private let take = micro_sink_table()?.pointee.frames
    private let sink = UnsafeMutableRawPointer(micro_sink())

    func tracks(_ tracks: TrackSet, discontinuity: Bool) {}
    func frames(_ frames: UnsafeBufferPointer<sluice_frame>) {
        _ = take?(sink, frames.baseAddress, Benchmark.frameStride, UInt32(frames.count), nil)
    }
    func publisher(lost: Bool) {}
}
