import CSluice
import Glibc
import SluiceJSON
import Testing

@testable import HostCore

/// Good plugins, bad plugins, one host that serves on.
@Suite struct PluginStatesTests {
    private func install(_ folder: TestFolder, _ name: String, kind: Int, more: String = "") throws {
        try TestHost.install(
            folder, name, FixturePlugin.library("broken", kind: kind), id: "broken", interfaces: ["selftest", "observer"],
            more: more)
    }

    private func outcome(_ kind: Int) throws -> (PluginState, String)? {
        let host = try TestHost(overrides: []) { try install($0, "broken", kind: kind) }
        return host.server.registry.record("broken").map { ($0.state, $0.reason) }
    }

    @Test(arguments: [
        (0, PluginState.active, ""), (2, .rejected, "the library was built for ABI 2, this host has 1"),
        (3, .rejected, "the library refused this host: this host is too old for me"),
        (4, .rejected, "the manifest's id is 'broken', the library says 'other'"),
        (5, .rejected, "the manifest names the interface sluice.observer/1, the library does not offer it"),
        (6, .rejected, "the manifest names the interface sluice.observer/1, the library does not offer it"),
        (7, .failed, "create: there is no table for me"), (8, .failed, "self-test: two and two are five"),
        (9, .failed, "configure: not with this"),
        (10, .failed, "activate: too tired"), (13, .failed, "create: status 0"),
    ])
    func eachEndsWithItsReason(kind: Int, state: PluginState, reason: String) throws {
        let found = try #require(try outcome(kind))
        #expect(found.0 == state && found.1 == reason)
    }

    @Test func goodAndBadSideBySide() throws {
        let configuration =
            "[app.live]\nauth = [\"gate\"]\noutputs = [\"sieve\"]\n[app.free]\nopen = true\noutputs = [\"sieve\"]\n"
        let host = try TestHost(configuration) { folder in
            try TestHost.installGate(folder)
            try TestHost.installSieve(folder)
            try install(folder, "a-broken", kind: 8)
            try TestHost.install(
                folder, "no-entry", FixturePlugin.library("broken", kind: 1), id: "no-entry", interfaces: ["auth"])
            try TestHost.install(folder, "no-elf", Array("nothing".utf8), id: "no-elf", interfaces: ["auth"])
            try TestHost.install(folder, "twice", FixturePlugin.library("gate"), id: "gate", interfaces: ["auth"])
            try TestHost.install(
                folder, "off", FixturePlugin.library("gate"), id: "off", interfaces: ["auth"], more: "enabled = false\n")
            try folder.write("plugins.d/unreadable.toml", "id = ")
            try folder.write("plugins.d/lonely.so", FixturePlugin.library("gate"))
            // A lonely library of the name of a plugin that is there.
            try folder.write("plugins.d/sieve2.so", FixturePlugin.library("sieve"))
            let open = try folder.write(
                "plugins.d/open.toml", "id = \"open\"\nlibrary = \"gate.so\"\ninterfaces = [\"sluice.auth/1\"]\n")
            chmod(open, 0o666)
        }
        let states = host.server.registry.records.map { "\($0.id) \($0.state.rawValue)" }
        #expect(
            Set(states) == [
                "gate ACTIVE", "sieve ACTIVE", "broken FAILED", "no-entry REJECTED", "no-elf REJECTED", "off DISABLED",
                "unreadable REJECTED",
                "lonely DISCOVERED", "sieve2 DISCOVERED", "open REJECTED", "twice REJECTED",
            ])
        for record in host.server.registry.records where record.state == .rejected || record.state == .failed {
            #expect(!record.reason.isEmpty)
        }
        let listed = try host.get("/api/v1/plugins")["plugins"]?.arrayValue ?? []
        #expect(listed.count == states.count)
        let gate = try #require(listed.first { $0["id"]?.stringValue == "gate" && $0["state"]?.stringValue == "ACTIVE" })
        #expect(gate["sha256"]?.stringValue?.utf8.count == 64 && gate["budgets"]?["soft_overruns"]?.intValue != nil)
        let client = try host.client()
        client.send("PUBLISH live/x?key=open\n")
        #expect(client.line() == "PUBLISHING")
        #expect(try Files.list(host.folder.file("data/staged")).isEmpty, "no copy stays behind")
    }

    @Test func aLonelyLibraryDoesNotStandForAPlugin() throws {
        let host = try TestHost(overrides: []) { folder in
            try TestHost.installGate(folder)
            rename(folder.file("plugins.d/gate.so"), folder.file("plugins.d/real.so"))
            let manifest =
                "id = \"gate\"\nlibrary = \"real.so\"\ninterfaces = [\"sluice.auth/1\", \"sluice.command/1\"]\n[permissions]\nservices = [\"auth\"]\n"
            try folder.write("plugins.d/gate.toml", manifest)
            try folder.write("plugins.d/gate.so", FixturePlugin.library("gate"))
        }
        #expect(host.server.registry.records.map { "\($0.id) \($0.state.rawValue)" } == ["gate DISCOVERED", "gate ACTIVE"])
        #expect(try host.get("/api/v1/plugins/gate")["state"]?.stringValue == "ACTIVE")
    }

    @Test func theListenerOfABrokenPluginStopsNobody() throws {
        let host = try TestHost("[app.live]\nopen = true\noutputs = [\"sieve\"]\n") { folder in
            try TestHost.installSieve(folder)
            try folder.write("plugins.d/sieve.so", FixturePlugin.library("gate"))
        }
        #expect(host.server.registry.record("sieve")?.state == .rejected)
        #expect(host.server.port("sieve") == nil)
        #expect(try host.get("/api/v1/plugins")["plugins"]?.arrayValue?.count == 1)
        let unreadable = try TestHost { try $0.write("plugins.d/sieve.toml", "id = ") }
        #expect(try unreadable.get("/api/v1/streams")["streams"]?.arrayValue?.isEmpty == true)
    }

    @Test func aListenerThatNobodyHasIsTold() throws {
        #expect(throws: StartFailure.self) { try TestHost(overrides: ["sive"]) { try TestHost.installSieve($0) } }
    }

    @Test func everyRouteOfTheAdminAPIIsDescribed() throws {
        let host = try TestHost(overrides: []) { _ in }
        let described = Set(OpenAPI.operations.map { "\($0.method.uppercased()) \($0.path)" })
        let registered = Set(
            host.server.admin.routes.routes.filter { $0.owner == "sluice" }.flatMap { route in
                route.methods.map { "\($0.rawValue) \(route.pattern)" }
            })
        #expect(described == registered)
        let document = try host.get("/api/v1/openapi.json")
        let paths = try #require(document["paths"]?.objectValue)
        #expect(Set(paths.keys) == Set(OpenAPI.operations.map(\.path)))
        let stream = try #require(paths["/api/v1/streams/{app}/{stream}"])
        #expect(stream["get"]?["parameters"]?.arrayValue?.count == 2 && stream["delete"] != nil)
        #expect(document["openapi"]?.stringValue == "3.1.0")
    }

    @Test func servicesAreGrantedByTheManifest() throws {
        let host = try TestHost(overrides: []) { folder in
            try TestHost.install(folder, "gate", FixturePlugin.library("gate"), id: "gate", interfaces: ["auth", "command"])
        }
        let record = try #require(host.server.registry.record("gate"))
        #expect(record.state == .failed && record.reason == "create: the manifest has to grant the service auth")
    }
}
