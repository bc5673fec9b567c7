import SluiceJSON
import Testing

@testable import HostConfig

@Suite struct ServerConfigurationTests {
    /// DESIGN's example, without what this version refuses.
    static let example = """
        [host]
        plugins = "plugins.d"                 # relative to this file
        threads = 0                           # I/O threads; 0 = one per CPU of the affinity mask

        [tls]                                 # reread on SIGHUP
        certificate = "server.pem"
        key         = "/etc/server.key"

        [listen.rtmp]                         # overrides what the plugin's manifest names
        address = "0.0.0.0"
        port    = 1935

        [app.kLive]
        auth    = ["kaltura"]                 # chain, in order; plugin ids
        outputs = ["rtmp", "http-flv", "hls"]
        latency = "low"                       # or "dense"

        [app.live]
        open    = true                        # no authentication: must be said
        outputs = ["rtmp", "http-flv", "hls"]
        """

    @Test func readsTheExample() throws {
        let configuration = try ServerConfiguration(parsing: Self.example, file: "/srv/sluice/sluice.toml")
        #expect(configuration.pluginsFolder == "/srv/sluice/plugins.d")
        #expect(configuration.tls == .init(certificate: "/srv/sluice/server.pem", key: "/etc/server.key"))
        #expect(configuration.listen["rtmp"]?.port == 1935)
        #expect(configuration.apps.map(\.name) == ["kLive", "live"])
        let kaltura = try #require(configuration.app("kLive"))
        #expect(kaltura.auth == [AuthChainEntry(plugin: "kaltura", onFailure: .closed, deadlineMilliseconds: 10_000)])
        #expect(kaltura.outputs == ["rtmp", "http-flv", "hls"])
        #expect(!kaltura.isOpen)
        let live = try #require(configuration.app("live"))
        #expect(live.isOpen && live.auth.isEmpty && live.latency == .low && live.duplicate == .stalled)
        #expect(
            (live.stallMilliseconds, live.lingerMilliseconds, live.waitMilliseconds, live.viewers) == (5_000, 10_000, 10_000, 0))
    }

    @Test func readsEveryKey() throws {
        let text = """
            [host]
            plugins = "/etc/sluice/plugins.d"
            threads = 4
            require_hash = true
            log_level = "debug"
            [auth]
            deadline_ms = 3000
            cache_entries = 5
            [limits]
            handshake_ms = 5_000
            message_bytes = 0x100000
            [listen.admin]
            enabled = false
            tls = true
            [app."my live"]
            auth = ["token", { plugin = "kaltura", on_failure = "stale:30s", deadline_ms = 8000 }, { plugin = "x", on_failure = "open" }]
            outputs = []
            latency = "dense"
            duplicate = "takeover"
            stall_s = 2.5
            linger_s = 180
            wait_s = 0
            viewers = 100
            play_header = "X-From: edge: 7 "
            [app."my live".hls]
            segment_ms = 4000
            """
        let configuration = try ServerConfiguration(parsing: text, file: "sluice.toml")
        #expect(configuration.pluginsFolder == "/etc/sluice/plugins.d")
        #expect(configuration.threads == 4 && configuration.requireHash && configuration.logLevel == .debug)
        #expect(configuration.authCacheEntries == 5)
        #expect(configuration.limits.handshakeMilliseconds == 5_000 && configuration.limits.messageBytes == 1 << 20)
        #expect(configuration.listen["admin"] == .init(address: nil, port: nil, enabled: false, tls: true))
        let app = try #require(configuration.apps.first)
        #expect(
            app.auth == [
                AuthChainEntry(plugin: "token", deadlineMilliseconds: 3000),
                AuthChainEntry(plugin: "kaltura", onFailure: .stale(seconds: 30), deadlineMilliseconds: 8000),
                AuthChainEntry(plugin: "x", onFailure: .open, deadlineMilliseconds: 3000),
            ])
        #expect(app.latency == .dense && app.duplicate == .takeover && app.viewers == 100)
        #expect((app.stallMilliseconds, app.lingerMilliseconds, app.waitMilliseconds) == (2_500, 180_000, 0))
        #expect(configuration.pluginTables(of: app) == ["hls"])
        let header = try #require(app.playHeader)
        #expect(header.name == "x-from" && header.isMet(by: ["x", "edge: 7"]) && header.description == "x-from: (secret)")
        for other in [[], ["edge: 8"], ["edge: 7 "], ["Edge: 7"], [""]] as [[String]] { #expect(!header.isMet(by: other)) }
        for text in ["", "x", ": y", "x:", "x: ", "a b: c", "x: \u{1}", "x: " + String(repeating: "y", count: 1_022)] {
            #expect(PlayHeader(text) == nil, "\(text)")
        }
    }

    @Test func anEmptyFileIsAllDefaults() throws {
        #expect(try ServerConfiguration(parsing: "", file: "sluice.toml") == ServerConfiguration(file: "sluice.toml"))
    }

    /// Each text has exactly these errors, as they are printed.
    static let refused: [(text: String, errors: [String])] = [
        ("[host]\nthreds = 2\n", [#"f:2:1: unknown key "threds" in [host]; did you mean "threads"?"#]),
        ("[hots]\n", [#"f:1:2: unknown key "hots" in the file; did you mean "host"?"#]),
        ("zzz = 1\n", [#"f:1:1: unknown key "zzz" in the file"#]),
        ("host.log_levle = \"info\"", [#"f:1:6: unknown key "log_levle" in [host]; did you mean "log_level"?"#]),
        ("host = { threads = 1, plugin = \"x\" }", [#"f:1:23: unknown key "plugin" in [host]; did you mean "plugins"?"#]),
        (
            "[host]\n\"require hash\" = true\nthreads = -1",
            [
                #"f:2:1: unknown key "require hash" in [host]; did you mean "require_hash"?"#,
                "f:3:11: [host] threads: expected an integer from 0 to 256, found -1",
            ]
        ),
        ("[host]\nthreads = 1.0", ["f:2:11: [host] threads: expected an integer from 0 to 256, found 1.0"]),
        ("[host]\nplugins = \"\"", [#"f:2:11: [host] plugins: expected a text that is not empty, found """#]),
        ("host = 3", ["f:1:8: the file host: expected a table, found 3"]),
        (
            "[host]\nlog_level = \"inof\"",
            [
                #"f:2:13: [host] log_level: expected one of "trace", "debug", "info", "notice", "warning", "error", "critical", "#
                    + #"found "inof"; did you mean "info"?"#
            ]
        ),
        ("[tls]\nkey = \"k\"", [#"f:1:2: [tls] needs "certificate", for example certificate = "server.pem""#]),
        (
            "[listen.rtmp]\nport = 70000\nadress = \"::\"",
            [
                "f:2:8: [listen.rtmp] port: expected an integer from 0 to 65535, found 70000",
                #"f:3:1: unknown key "adress" in [listen.rtmp]; did you mean "address"?"#,
            ]
        ),
        (
            "[limits]\nhandshake = 1\nmessage_bytes = 1",
            [
                #"f:2:1: unknown key "handshake" in [limits]; did you mean "handshake_ms"?"#,
                "f:3:17: [limits] message_bytes: expected an integer from 65536 to 1073741824, found 1",
            ]
        ),
        ("[limits]\nhandshake_s = 1", [#"f:2:1: unknown key "handshake_s" in [limits]; did you mean "handshake_ms"?"#]),
        ("[auth]\ndeadline_ms = 10", ["f:2:15: [auth] deadline_ms: expected an integer from 100 to 60000, found 10"]),
        (
            "[app.live]\noutputs = []",
            [
                #"f:1:6: [app.live] has no authentication: name a chain (auth = ["PLUGIN"]) or say open = true"#
            ]
        ),
        (
            "[app.live]\noutputs = []\nauth = []\nopen = false",
            [
                #"f:1:6: [app.live] has no authentication: name a chain (auth = ["PLUGIN"]) or say open = true"#
            ]
        ),
        (
            "[app.live]\noutputs = []\nopen = true\nauth = [\"kaltura\"]",
            [
                "f:3:8: [app.live] has both open = true and auth: it is open or it asks, not both"
            ]
        ),
        (
            "[app.live]\nopen = true",
            [
                #"f:1:6: [app.live] needs "outputs", for example outputs = ["rtmp", "http-flv", "hls"]"#
            ]
        ),
        (
            "[app.live]\nopne = true\noutputs = []",
            [
                #"f:1:6: [app.live] has no authentication: name a chain (auth = ["PLUGIN"]) or say open = true"#,
                #"f:2:1: unknown key "opne" in [app.live]; did you mean "open"?"#,
            ]
        ),
        (
            "[app.live]\nopen = true\noutputs = [\"rtmp\", 7, \"RTMP\", \"rtmp\"]",
            [
                "f:3:20: [app.live] outputs: expected an array of plugin ids, found 7",
                #"f:3:23: [app.live] outputs: expected an array of plugin ids, found "RTMP""#,
                #"f:3:31: [app.live] outputs: "rtmp" twice"#,
            ]
        ),
        (
            "[app.live]\noutputs = []\nauth = [\n  \"a\",\n  # why\n  { plugn = \"b\" },\n  \"a\", 3]",
            [
                #"f:6:3: [[app.live.auth]] 2 needs "plugin", for example plugin = "kaltura""#,
                #"f:6:5: unknown key "plugn" in [[app.live.auth]] 2; did you mean "plugin"?"#,
                #"f:7:3: [app.live] auth: "a" twice"#,
                #"f:7:8: [app.live] auth: expected a plugin id or a table with "plugin", found 3"#,
            ]
        ),
        (
            "[app.live]\noutputs = []\nauth = [{ plugin = \"a\", on_failure = \"stale:1h\", deadline_ms = 0 }]",
            [
                #"f:3:38: [[app.live.auth]] 1 on_failure: expected "closed", "open" or "stale:30s", found "stale:1h""#,
                "f:3:64: [[app.live.auth]] 1 deadline_ms: expected an integer from 100 to 60000, found 0",
            ]
        ),
        (
            "[app.live]\noutputs = []\nopen = true\nstall_s = \"5\"\nlinger_s = 1e9",
            [
                #"f:4:11: [app.live] stall_s: expected a number of seconds from 1 to 3600, found "5""#,
                "f:5:12: [app.live] linger_s: expected a number of seconds from 0 to 86400, found 1000000000.0",
            ]
        ),
        ("[app.\"a/b\"]\nopen = true\noutputs = []", [#"f:1:6: app "a/b": a name is one path part, without /"#]),
        ("[app.\"..\"]\nopen = true\noutputs = []", [#"f:1:6: app "..": a name of dots"#]),
        (
            "[app.live]\nopen = 2026-11-21\noutputs = []",
            [
                "f:2:8: app.live.open: dates and times are not used here; write a text in quotes"
            ]
        ),
        ("[host]\nthreads = inf", ["f:2:11: host.threads: infinities and NaN are not used here"]),
        ("[host]\nplugins = \"a\\u0000b\"", ["f:2:11: NUL cannot be part of a text"]),
        ("[app]\nlive = 1", ["f:2:8: [app] live: expected a table, found 1"]),
    ]

    @Test(arguments: refused) func tellsEveryErrorWithItsPlace(text: String, errors: [String]) {
        do throws(ConfigurationErrors) {
            _ = try ServerConfiguration(parsing: text, file: "f")
            Issue.record("accepted")
        } catch {
            #expect(error.errors.map(\.description) == errors)
        }
    }

    @Test(arguments: [("[host\n", 1), ("[host]\nthreads = \n", 2), ("a = 1\na = 2", 2), ("x = \"", 1)])
    func tellsTheLineOfASyntaxError(text: String, line: Int) throws {
        do throws(ConfigurationErrors) {
            _ = try ServerConfiguration(parsing: text, file: "f")
            Issue.record("accepted")
        } catch {
            #expect(error.errors.count == 1)
            #expect(error.errors.first?.position?.line == line)
        }
    }

    @Test func nestingIsBounded() {
        for text in ["x=" + String(repeating: "[", count: 100_000), "x=" + String(repeating: "{a=", count: 100_000)] {
            #expect(throws: ConfigurationErrors.self) { try ServerConfiguration(parsing: text, file: "f") }
        }
    }

    @Test func countsColumnsInCharactersAndLivesWithOtherEditors() {
        let text = "\u{FEFF}# né\r\n[host]\r\n  \"é\" = 1\r\n"
        do throws(ConfigurationErrors) {
            _ = try ServerConfiguration(parsing: text, file: "f")
            Issue.record("accepted")
        } catch {
            #expect(error.description == #"f:3:3: unknown key "é" in [host]"#)
        }
    }

    @Test func reportsEachLimitWithItsOrigin() throws {
        let configuration = try ServerConfiguration(parsing: "[limits]\nmessage_bytes = 1_000_000", file: "f")
        let report = configuration.report
        #expect(
            report.first { $0.path == ["limits", "message_bytes"] }
                == SettingReport(
                    path: ["limits", "message_bytes"], value: "1000000", unit: "bytes", defaultValue: "8388608", origin: "f:2:1",
                    summary: "one message of a protocol"))
        #expect(report.first { $0.path == ["limits", "handshake_ms"] }?.origin == nil)
        #expect(report.filter { $0.path.parts.first == .key("limits") }.count == LimitDefinition.all.count)
    }

    @Test func limitsHaveOneKeyEachWithADefaultInRange() {
        #expect(Set(LimitDefinition.all.map(\.key)).count == LimitDefinition.all.count)
        for definition in LimitDefinition.all { #expect(definition.range.contains(definition.defaultValue), "\(definition.key)") }
    }
}
