import Formats
import HTTPFLVCore

extension Benchmark {
    /// HTTP-FLV's record of one frame.
    static var flv: [Benchmark] {
        [
            mux("flv.mux.video-10k", size: 10_000, framing: .http),
            mux("flv.mux.audio-200", size: 200, framing: .http, video: false),
            mux("flv.mux.websocket.video-10k", size: 10_000, framing: .webSocket),
        ]
    }

    private static func mux(_ name: String, size: Int, framing: FLVFraming, video: Bool = true) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            var muxer = FLVLogMuxer(framing: framing)
            muxer.setTracks([TestMedia.video, TestMedia.audio])
            let payload = CBytes(video ? TestMedia.picture(size) : TestMedia.sound(size))
            var time: Int64 = 0
            return {
                Meter.batch(4_000) {
                    for _ in 0..<4_000 {
                        let timing = FrameTiming(track: video ? 0 : 1, pts: time, dts: time)
                        blackHole(muxer.append(timing, payload: payload.bytes))
                        time += 33
                        muxer.record.withUnsafeBytes { blackHole($0) }
                    }
                }
            }
        }
    }
}
