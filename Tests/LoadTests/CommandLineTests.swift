import Testing

@testable import LoadCore

@Suite struct CommandLineTests {
    static func options(_ text: String) throws -> Options? {
        guard case .load(let options) = try Invocation(text.split(separator: " ").map(String.init)) else { return nil }
        return options
    }

    @Test(
        arguments: [
            ("rtmp-publish rtmp://h/live/s%d --file x.flv", Options.Mode.publish), ("play rtmp://h/a/b", .rtmp),
            ("rtmp-play rtmp://h/a/b", .rtmp), ("http-get http://h/a.m3u8", .http), ("play http://h/a.flv", .http),
            ("play http://h/a/index.m3u8?t=1", .hls),
        ])
    func modes(text: String, mode: Options.Mode) throws { #expect(try Self.options(text)?.mode == mode) }

    @Test func defaultsFollowTheCount() throws {
        let few = try #require(try Self.options("play rtmp://h/a/b -n 50"))
        #expect(few.parseEvery == 1 && few.streams == 50 && few.target.port == 1935)
        let many = try #require(try Self.options("play rtmp://h:99/a/b -n 51 -m 2 --parse-every 7"))
        #expect(many.parseEvery == 7 && many.streams == 2 && many.target.port == 99)
    }

    @Test(
        arguments: [
            "", "sing", "play", "play ftp://h/a", "play rtmp://h/a", "play rtmp://h/a/b rtmp://h/a/b", "play rtmp://h/a/b -n",
            "play rtmp://h/a/b -n 0", "play rtmp://h/a/b -n x", "play rtmp://h/a/b --frob", "publish rtmp://h/a/b",
            "publish http://h/a --file x", "http-get rtmp://h/a/b", "play rtmp://h:port/a/b", "floor", "floor 0", "floor 80 -n 1",
            "play rtmp://h/a/b --behaviour rude", "play rtmp://h/a/b --mix healthy:0.5,stalled:0.1",
        ])
    func usage(text: String) {
        #expect(throws: UsageError.self) { try Invocation(text.split(separator: " ").map(String.init)) }
    }

    @Test func mixesAreSharedOutEvenly() throws {
        let mix = try Behaviour.mix("healthy:0.8,stalled:0.1,churn:0.1", count: 20)
        #expect(mix.filter { $0 == .healthy }.count == 16)
        #expect(mix.filter { $0 == .stalled }.count == 2)
        #expect(mix.prefix(10).filter { $0 == .churn }.count == 1)
        #expect(try Behaviour.mix("trickle", count: 2) == [.trickle, .trickle])
    }

    @Test func endpoints() throws {
        let target = try Endpoint("rtmp://h:1/live/room/s%d?token=x")
        #expect(target.app(stream: 3) == "live" && target.name(stream: 3) == "room/s3?token=x" && target.isNumbered)
        #expect(try Endpoint("http://h").path == "/")
    }

    @Test func scheduleGivesWhoIsDueFirst() {
        var schedule = Schedule()
        var random = Seeded(state: 5)
        let times = (0..<500).map { _ in UInt64.random(in: 0...1000, using: &random) }
        for (i, time) in times.enumerated() { schedule.add(.init(due: time, client: i, life: 0, reason: .work)) }
        var taken: [UInt64] = []
        while let entry = schedule.take(at: 900) { taken.append(entry.due) }
        #expect(taken == times.filter { $0 <= 900 }.sorted())
        #expect(schedule.next > 900)
    }

    @Test func churnComesAtItsRateAndEnds() {
        var churn = Churn(rate: 100, joins: 3)
        for i in 0..<2 { churn.add(i) }
        churn.begin(at: 0)
        #expect(churn.arrival(at: 0)?.client == 0)
        #expect(churn.arrival(at: 9_000_000) == nil)
        #expect(churn.arrival(at: 10_000_000)?.client == 1)
        #expect(churn.next() == .max)
        churn.left(1)
        #expect(churn.arrival(at: 50_000_000)?.client == 1)
        churn.left(0)
        churn.left(1)
        #expect(churn.isOver && churn.next() == .max)
    }

    @Test(arguments: [
        (0.0, 3, "0.000"), (-1, 3, "-1.000"), (1.0005, 3, "1.001"), (12.5, 0, "13"), (0.05, 2, "0.05"), (.infinity, 2, "0"),
    ])
    func numbers(value: Double, digits: Int, text: String) { #expect(JSONLine.fixed(value, digits) == text) }
}
