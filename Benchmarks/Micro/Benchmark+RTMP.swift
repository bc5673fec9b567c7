import Formats
import RTMPCore

extension Benchmark {
    /// RTMP without sockets: the session that a publisher's bytes go into, and the muxer of the players' log.
    static var rtmp: [Benchmark] {
        [
            parse("rtmp.parse.video-10k.chunk-4096", chunkSize: 4096, size: 10_000),
            parse("rtmp.parse.video-10k.chunk-128", chunkSize: 128, size: 10_000),
            parse("rtmp.parse.video-60k.chunk-4096", chunkSize: 4096, size: 60_000),
            parse("rtmp.parse.video-10k.cut-1460", chunkSize: 4096, size: 10_000, piece: 1460),
            parse("rtmp.parse.audio-200", chunkSize: 4096, size: 200, video: false),
            mux("rtmp.mux.video-10k", size: 10_000, video: true), mux("rtmp.mux.audio-200", size: 200, video: false),
            playing, heldByCore,
        ]
    }

    /// Bytes in, a frame action out. With `piece` a message comes in deliveries of so many bytes, else at once.
    private static func parse(_ name: String, chunkSize: Int, size: Int, video: Bool = true, piece: Int? = nil) -> Benchmark {
        Benchmark(name: name, operation: "message") { () throws(MicroError) in
            let peer = PublishingPeer(chunkSize: chunkSize)
            var session = RTMPSession(seed: 1, at: 0)
            session.receive(peer.publishing, at: 1)
            _ = session.settle(at: 1)
            let messages: [CBytes] = (0..<128).map { index in
                let time = UInt32(index) * 33
                return CBytes(
                    video
                        ? peer.video(at: time, key: index == 0, TestMedia.picture(size, key: index == 0))
                        : peer.audio(at: time, TestMedia.sound(size)))
            }
            return {
                var frames = 0
                let sample = Meter.batch(messages.count * 8) {
                    for _ in 0..<8 {
                        for message in messages { frames += deliver(message.bytes, piece, to: &session) }
                    }
                }
                precondition(frames == messages.count * 8 && !session.isClosed, "\(frames) frames came out")
                return sample
            }
        }
    }

    private static func deliver(_ bytes: UnsafeRawBufferPointer, _ piece: Int?, to session: inout RTMPSession) -> Int {
        guard let piece else {
            session.receive(bytes, at: 1)
            return session.settle(at: 1)
        }
        var frames = 0
        for start in stride(from: 0, to: bytes.count, by: piece) {
            session.receive(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + piece)]), at: 1)
            frames += session.settle(at: 1)
        }
        return frames
    }

    /// What the log's sink does for one frame: a record into memory that it keeps.
    private static func mux(_ name: String, size: Int, video: Bool) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            var muxer = RTMPMuxer(variant: .enhanced)
            muxer.setTracks([TestMedia.video, TestMedia.audio])
            let payload = CBytes(video ? TestMedia.picture(size) : TestMedia.sound(size))
            var record: [UInt8] = []
            var time: Int64 = 0
            return {
                Meter.batch(4_000) {
                    for _ in 0..<4_000 {
                        record.removeAll(keepingCapacity: true)
                        let timing = FrameTiming(track: video ? 0 : 1, pts: time, dts: time)
                        muxer.frame(timing, payload: payload.bytes, into: &record)
                        time += 33
                        blackHole(record)
                    }
                }
            }
        }
    }

    /// What the session of a player holds that has attached.
    private static var heldByCore: Benchmark {
        Benchmark(name: "rtmp.session.held", operation: "player") { () throws(MicroError) in
            let bytes = CBytes(PublishingPeer.playing)
            return {
                held(500) { () -> [RTMPSession] in
                    var sessions = [RTMPSession(seed: 1, at: 0)]
                    sessions[0].receive(bytes.bytes, at: 1)
                    _ = sessions[0].settle(at: 1)
                    return sessions
                } end: { _ in
                }
            }
        }
    }

    /// A player from its first byte to the attachment to the log.
    private static var playing: Benchmark {
        Benchmark(name: "rtmp.session.play", operation: "session") { () throws(MicroError) in
            let bytes = CBytes(PublishingPeer.playing)
            return {
                Meter.batch(200) {
                    for _ in 0..<200 {
                        var session = RTMPSession(seed: 1, at: 0)
                        session.receive(bytes.bytes, at: 1)
                        _ = session.settle(at: 1)
                        precondition(!session.isClosed, "the session closed")
                    }
                }
            }
        }
    }
}
