// Brings a stream on air by itself: silence in AAC, 48 kHz stereo, for `seconds` of its settings, or without an end.

import SluiceJSON
import SluiceKit

final class SilencePlugin: Plugin, SourceProvider {
    static let module = ModuleDescription(
        id: "swift-source", version: "0.1.0", description: "silence on air",
        sourceSchema: """
            {"type": "object", "properties": {"seconds": {"type": "integer", "minimum": 0, "default": 0,
            "description": "how long; 0: without an end"}}}
            """)

    init(host: Host) {}

    func openSource(_ request: SourceRequest) throws -> any Source { try Silence(request) }
}

/// One stream's. All its calls come on one lane, and only within them may it push.
final class Silence: Source {
    private let publication: Publication
    private let clock: SourceClock
    private let began: UInt64
    /// The number of frames; 0: no end.
    private let last: UInt64
    private var sent: UInt64 = 0

    init(_ request: SourceRequest) throws {
        publication = request.publication
        clock = request.clock
        began = request.now
        let seconds = try JSONValue(parsing: request.settings)["seconds"]?.uint64Value ?? 0
        last = min(seconds, .max / Pace.rate) * Pace.rate / Pace.samples
        var track = Track(id: 0, kind: .audio, codec: 0x6D70_3461, timescale: UInt32(Pace.rate))  // "mp4a"
        track.sampleRate = UInt32(Pace.rate)
        track.channels = 2
        track.configuration = [0x11, 0x90]  // AudioSpecificConfig: AAC LC, 48 kHz, two channels
        try publication.setTracks([track])
        clock.setTimer(began + Pace.tick)
    }

    /// A thrown error closes the source; the host opens it again later.
    func timer(at now: UInt64) throws {
        let silence: [UInt8] = [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C]
        while sent < Pace.due(after: now - began) {
            if last != 0, sent == last { return clock.end(reason: "it was to end") }
            let time = Int64(sent * Pace.samples)
            let timing = FrameTimes(track: 0, pts: time, dts: time, duration: Int64(Pace.samples), flags: SLUICE_FRAME_KEY)
            guard silence.withUnsafeBytes({ publication.push(timing, $0) }) else {
                throw PluginError("the stream takes nothing more", code: SLUICE_E_STALE)
            }
            sent += 1
        }
        clock.setTimer(now + Pace.tick)
    }
}

enum Pace {
    static let rate: UInt64 = 48000
    /// Of one frame of AAC.
    static let samples: UInt64 = 1024
    /// Nanoseconds: how often it pushes.
    static let tick: UInt64 = 100_000_000

    /// How many frames are to be out after so many nanoseconds, one ahead.
    static func due(after elapsed: UInt64) -> UInt64 { elapsed / 1000 * rate / samples / 1_000_000 + 1 }
}

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(SilencePlugin.self, hello, error)
}
