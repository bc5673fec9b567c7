import Formats
import Testing

@testable import HLSCore

/// What happens to a stream, step by step, for packagers that are compared.
struct HandoverScript {
    enum Step {
        case tracks([TrackDescription], discontinuity: Bool)
        case frame(SyntheticSource.Frame)
        case flush
        case end
        /// Viewers ask for whatever viewers ask for, or nobody does.
        case watch(Bool)
    }

    var configuration = HLSConfiguration()
    var steps: [Step] = []

    init(_ change: (inout HLSConfiguration) -> Void = { _ in }) {
        configuration.tag = "k3x9"
        change(&configuration)
    }

    /// The source from its start, for a time.
    mutating func play(_ source: SyntheticSource, _ seconds: Double, discontinuity: Bool = false) {
        steps.append(.tracks(source.tracks, discontinuity: discontinuity))
        steps += source.frames(seconds: seconds).map { .frame($0) }
    }

    /// Small frames: what is handed over is not what costs.
    static func source(_ start: Double = 0) -> SyntheticSource {
        var source = SyntheticSource()
        source.sizes = (300, 60)
        source.start = start
        return source
    }

    private static func watched(_ change: (inout HandoverScript) -> Void) -> HandoverScript {
        var script = HandoverScript()
        script.steps = [.watch(true)]
        change(&script)
        return script
    }

    static let all: [String: @Sendable () -> HandoverScript] = [
        "watched": { watched { $0.play(source(), 60) } },
        "B-frames": {
            watched { script in
                var source = source()
                source.bFrames = 2
                script.play(source, 30)
            }
        },
        "odd": {
            watched { script in
                var source = source()
                (source.fps, source.gop, source.audioRate) = (25, 37, 44_100)
                script.play(source, 30)
            }
        },
        "video only": {
            watched { script in
                var source = source()
                source.hasAudio = false
                script.play(source, 30)
            }
        },
        "audio only": {
            watched { script in
                var source = source()
                source.hasVideo = false
                script.play(source, 30)
            }
        },
        "long GOPs": {
            watched { script in
                var source = source()
                source.gop = 400
                script.play(source, 40)
            }
        },
        "muxed": {
            var script = HandoverScript { $0.muxed = true }
            script.steps = [.watch(true)]
            script.play(source(), 30)
            return script
        },
        "languages": {
            watched { script in
                let source = source()
                script.steps.append(.tracks(source.tracks + [language(2, "de"), language(3, "fr")], discontinuity: false))
                for frame in source.frames(seconds: 30) {
                    script.steps.append(.frame(frame))
                    guard frame.timing.track == 1 else { continue }
                    // The third comes late.
                    for id in 2...3 as ClosedRange<UInt32> where id == 2 || frame.timing.dts > 9_000 {
                        var other = frame
                        other.timing.track = id
                        script.steps.append(.frame(other))
                    }
                }
            }
        },
        "reconnects": {
            watched { script in
                script.play(source(), 9.3)
                script.steps.append(.flush)
                script.play(source(11_000), 7, discontinuity: true)
                // Back in time, another codec configuration, and audio that is gone.
                var changed = source(2_000)
                changed.audioRate = 44_100
                script.play(changed, 8, discontinuity: true)
                changed.hasAudio = false
                changed.start = 10_000
                script.play(changed, 8, discontinuity: false)
                script.play(source(18_000), 9, discontinuity: false)
            }
        },
        "cuts": {
            watched { script in
                // Cut where a frame is shown after those that were to come, and back to where it began.
                for round in 0..<6 {
                    var source = source()
                    source.bFrames = 3
                    script.play(source, 5 + Double(round) / 30, discontinuity: round > 0)
                }
            }
        },
        "audio stops": {
            watched { script in
                script.steps.append(.tracks(source().tracks, discontinuity: false))
                script.steps += source().frames(seconds: 30).filter {
                    $0.timing.track == 0 || !(6_000..<15_000).contains($0.timing.dts)
                }.map { .frame($0) }
            }
        },
        "video stops": {
            watched { script in
                script.steps.append(.tracks(source().tracks, discontinuity: false))
                script.steps += source().frames(seconds: 30).filter {
                    $0.timing.track == 1 || !(6_000..<15_000).contains($0.timing.dts)
                }.map { .frame($0) }
            }
        },
        "ended": {
            watched { script in
                script.play(source(), 20)
                script.steps.append(.end)
                script.play(source(20_000), 1)
            }
        },
        "cold": {
            var script = HandoverScript()
            script.play(source(), 25)
            script.steps.append(.flush)
            script.play(source(26_000), 3, discontinuity: true)
            script.steps.append(.watch(true))
            script.play(source(29_000), 12)
            return script
        },
        "cold and ended": {
            var script = HandoverScript()
            script.play(source(), 15)
            script.steps += [.end, .watch(true)]
            script.play(source(15_000), 1)
            return script
        },
        "naps": {
            var script = HandoverScript {
                ($0.segmentMs, $0.windowSegments, $0.keepSegments) = (1_000, 6, 1)
            }
            for round in 0..<3 {
                script.steps.append(.watch(round != 0))
                var source = source(Double(round) * 30_000)
                source.gop = 30
                script.play(source, 12)
                script.steps.append(.watch(false))
                source.start += 12_000
                script.play(source, 18)
            }
            script.steps.append(.watch(true))
            script.play(source(90_000), 3)
            return script
        },
    ]

    static func language(_ id: UInt32, _ name: String) -> TrackDescription {
        var track = SyntheticSource.aac(rate: 48_000)
        (track.id, track.language) = (id, name)
        return track
    }
}
