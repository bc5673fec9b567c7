import HostConfig
import Testing

@Suite("What differs between two readings of the configuration")
struct ConfigurationChangeTests {
    static let live = "[app.live]\nopen = true\noutputs = [\"rtmp\"]\n"
    static let other = "[app.other]\nopen = true\noutputs = [\"rtmp\"]\n"

    static func read(_ text: String) throws -> ServerConfiguration { try ServerConfiguration(parsing: text, file: "sluice.toml") }

    struct Case: Sendable {
        var before = ConfigurationChangeTests.live
        var after: String
        var change: ConfigurationChange
    }

    static func change(_ body: (inout ConfigurationChange) -> Void) -> ConfigurationChange {
        var change = ConfigurationChange()
        body(&change)
        return change
    }

    static let cases: [Case] = [
        Case(after: live, change: ConfigurationChange()),
        Case(after: "# a comment\n\n" + live, change: ConfigurationChange()),
        Case(after: live + "linger_s = 10\n", change: ConfigurationChange()),
        Case(after: live + "linger_s = 11\n", change: change { $0.changed = ["live"] }),
        Case(
            after: live + "[app.live.hls]\nparts = 3\n",
            change: change {
                $0.changed = ["live"]
                $0.plugins = ["hls": ["live"]]
            }),
        Case(
            before: live + "[app.live.hls]\nparts = 3\n[app.live.kaltura]\na = 1\n" + other,
            after: live + "[app.live.hls]\nparts = 4\n[app.live.kaltura]\na = 1\n" + other + "[app.other.hls]\nparts = 3\n",
            change: change {
                $0.changed = ["live", "other"]
                $0.plugins = ["hls": ["live", "other"]]
            }),
        Case(
            before: live + "[app.live.hls]\nparts = 3\n", after: other + "[app.other.kaltura]\na = 1\n",
            change: change {
                $0.added = ["other"]
                $0.removed = ["live"]
                $0.plugins = ["hls": ["live"], "kaltura": ["other"]]
            }),
        Case(after: live + other, change: change { $0.added = ["other"] }),
        Case(before: live + other, after: other, change: change { $0.removed = ["live"] }),
        Case(after: "[host]\nlog_level = \"debug\"\n" + live, change: change { $0.applied = ["host.log_level"] }),
        Case(after: "[host]\ndrain_s = 3\n" + live, change: change { $0.applied = ["host.drain_s"] }),
        Case(after: "[host]\nthreads = 3\n" + live, change: change { $0.needsRestart = ["host.threads"] }),
        Case(after: "[host]\nplugins = \"p\"\n" + live, change: change { $0.needsRestart = ["host.plugins"] }),
        Case(after: "[listen.http]\nport = 81\n" + live, change: change { $0.needsRestart = ["listen.http"] }),
        Case(
            after: "[tls]\ncertificate = \"c\"\nkey = \"k\"\n" + live,
            change: change { $0.needsRestart = ["tls.certificate", "tls.key"] }),
        Case(
            after: "[limits]\nstreams = 3\nheld_requests = 4\n" + live,
            change: change {
                $0.applied = ["limits.streams"]
                $0.needsRestart = ["limits.held_requests"]
            }),
    ]

    @Test("Apps by name, settings by path, and what waits", arguments: cases)
    func differences(_ one: Case) throws {
        let (_, change) = try Self.read(one.before).taking(try Self.read(one.after))
        #expect(change == one.change)
    }

    @Test("What needs a restart stays as it is, and is said each time")
    func notHalfApplied() throws {
        let text = """
            [host]
            threads = 3
            plugins = "elsewhere"
            drain_s = 2
            [tls]
            certificate = "c"
            key = "k"
            [listen.http]
            port = 81
            [limits]
            held_requests = 4
            streams = 5

            """
        let before = try Self.read(Self.live)
        let next = try Self.read(text + Self.live)
        let (inForce, change) = before.taking(next)
        #expect(inForce.threads == before.threads)
        #expect(inForce.pluginsFolder == before.pluginsFolder)
        #expect(inForce.tls == nil)
        #expect(inForce.listen == before.listen)
        #expect(inForce.limits.heldRequests == before.limits.heldRequests)
        #expect(inForce.limits.streams == 5)
        #expect(inForce.drainMilliseconds == 2_000)
        let again = inForce.taking(next).change
        #expect(again.needsRestart == change.needsRestart)
        #expect(again.applied.isEmpty)
    }
}
