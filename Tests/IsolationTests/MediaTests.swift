import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// A sink in a process of its own: what goes down comes back, in order; its death is nobody else's.
@Suite struct MediaTests {
    @Test func framesGoDownAndRecordsComeBack() throws {
        let media = try HostedMedia()
        let sink = try #require(media.open())
        sink.tracks(2)
        #expect(sink.frames(["K-one", "two"]) == SLUICE_OK && sink.frames(["three"]) == SLUICE_OK)
        sink.publisher(SLUICE_SINK_PUBLISHER_LOST)
        #expect(sink.eventually("lost;"))
        #expect(sink.appended == ["tracks 2 flags 0 last 1/300;", "K0:K-one", "F1:two", "F2:three", "lost;"])
        #expect(media.host.told.withLock { $0.prefixes[sink.log] } == "prefix;")
        #expect(media.host.told.withLock { $0.attributes[sink.handle] } == ["opened": "yes"])
        sink.close()
        #expect(media.module.figures.restarts == 0)
    }
}
