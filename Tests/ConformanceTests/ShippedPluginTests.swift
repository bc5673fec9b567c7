import Conformance
import Foundation
import Testing

/// Every plugin that ships reaches `reloadable`, judged with its own manifest.
@Suite struct ShippedPluginTests {
    static let manifests: [String] = {
        let folder = Built.root.appendingPathComponent("plugins.d").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".toml") }.sorted()
    }()

    @Test(.enabled(if: Built.judge != nil), arguments: manifests)
    func reachesReloadable(_ name: String) async throws {
        let file = Built.root.appendingPathComponent("plugins.d/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("library") })
        let parts = line.split(separator: "\"")
        // Only what this build has made.
        guard parts.count > 1, let library = Built.beside(String(parts[1])) else { return }
        let capture =
            name == "rtmp.toml" ? Built.root.appendingPathComponent("Tests/Fixtures/Captures/rtmp-publish.bin").path : nil
        let report = try await Built.report(library, manifest: Manifest(parsing: text, file: name), capture: capture)
        #expect(report.failures.isEmpty, "\(report.complaints)")
        #expect(report.reached == .reloadable)
    }
}
