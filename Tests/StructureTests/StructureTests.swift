import Foundation
import Testing

/// Dependencies go one way. The manifest and every import of this repository are held to it.
@Suite struct StructureTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func rules() throws -> DependencyRules {
        let text = try String(contentsOf: Self.root.appendingPathComponent("Package.swift"), encoding: .utf8)
        return DependencyRules(manifest: ManifestReader(text))
    }

    @Test func theManifestIsUnderstood() throws {
        let rules = try rules()
        let core = try #require(rules.manifest.targets.first { $0.name == "HostCore" })
        #expect(core.path == "Host/Core")
        #expect(core.dependencies.contains("CSluice") && core.dependencies.contains("HostMedia"))
        #expect(core.packages.contains("swift-nio") && core.packages.contains("swift-log"))
        let rtmp = try #require(rules.manifest.targets.first { $0.name == "SluiceRTMP" })
        #expect(rules.place(rtmp) == .glue("RTMP"))
        #expect(rtmp.linkerSettings.contains("--version-script="))
        #expect(rules.manifest.libraries.count >= 5)
        for name in ["RTMPCore", "HLSCore", "HTTPFLVCore", "KalturaCore"] {
            guard case .core = rules.place(named: name) else {
                Issue.record("\(name) is not seen as a core")
                continue
            }
        }
    }

    @Test func targetsKeepTheDirection() throws {
        let breaches = try rules().breaches()
        #expect(breaches.isEmpty, "\(breaches.joined(separator: "\n"))")
    }

    @Test func importsKeepTheDirection() throws {
        let rules = try rules()
        var files = 0
        var breaches: [String] = []
        for target in rules.manifest.targets where rules.place(target) != .test && target.kind != "systemLibrary" {
            for file in Self.sources(of: target, among: rules.manifest.targets) {
                files += 1
                let source = try String(contentsOf: Self.root.appendingPathComponent(file), encoding: .utf8)
                breaches += rules.breaches(importsOf: source, in: target, file: file)
            }
        }
        #expect(files > 200)
        #expect(breaches.isEmpty, "\(breaches.joined(separator: "\n"))")
    }

    /// Every folder of sources belongs to a target: nothing lies about unbuilt. Templates are packages of their own, built by
    /// Tests/EndToEnd/cases/templates.py.
    @Test func everySourceHasATarget() throws {
        let rules = try rules()
        let owned = Set(rules.manifest.targets.flatMap { Self.sources(of: $0, among: rules.manifest.targets) })
        let all = ["Host", "PluginAPI", "Plugins"].flatMap { Self.swiftFiles(below: $0) }
        let lost = all.filter { !owned.contains($0) && !$0.hasPrefix("PluginAPI/Templates/") }
        #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
    }

    /// Swift files of a target, without those of targets further down.
    private static func sources(of target: ManifestReader.Target, among targets: [ManifestReader.Target]) -> [String] {
        let inner = targets.map(\.path).filter { $0 != target.path && $0.hasPrefix(target.path + "/") }
        return swiftFiles(below: target.path).filter { file in !inner.contains { file.hasPrefix($0 + "/") } }
    }

    private static func swiftFiles(below folder: String) -> [String] {
        let files =
            FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.allObjects as? [String] ?? []
        return files.filter { $0.hasSuffix(".swift") && !$0.contains(".build/") }.map { "\(folder)/\($0)" }.sorted()
    }
}
