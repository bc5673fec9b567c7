import SluiceJSON
import Testing

@testable import HostConfig

@Suite struct PluginManifestTests {
    static let minimal = "id = \"x\"\nlibrary = \"libX.so\"\ninterfaces = [\"sluice.auth/1\"]\n"
    static let hash = String(repeating: "0123456789abcdef", count: 4)

    @Test func readsEveryKey() throws {
        let text = """
            id = "kaltura"
            library = "libSluiceKaltura.so"
            version = "0.1.0"
            interfaces = ["sluice.auth/1", "sluice.command/1", "acme.special-thing/12"]
            enabled = false
            isolation = "host"
            sha256 = "\(Self.hash)"
            commands = [{ name = "kaltura", summary = "partners and entries" }]

            [permissions]
            services = ["auth", "kv"]
            egress = ["https://api.example.com", "http://127.0.0.1:8080"]

            [[listen]]
            name = "sip"
            transport = "udp"
            port = 5060
            offset = 16

            [[listen]]
            name = "sips"
            transport = "tcp"
            port = 5061
            offset = 17
            tls = true

            [budgets]
            soft_ms = 5
            hard_ms = 1000

            [config]
            backend = "local"
            nested = { list = [1, 2.5, true] }
            """
        let manifest = try PluginManifest(parsing: text, file: "plugins.d/kaltura.toml")
        #expect(manifest.id == "kaltura" && manifest.library == "libSluiceKaltura.so" && manifest.version == "0.1.0")
        #expect(manifest.interfaces == ["sluice.auth/1", "sluice.command/1", "acme.special-thing/12"])
        #expect(!manifest.enabled && manifest.isolation == .host && manifest.sha256 == Self.hash)
        #expect(manifest.commands == [.init(name: "kaltura", summary: "partners and entries")])
        #expect(manifest.permissions.egress == ["https://api.example.com", "http://127.0.0.1:8080"])
        #expect(
            manifest.listen == [
                .init(name: "sip", transport: .udp, port: 5060, offset: 16, tls: false),
                .init(name: "sips", transport: .tcp, port: 5061, offset: 17, tls: true),
            ])
        #expect(manifest.budgets == .init(softMilliseconds: 5, hardMilliseconds: 1000))
        #expect(JSONValue.object(manifest.config) == ["backend": "local", "nested": ["list": [1, 2.5, true]]])
        #expect(manifest.offers("auth") && manifest.offers("command") && !manifest.offers("sink"))
    }

    @Test func aMinimalOneHasTheDefaults() throws {
        let manifest = try PluginManifest(parsing: Self.minimal, file: "m")
        #expect(manifest.enabled && manifest.isolation == .process && manifest.sha256 == nil && manifest.version == nil)
        #expect(manifest.sandbox == .bestEffort && manifest.drainSeconds == 60)
        #expect(manifest.listen.isEmpty && manifest.commands.isEmpty && manifest.config.isEmpty)
        #expect(manifest.budgets == .init(softMilliseconds: 2, hardMilliseconds: 500))
    }

    /// What can run in a process of its own does, unless its manifest says otherwise.
    @Test(arguments: [
        ("\"sluice.auth/1\", \"sluice.command/1\", \"sluice.routes/1\"", "", PluginManifest.Isolation.process),
        ("\"sluice.auth/1\"", "isolation = \"host\"\n", .host), ("\"sluice.sink/1\"", "", .process),
        ("\"sluice.sink/1\", \"sluice.handover/1\"", "isolation = \"host\"\n", .host), ("\"sluice.protocol/1\"", "", .process),
        ("\"sluice.transform/0\", \"sluice.source/0\"", "", .process),
        ("\"sluice.protocol/1\", \"acme.thing/0\"", "", .host), ("\"acme.thing/0\"", "", .host),
    ])
    func isolationFollowsTheInterfaces(interfaces: String, more: String, isolation: PluginManifest.Isolation) throws {
        let text = "id = \"x\"\nlibrary = \"libX.so\"\ninterfaces = [\(interfaces)]\n\(more)"
        #expect(try PluginManifest(parsing: text, file: "m").isolation == isolation)
    }

    @Test func whatALiveGenerationCanTake() throws {
        let before = try PluginManifest(parsing: Self.minimal + "[config]\na = 1\n", file: "m")
        let other = try PluginManifest(parsing: Self.minimal + "# more\n[config]\na = 2\n", file: "m")
        #expect(other.differsOnlyInConfig(from: before))
        let budgets = try PluginManifest(parsing: Self.minimal + "[budgets]\nsoft_ms = 3\n[config]\na = 1\n", file: "m")
        #expect(!budgets.differsOnlyInConfig(from: before))
    }

    @Test(arguments: [
        ("sluice.log/1", true), ("sluice.task/3", true), ("sluice.kv/0", true), ("sluice.stream/1", false),
        ("sluice.auth/1", true),
        ("kv", false), ("sluice.kv", false), ("", false), ("sluice./0", false),
    ])
    func grantsWhatIsListedAndWhatEverybodyHas(id: String, granted: Bool) throws {
        let text = Self.minimal + "[permissions]\nservices = [\"kv\", \"auth\"]"
        #expect(try PluginManifest(parsing: text, file: "m").permissions.grants(id) == granted)
    }

    /// Each text, most behind a good beginning of three lines, has exactly these errors.
    static let refused: [(text: String, errors: [String])] = [
        (
            "",
            [
                #"m: the file needs "id", for example id = "example""#,
                #"m: the file needs "library", for example library = "libExample.so""#,
                #"m: the file needs "interfaces", for example interfaces = ["sluice.auth/1"]"#,
            ]
        ),
        (
            "id = \"Big\"\nlibrary = \"l\"\ninterfaces = [\"sluice.auth\", \"auth/0\", \"sluice.auth/x\"]",
            [
                #"m:1:6: the file id: expected 1 to 32 of a-z, 0-9 and -, found "Big""#,
                #"m:3:15: the file interfaces: expected an array of interface ids like "sluice.auth/1", found "sluice.auth""#,
                #"m:3:30: the file interfaces: expected an array of interface ids like "sluice.auth/1", found "auth/0""#,
                #"m:3:40: the file interfaces: expected an array of interface ids like "sluice.auth/1", found "sluice.auth/x""#,
            ]
        ),
        ("id = \"serve\"\nlibrary = \"l\"\ninterfaces = []", [#"m:1:6: the id "serve" is a word of the host's own"#]),
        (minimal + "libary = \"y\"", [#"m:4:1: unknown key "libary" in the file; did you mean "library"?"#]),
        (minimal + "reload = \"drain\"", [#"m:4:10: the file reload: expected a table, found "drain""#]),
        (
            minimal + "sandbox = \"best\"",
            [
                #"m:4:11: the file sandbox: expected one of "required", "best-effort", found "best""#
            ]
        ),
        (
            minimal + "isolation = \"hsot\"",
            [
                #"m:4:13: the file isolation: expected one of "host", "process", found "hsot"; did you mean "host"?"#
            ]
        ),
        (minimal + "sha256 = \"ABC\"", [#"m:4:10: the file sha256: expected 64 lower-case hexadecimal digits, found "ABC""#]),
        (minimal + "enabled = \"yes\"", [#"m:4:11: the file enabled: expected true or false, found "yes""#]),
        (
            minimal + "[permissions]\nservices = [\"steam\", \"log\", \"what\"]\negres = []",
            [
                #"m:5:13: [permissions] services: no service "steam"; did you mean "stream"?"#,
                #"m:5:22: [permissions] services: "log" is every plugin's; leave it out"#,
                #"m:5:29: [permissions] services: no service "what""#,
                #"m:6:1: unknown key "egres" in [permissions]; did you mean "egress"?"#,
            ]
        ),
        (
            minimal + "[permissions]\nconnect = [27017, 0]",
            ["m:5:11: [permissions] connect: expected an array of at most sixteen different TCP ports, found an array"]
        ),
        (
            minimal + "[permissions]\nadmin = [\"diagnostics\", \"metrics\"]",
            [
                #"m:5:25: [permissions] admin: expected an array of names like "diagnostics", none of the host's own, found "metrics""#
            ]
        ),
        (
            minimal + "[permissions]\negress = [\"api.example.com\", \"https://a/b\"]",
            [
                #"m:5:11: [permissions] egress: expected an array of origins like "https://api.example.com", found "api.example.com""#,
                #"m:5:30: [permissions] egress: expected an array of origins like "https://api.example.com", found "https://a/b""#,
            ]
        ),
        (
            minimal + "[[listen]]\nname = \"a\"\ntransport = \"tpc\"\nport = 0\n[[listen]]\nname = \"b\"\noffst = 1",
            [
                #"m:4:3: [[listen]] 1 needs "offset", for example offset = 16"#,
                #"m:6:13: [[listen]] 1 transport: expected one of "tcp", "udp", found "tpc"; did you mean "tcp"?"#,
                "m:7:8: [[listen]] 1 port: expected an integer from 1 to 65535, found 0",
                #"m:8:3: [[listen]] 2 needs "transport", for example transport = "tcp""#,
                #"m:8:3: [[listen]] 2 needs "port", for example port = 1935"#,
                #"m:8:3: [[listen]] 2 needs "offset", for example offset = 16"#,
                #"m:10:1: unknown key "offst" in [[listen]] 2; did you mean "offset"?"#,
            ]
        ),
        (
            minimal + "[[listen]]\nname = \"a\"\ntransport = \"udp\"\nport = 1\noffset = 1\ntls = true",
            [
                "m:9:7: [[listen]] 1 tls: only over tcp"
            ]
        ),
        (minimal + "[listen]\nname = \"a\"", ["m:4:2: the file listen: expected an array of tables, found a table"]),
        (minimal + "[budgets]\nsoft_ms = 100\nhard_ms = 50", ["m:4:2: [budgets] hard_ms (50) is less than soft_ms (100)"]),
        (
            minimal + "commands = [{ name = \"serve\" }, { nam = \"x\" }]",
            [
                #"m:4:12: the command "serve" needs the interface "sluice.command/1""#,
                #"m:4:22: the command "serve" is a word of the host's own"#,
                #"m:4:33: [[commands]] 2 needs "name", for example name = "example""#,
                #"m:4:35: unknown key "nam" in [[commands]] 2; did you mean "name"?"#,
            ]
        ),
    ]

    @Test(arguments: refused) func tellsEveryErrorWithItsPlace(text: String, errors: [String]) {
        do throws(ConfigurationErrors) {
            _ = try PluginManifest(parsing: text, file: "m")
            Issue.record("accepted")
        } catch {
            #expect(error.errors.map(\.description) == errors)
        }
    }
}
