import Formats
import Testing

@testable import HLSCore

/// A stream that nobody watches keeps what its first viewer needs; what a playlist listed stays to be had.
@Suite struct IdleWindowTests {
    private func listed(_ packager: inout HLSPackager) -> [String] {
        guard case .ready(let response) = packager.request("video.m3u8", nowMs: 0) else { return [] }
        let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func unwatchedWatchedAndUnwatchedAgain() throws {
        var packager = HLSPackager()
        let source = SyntheticSource(sizes: (4_000, 400))
        try packager.tracks(source.tracks, discontinuity: false)
        var shown: [String] = []
        var complete = 0
        for frame in source.frames(seconds: 240) {
            packager.feed(frame)
            let video = packager.renditions[0]
            guard Int(video.lastSequence) + 1 > complete else { continue }
            complete = Int(video.lastSequence) + 1
            switch complete {
            case 4..<20:
                #expect(video.segments.count <= 3, "\(video.segments.count) segments held after \(complete), nobody watches")
            case 20..<60:
                let names = listed(&packager)
                #expect(names.count >= 3 && names.count <= 10)
                if complete == 59 { #expect(names.count == 10) }
                if complete == 40 { shown = names }
                if complete <= 60, complete >= 40 {
                    for name in shown {
                        guard case .ready(let response) = packager.request(name, nowMs: 0) else {
                            Issue.record("\(name) was listed and is gone after \(complete)")
                            continue
                        }
                        #expect(!response.body.isEmpty)
                    }
                }
            case 92...: #expect(video.segments.count <= 3, "\(video.segments.count) held though nobody asks since segment 59")
            default: break
            }
        }
        #expect(complete > 100 && shown.count == 10)
    }

    @Test func aWindowThatWasAskedForIsKept() throws {
        var configuration = HLSConfiguration()
        configuration.windowSegments = 12
        configuration.idleSegments = 12
        var packager = HLSPackager(configuration: configuration)
        let source = SyntheticSource(sizes: (4_000, 400))
        try packager.tracks(source.tracks, discontinuity: false)
        for frame in source.frames(seconds: 60) { packager.feed(frame) }
        #expect(listed(&packager).count == 12)
    }
}
