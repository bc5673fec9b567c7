import CSluice
import HostMedia
import NIOCore
import SluiceJSON
import Testing

@testable import HostCore

/// What attributes say of a stream's time: sync points that each of its sinks sees, and one wall clock for a group.
@Suite struct StreamClockTests {
    private func host() throws -> TestHost {
        try TestHost("[app.live]\nopen = true\noutputs = [\"sieve\"]\nlinger_s = 1\n") { folder in
            try TestHost.installSieve(folder)
        }
    }

    private func publisher(_ host: TestHost, _ name: String) throws -> (LineClient, LiveStream) {
        let client = try host.client()
        client.send("PUBLISH live/\(name)\n")
        #expect(client.line() == "PUBLISHING")
        #expect(eventually { host.stream(name)?.snapshot.tracks != nil })
        return (client, try #require(host.stream(name)))
    }

    private func set(_ stream: LiveStream, _ attributes: [(String, String)]) throws {
        try stream.lane.loop.submit { for (key, value) in attributes { stream.setAttribute(key, value) } }.wait()
    }

    @Test func eachSinkSeesTheSyncPointsOnATrackThatIsNotForPlayers() throws {
        let host = try host()
        let (publisher, stream) = try publisher(host, "x")
        try set(
            stream,
            [
                ("sync_points.every_ms", "3600000"), ("sync_points.handler", "onMetaDataRecording"),
                ("sync_points.type", "KalturaSyncPoint"), ("sync_points.id", "x"),
            ])
        let tracks = try host.get("/api/v1/streams/live/x")["tracks"]?.arrayValue
        #expect(tracks?.compactMap { $0["codec"]?.stringValue } == ["avc1", "amfr"])
        publisher.send("FRAME 7000 1 10\nFRAME 7040 0 5\n")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN")
        // The name, an object of three members, 9 bytes of a number, and what ends it.
        let size = 3 + 19 + 1 + (2 + 10 + 3 + 16) + (2 + 2 + 3 + 3) + (2 + 9 + 9) + 3
        #expect(player.line() == "7000:10" && player.line() == "7000:\(size)" && player.line() == "7040:5")
        try set(stream, [("sync_points.every_ms", "0")])
        try set(stream, [("sync_points.every_ms", "3600000")])
        publisher.send("FRAME 7080 0 6\n")
        #expect(player.line() == "7080:6" && player.line() == "7080:\(size)", "switched on again: at once")
    }

    @Test func streamsOfAGroupShareOneWallClockUntilTheLastOneGoes() throws {
        let host = try host()
        let (one, first) = try publisher(host, "x")
        let (two, second) = try publisher(host, "y")
        try set(first, [("group", "g")])
        try set(second, [("group", "g")])
        #expect(host.server.wallBases.count == 1)
        func wall(_ stream: LiveStream) throws -> Int64 { try stream.lane.loop.submit { stream.media.latestWall }.wait() }
        one.send("FRAME 5000 1 10\n")
        #expect(eventually { (try? wall(first)) ?? 0 > 0 })
        two.send("FRAME 7000 1 10\n")
        #expect(eventually { (try? wall(second)) ?? 0 > 0 })
        #expect(try wall(second) - wall(first) == 2_000_000)
        one.hangUp()
        #expect(eventually { host.stream("x") == nil })
        #expect(host.server.wallBases.count == 1)
        two.hangUp()
        #expect(eventually { host.server.wallBases.count == 0 })
    }
}
