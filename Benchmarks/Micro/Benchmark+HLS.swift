import Formats
import HLSCore

extension Benchmark {
    /// Low-latency HLS: frames into parts of 330 ms and segments of 2 s, and the text of playlists.
    static var hls: [Benchmark] {
        [
            package("hls.frame", operation: "frame", perPart: false), package("hls.part", operation: "part", perPart: true),
            playlist("hls.playlist.video", request: "video.m3u8"), playlist("hls.playlist.multivariant", request: "index.m3u8"),
        ]
    }

    /// Twenty seconds of both tracks in a packager whose window is full.
    private static func package(_ name: String, operation: String, perPart: Bool) -> Benchmark {
        Benchmark(name: name, operation: operation) { () throws(MicroError) in
            var feed = try PackagerFeed()
            return {
                feed.ask()
                let frames = feed.count
                return Meter.batch(perPart ? feed.parts : frames) { feed.run { _ in } }
            }
        }
    }

    /// Asked for once after each picture that ended a part, as each new part makes a new text.
    private static func playlist(_ name: String, request: String) -> Benchmark {
        Benchmark(name: name, operation: "playlist") { () throws(MicroError) in
            var feed = try PackagerFeed()
            return {
                var meter = Meter()
                var pictures = 0
                var asked = 0
                feed.run { packager in
                    pictures += 1
                    guard pictures % 10 == 0 else { return }
                    meter.start()
                    let answer = packager.request(request, nowMs: 0)
                    blackHole(answer)
                    meter.stop()
                    asked += 1
                    guard case .ready = answer else { preconditionFailure("the playlist is not there") }
                }
                return meter.sample(asked)
            }
        }
    }
}

/// A packager and media for it that goes on without end.
private struct PackagerFeed {
    private static let seconds = 20
    private var packager: HLSPackager
    private let frames = TestMedia.frames(seconds: seconds)
    private var offset: Int64 = 0

    var count: Int { frames.count }
    /// That one run makes, of both renditions.
    private(set) var parts = 0

    init() throws(MicroError) {
        var configuration = HLSConfiguration()
        configuration.partMs = 330
        packager = HLSPackager(configuration: configuration)
        do throws(HLSError) {
            try packager.tracks([TestMedia.video, TestMedia.audio], discontinuity: false)
        } catch {
            throw .setup("\(error)")
        }
        // Ten segments listed and twenty kept: from here on one goes for each that comes.
        for _ in 0..<4 {
            run { _ in }
            ask()
        }
        let before = try nextParts()
        run { _ in }
        parts = try nextParts() - before
    }

    /// Somebody watches: the packager keeps its whole window.
    mutating func ask() { blackHole(packager.request("index.m3u8", nowMs: 0)) }

    /// The numbers of the parts being written, added up, from the playlists' hints.
    private mutating func nextParts() throws(MicroError) -> Int {
        var sum = 0
        for name in ["video", "audio"] {
            guard case .ready(let response) = packager.request("\(name).m3u8", nowMs: 0) else { throw .setup("no playlist") }
            let text = String(decoding: response.body, as: UTF8.self)
            guard let hint = text.split(separator: "\(name)_p").last, let number = Int(hint.prefix { $0.isNumber }) else {
                throw .setup("no hint of the next part")
            }
            sum += number
        }
        return sum
    }

    /// Twenty seconds more; `body` after each picture.
    mutating func run(_ body: (inout HLSPackager) -> Void) {
        for frame in frames {
            var timing = frame.timing
            timing.pts += offset
            timing.dts += offset
            frame.payload.withUnsafeBytes { packager.frame(timing, payload: $0, wallClockMs: 1_790_000_000_000 + timing.pts) }
            if frame.isVideo { body(&packager) }
        }
        offset += Int64(Self.seconds) * 1000
        precondition(packager.droppedFrames == 0, "frames were dropped")
    }
}
