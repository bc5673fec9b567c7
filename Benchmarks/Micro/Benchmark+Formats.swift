import Formats

extension Benchmark {
    /// The small readers that a frame or a command passes on its way.
    static var formats: [Benchmark] {
        [
            inspect("formats.nal.inspect.2-units", slices: 1), inspect("formats.nal.inspect.8-units", slices: 8), message,
            connect, tag,
        ]
    }

    /// The walk over an access unit's NAL units.
    private static func inspect(_ name: String, slices: Int) -> Benchmark {
        Benchmark(name: name, operation: "frame") { () throws(MicroError) in
            let picture = slices == 1 ? TestMedia.picture(10_000) : TestMedia.slices(10_000, slices)
            return {
                Meter.batch(100_000) {
                    for _ in 0..<100_000 { blackHole(try? NALFormat.h264.inspect(picture.span.bytes)) }
                }
            }
        }
    }

    /// The head of a video message.
    private static var message: Benchmark {
        Benchmark(name: "formats.message.video", operation: "message") { () throws(MicroError) in
            let bytes = CBytes([0x27, 1, 0, 0, 0] + TestMedia.picture(10_000))
            var items: [MediaItem] = []
            return {
                Meter.batch(100_000) {
                    for _ in 0..<100_000 {
                        items.removeAll(keepingCapacity: true)
                        try? MediaMessage.parseVideo(bytes.bytes, into: &items)
                        blackHole(items)
                    }
                }
            }
        }
    }

    /// A connect command as ffmpeg and OBS send it.
    private static var connect: Benchmark {
        Benchmark(name: "formats.amf.connect", operation: "command") { () throws(MicroError) in
            let body = PublishingPeer.connectBody
            return {
                Meter.batch(2_000) {
                    for _ in 0..<2_000 { blackHole(try? AMF0.decodeAll(body)) }
                }
            }
        }
    }

    /// A tag out of a file's or a connection's bytes, its body copied.
    private static var tag: Benchmark {
        Benchmark(name: "formats.flv.tag-10k", operation: "tag") { () throws(MicroError) in
            var writer = ByteWriter()
            FLVTag(.video, timestamp: 0, body: [0x27, 1, 0, 0, 0] + TestMedia.picture(10_000)).append(to: &writer)
            let bytes = writer.bytes
            var header = ByteWriter()
            FLVFileHeader(hasAudio: true, hasVideo: true).append(to: &header)
            var reader = FLVReader()
            reader.receive(header.bytes)
            return {
                Meter.batch(2_000) {
                    for _ in 0..<2_000 {
                        reader.receive(bytes)
                        blackHole(try? reader.next())
                    }
                }
            }
        }
    }
}
