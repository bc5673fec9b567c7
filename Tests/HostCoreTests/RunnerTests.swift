import Glibc
import HostConfig
import Testing

@testable import HostCore

/// A plugin's command with and without a server.
@Suite struct RunnerTests {
    private func run(_ arguments: String...) throws -> Int32 {
        let folder = try TestFolder()
        _ = try folder.folder("plugins.d")
        try TestHost.installGate(folder)
        return PluginRunner.run(
            manifestFile: folder.file("plugins.d/gate.toml"), dataFolder: folder.file("data"),
            configuration: ServerConfiguration(file: folder.file("sluice.toml")), arguments: arguments)
    }

    @Test func exitCodesAreTheCommands() throws {
        #expect(try run("say", "a", "b") == 0)
        #expect(try run() == 2)
        #expect(try run("fail") == 1)
    }

    @Test func aPluginThatCannotBeLoadedIsAFailure() throws {
        let folder = try TestFolder()
        #expect(
            PluginRunner.run(
                manifestFile: folder.file("none.toml"), dataFolder: folder.file("data"),
                configuration: ServerConfiguration(file: folder.file("sluice.toml")), arguments: []) == 1)
    }

    @Test func commandsInTheLiveServer() throws {
        let host = try TestHost(overrides: []) { try TestHost.installGate($0) }
        let client = try LineClient(port: host.server.port("admin") ?? 0)
        let body = "{\"argv\":[\"say\",\"hello\",\"world\"]}"
        client.send(
            "POST /api/v1/plugins/gate/command HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TestHost.token)\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        let answer = client.rest()
        #expect(answer.contains("\"exit\":0") && answer.contains("\"stdout\":\"hello\\nworld\\n\""), "\(answer)")
        #expect(eventually { host.server.registry.record("gate")?.generation?.leases.commands.load(ordering: .relaxed) == 0 })
    }
}
