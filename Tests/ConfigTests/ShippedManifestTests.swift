import Testing

@testable import HostConfig

@Suite struct ShippedManifestTests {
    static let folder = FilePaths.join(FilePaths.folder(of: FilePaths.folder(of: FilePaths.folder(of: #filePath))), "plugins.d")

    @Test func everyManifestReadsAndNoneClashes() throws {
        let (good, bad) = try ConfigurationFiles.manifests(in: Self.folder)
        #expect(bad == [])
        #expect(good.map(\.id) == ["hls", "http-flv", "kaltura", "rtmp", "token", "transcode", "web-player", "webhook"])
        for manifest in good { #expect(manifest.file == FilePaths.join(Self.folder, manifest.id + ".toml")) }
        let text =
            "[app.live]\nopen = true\noutputs = [\"rtmp\", \"http-flv\", \"hls\", \"web-player\"]\n[app.k]\nauth = [\"kaltura\"]\noutputs = []"
        let configuration = try ServerConfiguration(parsing: text, file: "sluice.toml")
        #expect(configuration.errors(against: good) == [])
        let (listeners, errors) = Listener.plan(configuration, manifests: good, portBase: 30_000)
        #expect(errors == [])
        let ports = Dictionary(uniqueKeysWithValues: listeners.map { ($0.name, $0.port - 30_000) })
        #expect(ports == ["rtmp": 0, "rtmps": 1, "http": 2, "https": 3, "admin": 4])
    }

    @Test func theReadmeNamesEveryKey() throws {
        let readme = try ConfigurationFiles.text(of: FilePaths.join(Self.folder, "README.md"))
        let keys = [
            "id", "library", "interfaces", "version", "enabled", "isolation", "sandbox", "drain_s", "read", "write", "sha256",
            "commands", "services", "egress", "connect", "admin", "name",
            "transport",
            "port", "offset", "tls", "soft_ms", "hard_ms", "memory_mb",
        ]
        for key in keys { #expect(readme.contains("\n| `\(key)` |"), "\(key)") }
        for service in PluginManifest.Permissions.grantable + PluginManifest.Permissions.always {
            #expect(readme.contains("`\(service)`"), "\(service)")
        }
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        #expect(throws: ConfigurationErrors.self) { try ConfigurationFiles.manifests(in: "/nonexistent") }
    }
}
