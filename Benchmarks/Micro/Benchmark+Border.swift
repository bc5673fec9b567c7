import CMicro
import CSluice
import CHostMedia

extension Benchmark {
    /// Frames across the C border, from the host to a sink and from a plugin's session to the host.
    static var border: [Benchmark] {
        [
            sinkBatch("border.c-sink.batch-1", frames: 1), sinkBatch("border.c-sink.batch-16", frames: 16),
            pluginSink("border.rtmp-plugin.video-10k", library: "libSluiceRTMP.so", size: 10_000, video: true),
            pluginSink("border.rtmp-plugin.audio-200", library: "libSluiceRTMP.so", size: 200, video: false),
            pluginSink("border.flv-plugin.video-10k", library: "libSluiceHTTPFLV.so", size: 10_000, video: true),
            hlsPlugin,
            pluginSession("border.rtmp-ingest.video-10k", chunkSize: 4096, video: true),
            pluginSession("border.rtmp-ingest.audio-200", chunkSize: 4096, video: false), heldByPlugin,
        ]
    }

    /// The host calls a sink that does nothing: what the border alone costs.
    private static func sinkBatch(_ name: String, frames count: Int) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            let payload = CBytes(TestMedia.picture(10_000))
            let frames = (0..<count).map { payload.frame(track: 0, time: Int64($0), key: false) }
            let table = micro_sink_table(), sink = UnsafeMutableRawPointer(micro_sink())
            guard let take = table?.pointee.frames else { throw .setup("the sink takes no frames") }
            let calls = 1_000_000 / count
            return {
                frames.withUnsafeBufferPointer { frames in
                    Meter.batch(calls * count) {
                        var failed: Int32 = 0
                        for _ in 0..<calls {
                            failed |= take(sink, frames.baseAddress, frameStride, UInt32(count), nil)
                        }
                        blackHole(failed)
                    }
                }
            }
        }
    }

    /// The host calls the sink of a real plugin, which makes a record and appends it to a log that throws it away.
    private static func pluginSink(_ name: String, library: String, size: Int, video: Bool) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            let plugin = try LoadedPlugin(library)
            let (sink, take) = try plugin.openSink()
            let payload = CBytes(video ? TestMedia.picture(size) : TestMedia.sound(size))
            var time: Int64 = 1000
            return {
                var frames = (0..<2_000).map { payload.frame(track: video ? 0 : 1, time: time + Int64($0) * 10, key: false) }
                time += 20_000
                let before = micro_host_now().records
                let sample = Meter.batch(frames.count) {
                    for index in frames.indices { blackHole(take(sink, &frames[index], frameStride, 1, nil)) }
                }
                precondition(micro_host_now().records == before + 2_000, "the plugin lost records")
                return sample
            }
        }
    }

    /// Twenty seconds of both tracks into the sink of the HLS plugin, a frame at a time.
    private static var hlsPlugin: Benchmark {
        Benchmark(name: "border.hls-plugin.frame", operation: "frame") { () throws(MicroError) in
            let plugin = try LoadedPlugin("libSluiceHLS.so")
            let (sink, take) = try plugin.openSink()
            let media = TestMedia.frames(seconds: 20).map { ($0.timing, CBytes($0.payload)) }
            var offset: Int64 = 0
            let batch = {
                var frames = media.map { timing, payload in
                    payload.frame(track: timing.track, time: timing.dts + offset, key: timing.flags.contains(.key))
                }
                offset += 20_000
                return Meter.batch(frames.count) {
                    for index in frames.indices { blackHole(take(sink, &frames[index], frameStride, 1, nil)) }
                }
            }
            for _ in 0..<4 { _ = batch() }
            return batch
        }
    }

    /// The host gives a publisher's bytes, a message each time, to the real RTMP plugin, which pushes the frame to a stream that throws
    /// it away.
    private static func pluginSession(_ name: String, chunkSize: Int, video: Bool) -> Benchmark {
        Benchmark(name: name, operation: "message") { () throws(MicroError) in
            let plugin = try LoadedPlugin("libSluiceRTMP.so")
            let peer = PublishingPeer(chunkSize: chunkSize)
            let (session, take) = try plugin.openSession()
            for bytes in [peer.publishing, peer.video(at: 1, key: true, TestMedia.picture(10_000, key: true))] {
                plugin.deliver(bytes, to: session, take)
            }
            let before = micro_host_now().frames
            guard before > 0 else { throw .plugin("the RTMP plugin pushed no frame") }
            let messages = (0..<128).map { index in
                let time = UInt32(index) * 33
                return CBytes(
                    video ? peer.video(at: time, TestMedia.picture(10_000)) : peer.audio(at: time, TestMedia.sound(200)))
            }
            return {
                let before = micro_host_now().frames
                let sample = Meter.batch(messages.count * 16) {
                    for _ in 0..<16 {
                        for message in messages { blackHole(take(session, message.raw, 1_000_000_000, nil)) }
                    }
                }
                precondition(micro_host_now().frames == before + 2_048, "the plugin lost frames")
                return sample
            }
        }
    }

    /// What the RTMP plugin holds for a player that has attached: its share of the memory per player.
    private static var heldByPlugin: Benchmark {
        Benchmark(name: "border.rtmp-player.held", operation: "player") { () throws(MicroError) in
            let plugin = try LoadedPlugin("libSluiceRTMP.so")
            let table = try plugin.protocolTable()
            let bytes = PublishingPeer.playing
            return {
                held(500) { () -> UnsafeMutableRawPointer? in
                    guard let (session, take) = try? plugin.openSession() else { return nil }
                    plugin.deliver(bytes, to: session, take)
                    return session
                } end: { session in
                    table.pointee.close?(session, sluice_text())
                }
            }
        }
    }

    static let frameStride = UInt32(MemoryLayout<sluice_frame>.stride)
}
