import HostConfig
import Testing

@testable import HostCore

@Suite struct ManifestTextTests {
    private static let hash = String(repeating: "ab", count: 32)

    @Test func aValueGoesIntoItsLineAndElseBehindTheLibrary() throws {
        var text = ManifestText(
            """
            # A gate.
            id = "gate"
            library = "gate.so"   # beside this file
            interfaces = [
              "sluice.auth/1",
            ]

            [config]
            sha256 = "the plugin's own"
            """)
        #expect(!text.has("sha256"))
        text.set("sha256", to: ManifestText.quoted(Self.hash))
        text.set("enabled", to: "false")
        text.set("enabled", to: "true")
        let manifest = try PluginManifest(parsing: text.text, file: "gate.toml")
        #expect(manifest.sha256 == Self.hash)
        #expect(manifest.enabled)
        #expect(manifest.config["sha256"]?.stringValue == "the plugin's own")
        #expect(
            text.text.hasPrefix("# A gate.\nid = \"gate\"\nlibrary = \"gate.so\"   # beside this file\nenabled = true\nsha256 = ")
        )
    }

    @Test func oneIsMadeFromWhatALibrarySays() throws {
        let library = LibraryDescription(
            id: "gate", version: "1.0", summary: "", interfaces: ["sluice.auth/1", "sluice.routes/1", "sluice.selftest/1"])
        let text = try #require(ManifestText(of: library, file: "libgate.so")).text
        let manifest = try PluginManifest(parsing: text, file: "gate.toml")
        #expect(manifest.id == "gate" && manifest.library == "libgate.so")
        #expect(manifest.interfaces == library.interfaces)
        #expect(manifest.permissions.services == ["auth", "exchange"])
    }

    @Test func aProtocolsManifestIsItsAuthors() {
        let library = LibraryDescription(id: "echo", version: "1.0", summary: "", interfaces: ["sluice.protocol/1"])
        #expect(ManifestText(of: library, file: "echo.so") == nil)
    }

    @Test func aDescriptionCrossesAsJSON() {
        let library = LibraryDescription(id: "a", version: "1", summary: "s \"q\"", interfaces: ["x/0"])
        #expect(LibraryDescription(library.json) == library)
        #expect(LibraryDescription(["id": "a"]) == nil)
    }
}
