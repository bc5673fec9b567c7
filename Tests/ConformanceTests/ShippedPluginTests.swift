import Conformance
import Foundation
import Testing

/// Every plugin that ships reaches `reloadable`, judged with its own manifest. The reports stay in `.build/conformance`, as text and for
/// JUnit; `Scripts/test` says their sums.
@Suite struct ShippedPluginTests {
    static let reports = Built.root.appendingPathComponent(".build/conformance")

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
        try FileManager.default.createDirectory(at: Self.reports, withIntermediateDirectories: true)
        let kept = Self.reports.appendingPathComponent(String(name.dropLast(".toml".count)))
        try report.text.write(to: kept.appendingPathExtension("txt"), atomically: true, encoding: .utf8)
        try report.junit.write(to: kept.appendingPathExtension("xml"), atomically: true, encoding: .utf8)
        #expect(report.failures.isEmpty, "\(report.complaints)")
        #expect(report.reached == .reloadable)
    }
}
