import Testing

/// The checker can fail: each rule against an example that breaks it.
@Suite struct DependencyRulesTests {
    private static let good = """
        let plugin: [LinkerSetting] = [.unsafeFlags(["-use-ld=lld", "-Xlinker", "--version-script=\\(root)/plugin.map", "-z", "nodelete"])]
        let nio: [Target.Dependency] = [.product(name: "NIOCore", package: "swift-nio")]
        let package = Package(
            products: [.library(name: "SluiceX", type: .dynamic, targets: ["SluiceX"])],
            targets: [
                .target(name: "CSluice", path: "PluginAPI/CSluice"),
                .target(name: "SluiceJSON", path: "PluginAPI/JSON"),
                .target(name: "SluiceKit", dependencies: ["CSluice"], path: "PluginAPI/SluiceKit"),
                .target(name: "HostCore", dependencies: ["CSluice", "SluiceJSON"] + nio, path: "Host/Core"),
                .target(name: "Formats", path: "Plugins/Formats", exclude: ["Bridge"]),
                .target(name: "FormatsKit", dependencies: ["Formats", "SluiceKit"], path: "Plugins/Formats/Bridge"),
                .target(name: "XCore", dependencies: ["Formats"/*X*/], path: "Plugins/X/Core"),
                .target(name: "YCore", dependencies: ["Formats"], path: "Plugins/Y/Core"),
                .target(name: "SluiceX", dependencies: ["XCore", "FormatsKit", "SluiceKit"], path: "Plugins/X/Glue", linkerSettings: plugin),
                .testTarget(name: "XTests", dependencies: ["XCore"], path: "Tests/XTests"),
            ])
        """

    private func breaches(_ change: (String, String)) -> [String] {
        #expect(Self.good.contains(change.0), "the example has no \(change.0)")
        return DependencyRules(manifest: ManifestReader(Self.good.replacing(change.0, with: change.1))).breaches()
    }

    @Test func theGoodExampleHolds() {
        let rules = DependencyRules(manifest: ManifestReader(Self.good))
        #expect(rules.manifest.targets.count == 10)
        #expect(rules.breaches() == [])
    }

    @Test(arguments: [
        (
            "[\"CSluice\"], path: \"PluginAPI/SluiceKit\"", "[\"CSluice\", \"Formats\"], path: \"PluginAPI/SluiceKit\"",
            "SluiceKit must not depend on Formats"
        ),
        ("\"SluiceJSON\", path", "\"SluiceJSON\", dependencies: nio, path", "SluiceJSON must not take a product of swift-nio"),
        ("[\"CSluice\", \"SluiceJSON\"] + nio", "[\"CSluice\", \"SluiceKit\"] + nio", "HostCore must not depend on SluiceKit"),
        ("[\"CSluice\", \"SluiceJSON\"] + nio", "[\"Formats\"] + nio", "HostCore must not depend on Formats"),
        ("[\"CSluice\", \"SluiceJSON\"] + nio", "[.target(name: \"XCore\")]", "HostCore must not depend on XCore"),
        ("[\"CSluice\", \"SluiceJSON\"] + nio", "[\"SluiceX\"]", "HostCore must not depend on SluiceX"),
        ("\"Formats\"/*X*/", "\"Formats\", \"YCore\"", "XCore must not depend on YCore"),
        ("\"Formats\"/*X*/", "\"CSluice\"", "XCore must not depend on CSluice"),
        ("\"Formats\"/*X*/", ".product(name: \"NIOCore\", package: \"swift-nio\")", "XCore must not take a product of swift-nio"),
        ("\"Formats\"/*X*/", "\"HostCore\"", "XCore must not depend on HostCore"),
        ("[\"XCore\", \"FormatsKit\"", "[\"YCore\", \"FormatsKit\"", "SluiceX must not depend on YCore"),
        ("[\"XCore\", \"FormatsKit\"", "[\"HostCore\", \"FormatsKit\"", "SluiceX must not depend on HostCore"),
        ("\"Formats\"/*X*/", "\"SluiceX\"", "XCore must not depend on SluiceX"),
        ("type: .dynamic, ", "", "SluiceX needs one dynamic library product of its own"),
        (", linkerSettings: plugin", "", "SluiceX is not linked with nodelete"),
        ("-use-ld=lld", "-use-ld=gold", "SluiceX is not linked with -use-ld=lld"),
        ("\"Plugins/Y/Core\"", "\"Elsewhere/Y\"", "YCore lies in Elsewhere/Y, which is no place of the tree"),
        ("[\"XCore\"], path: \"Tests", "[\"ZCore\"], path: \"Tests", "XTests depends on ZCore, which is no target"),
    ])
    func aWrongEdgeIsFound(from: String, to: String, breach: String) { #expect(breaches((from, to)).contains(breach)) }

    @Test(arguments: [
        ("HostCore", "import SluiceKit", true), ("HostCore", "@testable import XCore", true),
        ("HostCore", "import NIOCore", false),
        ("HostCore", "import Foundation", true), ("XCore", "import Foundation", true), ("XCore", "public import NIOCore", true),
        ("XCore", "import Dispatch", true), ("XCore", "import Logging", true), ("XCore", "import struct Foundation.URL", true),
        ("XCore", "import Formats", false), ("XCore", "import YCore", true), ("XCore", "// import Foundation", false),
        ("SluiceX", "import Foundation", true), ("SluiceX", "private import XCore", false), ("SluiceX", "import HostCore", true),
        ("SluiceKit", "import Synchronization", false), ("Formats", "import SluiceKit", true),
    ])
    func aWrongImportIsFound(target: String, line: String, isBreach: Bool) throws {
        let rules = DependencyRules(manifest: ManifestReader(Self.good))
        let found = try #require(rules.manifest.targets.first { $0.name == target })
        #expect(rules.breaches(importsOf: "\(line)\n", in: found, file: "a.swift").isEmpty == !isBreach)
    }
}
