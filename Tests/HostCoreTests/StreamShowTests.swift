import SluiceJSON
import Testing

@testable import HostCore

/// What `sluice stream show` and the metrics tell of a stream's players, and that the API's description says the same.
@Suite struct StreamShowTests {
    private func host() throws -> TestHost {
        try TestHost("[app.live]\nopen = true\noutputs = [\"sieve\"]\n") { try TestHost.installSieve($0) }
    }

    private func publisher(_ host: TestHost) throws -> LineClient {
        let client = try host.client()
        client.send("PUBLISH live/x\n")
        #expect(client.line() == "PUBLISHING")
        client.send("FRAME 0 1 10\nFRAME 40 0 5\n")
        return client
    }

    private func players(_ host: TestHost, _ count: Int) throws -> [LineClient] {
        try (0..<count).map { _ in
            let player = try host.client()
            player.send("PLAY live/x\n")
            #expect(player.line() == "HEAD" && player.line() == "BEGIN" && player.line() == "0:10")
            return player
        }
    }

    @Test func countsPlayersBytesAndLagOfEachOutput() throws {
        let host = try host()
        let publisher = try publisher(host)
        let players = try players(host, 6)
        publisher.send("FRAME 80 0 5\n")
        for player in players { #expect(player.line() == "40:5" && player.line() == "80:5") }
        let stream = try host.get("/api/v1/streams/live/x")
        let output = try #require(stream["outputs"]?.arrayValue?.first { $0["format"] != nil })
        #expect(output["players"]?.intValue == 6 && stream["players"]?.intValue == 6)
        let threads = try #require(output["players_by_thread"]?.arrayValue).compactMap(\.intValue)
        #expect(threads.count == 2 && threads.reduce(0, +) == 6)
        let sent = try #require(output["bytes_out"]?.intValue)
        #expect(sent > 6 * 20 && stream["bytes_out"]?.intValue == sent)
        #expect(output["players_behind"]?.intValue == 0 && output["players_waiting"]?.intValue == 0)
        #expect(output["records"]?.intValue == 3 && output["bytes_dropped"]?.intValue == 0)
        #expect(output["lag_bytes"] == ["p50": 0, "p90": 0, "p99": 0, "max": 0])
        #expect(output["log_bytes"]?.intValue ?? 0 > 0)
    }

    @Test func theDescriptionHasWhatTheAnswerHas() throws {
        let host = try host()
        let publisher = try publisher(host)
        let players = try players(host, 1)
        let schemas = try #require(try host.get("/api/v1/openapi.json")["components"]?["schemas"])
        let stream = try host.get("/api/v1/streams/live/x")
        func check(_ value: JSONValue, _ schema: JSONValue?) throws {
            let members = try #require(value.objectValue)
            let described = try #require(schema?["properties"]?.objectValue)
            for (name, member) in members {
                #expect(described[name]?["type"]?.stringValue == member.typeName, "\(name) is \(member.typeName)")
            }
            for name in schema?["required"]?.arrayValue ?? [] { #expect(members[name.stringValue ?? ""] != nil, "\(name)") }
        }
        try check(stream, schemas["Stream"])
        for output in stream["outputs"]?.arrayValue ?? [] { try check(output, schemas["Output"]) }
        let logs = stream["outputs"]?.arrayValue?.filter { $0["format"] != nil } ?? []
        #expect(logs.count == 1)
        let optional = ["variant", "lag_ms"]
        for member in OpenAPI.logMembers where !optional.contains(member.name) {
            #expect(logs.first?[member.name] != nil, "\(member.name)")
        }
        withExtendedLifetime((publisher, players)) {}
    }

    @Test func metricsHaveASeriesForEachOutput() throws {
        let host = try host()
        let publisher = try publisher(host)
        let players = try players(host, 3)
        let text = host.server.metricsText()
        let label = "{app=\"live\",stream=\"x\",format="
        for name in ["sent_bytes_total", "skipped_bytes_total", "jumps_total", "cuts_total", "log_bytes", "slowest_lag_bytes"] {
            #expect(text.contains("sluice_output_\(name)\(label)"), "\(name)")
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("sluice_output_players\(label)") }
        #expect(line?.hasSuffix(" 3") == true)
        #expect(text.contains("sluice_players 3\n") && text.contains("sluice_outputs_unmeasured 0\n"))
        withExtendedLifetime((publisher, players)) {}
    }
}
