// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-source",
    products: [.library(name: "swift_source", type: .dynamic, targets: ["swift_source"])],
    targets: [
        .target(name: "swift_source", dependencies: ["SluiceKit", "SluiceJSON"], path: "Sources"),
        .testTarget(name: "PluginTests", dependencies: ["swift_source"], path: "Tests"),
        // Sluice's SDK, as it was when this folder was made.
        .target(name: "CSluice", path: "sdk/CSluice"),
        .target(name: "SluiceJSON", path: "sdk/JSON"),
        .target(
            name: "SluiceKit", dependencies: ["CSluice"], path: "sdk/SluiceKit",
            swiftSettings: [.enableExperimentalFeature("Lifetimes"), .enableUpcomingFeature("InternalImportsByDefault")]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
