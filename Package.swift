// swift-tools-version: 6.2
// Sluice: PluginAPI is the promise, Host keeps it, Plugins use it, plugins.d chooses, Tests prove it.
// Dependencies go one way (Tests/StructureTests holds this file to it): a plugin's core → Formats and JSON; its glue → its core and
// SluiceKit; Host → the C headers and JSON, never a plugin, never SluiceKit.
import PackageDescription

let root = Context.packageDirectory
let fuzzing = Context.environment["SLUICE_FUZZING"] != nil
let strict = Context.environment["SLUICE_STRICT"] != nil

let checks: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let fuzzed: [SwiftSetting] = fuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])] : []
let swift: [SwiftSetting] = checks + fuzzed
// Frame paths: class-field counters cost 2.6 ns instead of 22.6 ns. Never -Ounchecked: parsers keep their traps.
let hot: [SwiftSetting] = swift + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]
let kit: [SwiftSetting] = hot + [.enableExperimentalFeature("Lifetimes"), .enableUpcomingFeature("InternalImportsByDefault")]
// A plugin exports one symbol, is linked by lld, and stays mapped (the Swift runtime cannot forget an image).
let plugin: [LinkerSetting] = [
    .unsafeFlags([
        "-use-ld=lld", "-Xlinker", "--version-script=\(root)/PluginAPI/plugin.map", "-Xlinker", "-z", "-Xlinker", "nodelete",
    ])
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP: [Target.Dependency] =
    nio + [
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
    ]
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

// PluginAPI: the promise to third parties; depends on nothing.
let pluginAPI: [Target] = [
    .target(name: "CSluice", path: "PluginAPI/CSluice"),
    .target(name: "SluiceJSON", path: "PluginAPI/JSON", swiftSettings: swift),
    .target(name: "SluiceKit", dependencies: ["CSluice"], path: "PluginAPI/SluiceKit", swiftSettings: kit),
    // The hostile host: it judges a library by the headers alone, and knows nothing of Host.
    .target(name: "CConformance", dependencies: ["CSluice"], path: "PluginAPI/Conformance/Judge"),
    .target(
        name: "Conformance", dependencies: ["CConformance", "SluiceJSON"], path: "PluginAPI/Conformance/Library",
        swiftSettings: swift),
    .target(
        name: "ConformCommand", dependencies: ["Conformance"], path: "PluginAPI/Conformance/Command", swiftSettings: swift),
    .executableTarget(
        name: "sluice-conform", dependencies: ["ConformCommand"], path: "PluginAPI/Conformance/Main", swiftSettings: swift),
]

// Host: the small process that keeps the promise.
let host: [Target] = [
    .target(name: "HostPaths", path: "Host/Core/Paths", swiftSettings: swift),
    .target(
        name: "HostConfig", dependencies: ["HostPaths", "SluiceJSON", .product(name: "TOMLKit", package: "TOMLKit")],
        path: "Host/Core/Config", swiftSettings: swift),
    .target(name: "CHostMedia", dependencies: ["CSluice"], path: "Host/Core/CMedia"),
    .target(name: "HostMedia", dependencies: ["CHostMedia"], path: "Host/Core/Media", swiftSettings: hot),
    .target(name: "CHostNet", path: "Host/Core/CNet"),
    .target(name: "HostNet", dependencies: ["CHostNet", nioSSL] + nio, path: "Host/Core/Net", swiftSettings: hot),
    .systemLibrary(name: "CZlib", path: "Host/Core/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
        name: "HostHTTP", dependencies: ["HostPaths", "HostNet", "CZlib", nioSSL] + nioHTTP, path: "Host/Core/HTTP",
        swiftSettings: swift),
    .target(
        name: "HostFetch",
        dependencies: ["HostPaths", .product(name: "AsyncHTTPClient", package: "async-http-client"), nioSSL] + nioHTTP,
        path: "Host/Core/Fetch", swiftSettings: swift),
    .target(name: "CHostLoader", path: "Host/Core/CLoader"),
    .target(name: "CHostGuard", path: "Host/Core/CGuard"),
    .systemLibrary(name: "CHostCrypto", path: "Host/Core/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
        name: "HostCore",
        dependencies: [
            "CSluice", "CHostMedia", "CHostLoader", "CHostGuard", "CHostCrypto", "SluiceJSON", "HostPaths", "HostConfig",
            "HostMedia", "HostNet", "HostHTTP", "HostFetch", "HostIsolation", logging,
        ] + nioHTTP,
        path: "Host/Core",
        exclude: ["Paths", "Config", "CMedia", "Media", "CNet", "Net", "CZlib", "HTTP", "Fetch", "CCrypto", "CLoader", "CGuard"],
        swiftSettings: hot),
    .target(name: "CHostIsolation", dependencies: ["CSluice"], path: "Host/CIsolation"),
    .target(
        name: "HostIsolation", dependencies: ["CSluice", "CHostMedia", "CHostIsolation"], path: "Host/Isolation",
        exclude: ["README.md"], swiftSettings: hot),
    .target(name: "CTemplates", path: "Host/CTemplates"),
    .executableTarget(
        name: "sluice",
        dependencies: ["HostCore", "HostConfig", "SluiceJSON", "CTemplates", "ConformCommand", argumentParser] + nioHTTP,
        path: "Host/sluice",
        swiftSettings: swift),
    .executableTarget(
        name: "sluice-runner", dependencies: ["HostCore", "HostConfig", "HostIsolation"], path: "Host/Runner",
        swiftSettings: swift),
]

// Plugins: what ships. Each has a pure core and a thin glue.
let cores: [Target] = [
    .target(
        name: "Formats", dependencies: ["SluiceJSON"], path: "Plugins/Formats", exclude: ["Bridge", "README.md"],
        swiftSettings: hot),
    .target(name: "FormatsKit", dependencies: ["Formats", "SluiceKit"], path: "Plugins/Formats/Bridge", swiftSettings: hot),
    .target(name: "RTMPCore", dependencies: ["Formats"], path: "Plugins/RTMP/Core", swiftSettings: hot),
    .target(name: "HTTPFLVCore", dependencies: ["Formats"], path: "Plugins/HTTPFLV/Core", swiftSettings: hot),
    .target(name: "HLSCore", dependencies: ["Formats"], path: "Plugins/HLS/Core", swiftSettings: hot),
    .systemLibrary(
        name: "COpenSSL", path: "Plugins/KalturaAuth/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
        name: "KalturaCore", dependencies: ["Formats", "SluiceJSON", "COpenSSL"], path: "Plugins/KalturaAuth/Core",
        swiftSettings: swift),
    .target(
        name: "WebhookCore", dependencies: ["Formats", "SluiceJSON"], path: "Plugins/WebhookAuth/Core", swiftSettings: swift),
    .target(name: "TokenCore", dependencies: ["Formats", "SluiceJSON"], path: "Plugins/TokenAuth/Core", swiftSettings: swift),
    .target(name: "TokenFiles", dependencies: ["TokenCore"], path: "Plugins/TokenAuth/Files", swiftSettings: swift),
    .systemLibrary(
        name: "CAV", path: "Plugins/Transcode/CAV", pkgConfig: "libavcodec libavfilter libavutil",
        providers: [.apt(["libavcodec-dev", "libavfilter-dev"])]),
    .target(
        name: "TranscodeCore", dependencies: ["CAV", "Formats", "SluiceJSON"], path: "Plugins/Transcode/Core",
        swiftSettings: swift),
    .systemLibrary(
        name: "CSQLite", path: "Plugins/KalturaAuth/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // libmongoc's headers only; the library is opened when a catalogue in MongoDB is.
    .target(
        name: "CMongo", path: "Plugins/KalturaAuth/CMongo", exclude: ["forward"], cSettings: [.headerSearchPath("forward")]),
    .target(name: "KalturaBSON", path: "Plugins/KalturaAuth/BSON", swiftSettings: swift),
    .target(
        name: "KalturaCatalogue", dependencies: ["KalturaCore", "KalturaBSON", "CSQLite", "CMongo", "Formats", "SluiceJSON"],
        path: "Plugins/KalturaAuth/Catalogue",
        swiftSettings: swift),
]
let glues: [Target] = [
    .target(
        name: "SluiceRTMP", dependencies: ["RTMPCore", "Formats", "FormatsKit", "SluiceKit", "SluiceJSON"],
        path: "Plugins/RTMP/Glue", swiftSettings: hot,
        linkerSettings: plugin),
    .target(
        name: "SluiceHTTPFLV", dependencies: ["HTTPFLVCore", "Formats", "FormatsKit", "SluiceKit", "SluiceJSON"],
        path: "Plugins/HTTPFLV/Glue", swiftSettings: hot,
        linkerSettings: plugin),
    .target(
        name: "SluiceHLS", dependencies: ["HLSCore", "Formats", "FormatsKit", "SluiceKit", "SluiceJSON"],
        path: "Plugins/HLS/Glue", swiftSettings: hot,
        linkerSettings: plugin),
    .target(
        name: "SluiceTranscode", dependencies: ["CAV", "TranscodeCore", "Formats", "FormatsKit", "SluiceKit", "SluiceJSON"],
        path: "Plugins/Transcode/Glue", swiftSettings: swift,
        linkerSettings: plugin),
    .target(
        name: "SluiceWebPlayer", dependencies: ["SluiceKit"], path: "Plugins/WebPlayer", exclude: ["README.md"],
        resources: [.embedInCode("Assets")], swiftSettings: swift,
        linkerSettings: plugin),
    .target(
        name: "SluiceWebhook", dependencies: ["WebhookCore", "Formats", "SluiceKit", "SluiceJSON"],
        path: "Plugins/WebhookAuth/Glue",
        swiftSettings: swift, linkerSettings: plugin),
    .target(
        name: "SluiceToken",
        dependencies: ["TokenCore", "TokenFiles", "SluiceKit", "SluiceJSON", .product(name: "JWTKit", package: "jwt-kit")],
        path: "Plugins/TokenAuth/Glue", swiftSettings: swift, linkerSettings: plugin),
    .target(
        name: "SluiceKaltura",
        dependencies: ["KalturaCore", "KalturaCatalogue", "Formats", "FormatsKit", "SluiceKit", "SluiceJSON"],
        path: "Plugins/KalturaAuth/Glue",
        swiftSettings: swift, linkerSettings: plugin),
]

// Tests: mirrors of the above. Nothing here links two plugins into one image; what needs a plugin opens its library.
let tests: [Target] = [
    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: swift),
    .testTarget(name: "ABITests", path: "Tests/ABITests", swiftSettings: swift),
    .testTarget(
        name: "ConformanceTests", dependencies: ["Conformance", "ConformCommand", "SluiceJSON", "sluice-conform"],
        path: "Tests/ConformanceTests", swiftSettings: swift),
    .testTarget(name: "StructureTests", path: "Tests/StructureTests", swiftSettings: swift),
    .testTarget(name: "KitTests", dependencies: ["SluiceKit", "CSluice"], path: "Tests/KitTests", swiftSettings: swift),
    .testTarget(name: "MediaTests", dependencies: ["HostMedia", "CHostMedia"], path: "Tests/MediaTests", swiftSettings: swift),
    .testTarget(
        name: "HostCoreTests",
        dependencies: [
            "HostCore", "HostMedia", "HostConfig", "HostPaths", "HostNet", "HostHTTP", "SluiceJSON", "CSluice", "CHostMedia",
            logging,
        ] + nioHTTP,
        path: "Tests/HostCoreTests", swiftSettings: swift),
    .testTarget(
        name: "IsolationTests", dependencies: ["HostIsolation", "CHostIsolation", "CSluice"], path: "Tests/IsolationTests",
        swiftSettings: swift),
    .testTarget(name: "JSONTests", dependencies: ["SluiceJSON"], path: "Tests/JSONTests", swiftSettings: swift),
    .testTarget(
        name: "ConfigTests", dependencies: ["HostConfig", "SluiceJSON"], path: "Tests/ConfigTests", swiftSettings: swift),
    .testTarget(
        name: "CommandLineTests", dependencies: ["sluice", "HostConfig", "SluiceJSON"] + nioHTTP, path: "Tests/CommandLineTests",
        swiftSettings: swift),
    .testTarget(
        name: "FormatsTests", dependencies: ["Formats", "TestSupport"], path: "Tests/FormatsTests", swiftSettings: swift),
    .testTarget(
        name: "RTMPCoreTests", dependencies: ["RTMPCore", "Formats", "TestSupport"], path: "Tests/RTMPCoreTests",
        swiftSettings: swift),
    .testTarget(
        name: "HTTPFLVCoreTests", dependencies: ["HTTPFLVCore", "Formats"], path: "Tests/HTTPFLVCoreTests", swiftSettings: swift),
    .testTarget(name: "HLSCoreTests", dependencies: ["HLSCore", "Formats"], path: "Tests/HLSCoreTests", swiftSettings: swift),
    .target(name: "MongoServer", dependencies: ["KalturaBSON"], path: "Tests/MongoDouble/Server", swiftSettings: swift),
    .executableTarget(
        name: "mongo-double", dependencies: ["MongoServer"], path: "Tests/MongoDouble/Command", swiftSettings: swift),
    .testTarget(
        name: "TranscodeTests", dependencies: ["TranscodeCore", "Formats", "CAV"], path: "Tests/TranscodeTests",
        swiftSettings: swift),
    .testTarget(
        name: "KalturaTests",
        dependencies: [
            "KalturaCore", "KalturaBSON", "KalturaCatalogue", "MongoServer", "Formats", "SluiceJSON", "TestSupport",
        ],
        path: "Tests/KalturaTests", exclude: ["README.md"], swiftSettings: swift),
    .testTarget(
        name: "WebhookTests", dependencies: ["WebhookCore", "SluiceJSON"], path: "Tests/WebhookTests", swiftSettings: swift),
    .testTarget(
        name: "TokenTests", dependencies: ["TokenCore", "TokenFiles", "SluiceJSON"], path: "Tests/TokenTests",
        swiftSettings: swift),
    .testTarget(
        name: "NetTests", dependencies: ["HostNet", "CHostNet", nioSSL] + nioHTTP, path: "Tests/NetTests", swiftSettings: swift),
    .testTarget(
        name: "HTTPTests", dependencies: ["HostHTTP", "HostPaths", "HostNet", "CZlib", nioSSL] + nioHTTP, path: "Tests/HTTPTests",
        swiftSettings: swift),
    .testTarget(
        name: "FetchTests", dependencies: ["HostFetch", "HostPaths"] + nioHTTP, path: "Tests/FetchTests", swiftSettings: swift),
    .testTarget(
        name: "WebPlayerTests", dependencies: ["SluiceWebPlayer", "SluiceKit"], path: "Tests/WebPlayerTests", swiftSettings: swift
    ),
]

// Benchmarks: the load generator knows nothing of the product, which it judges; the micro-benchmarks are of its parts.
let benchmarks: [Target] = [
    .target(name: "CLoad", path: "Benchmarks/CLoad"),
    .target(name: "LoadCore", dependencies: ["CLoad"], path: "Benchmarks/Load/Core", swiftSettings: hot),
    .executableTarget(name: "sluice-load", dependencies: ["LoadCore"], path: "Benchmarks/Load/Command", swiftSettings: swift),
    .testTarget(name: "LoadTests", dependencies: ["LoadCore", "CLoad"], path: "Tests/LoadTests", swiftSettings: swift),
    .executableTarget(
        name: "sluice-border", dependencies: ["HostIsolation", "CHostIsolation"], path: "Benchmarks/Border", swiftSettings: hot),
    .executableTarget(
        name: "sluice-catalogue",
        dependencies: ["CSluice", "HostIsolation", "KalturaCore", "KalturaCatalogue", "SluiceJSON", "SluiceKit"],
        path: "Benchmarks/Catalogue", swiftSettings: swift),
    .executableTarget(
        name: "sluice-ladder", dependencies: ["CAV", "TranscodeCore"], path: "Benchmarks/LadderRun", swiftSettings: hot),
    .target(name: "CMicro", dependencies: ["CSluice"], path: "Benchmarks/CMicro"),
    .executableTarget(
        name: "sluice-micro",
        dependencies: [
            "CMicro", "CSluice", "SluiceJSON", "CHostMedia", "HostMedia", "HostNet", "Formats", "RTMPCore", "HTTPFLVCore",
            "HLSCore",
        ] + nio,
        path: "Benchmarks/Micro", exclude: ["README.md", "limits.json"], swiftSettings: hot),
]

// With SLUICE_FUZZING set: the fuzz targets of all cores in one executable, under AddressSanitizer.
let fuzz: [Target] =
    fuzzing
    ? [
        .executableTarget(
            name: "sluice-fuzz",
            dependencies: [
                "Formats", "RTMPCore", "HTTPFLVCore", "HLSCore", "KalturaCore", "TokenCore", "WebhookCore", "HostPaths",
                "HostIsolation", "SluiceJSON",
            ],
            path: "Tests/Fuzz",
            exclude: ["Corpus"], swiftSettings: swift,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
    ] : []

let package = Package(
    name: "sluice",
    products: [
        .executable(name: "sluice", targets: ["sluice"]),
        .executable(name: "sluice-runner", targets: ["sluice-runner"]),
        .executable(name: "sluice-conform", targets: ["sluice-conform"]),
        .executable(name: "sluice-load", targets: ["sluice-load"]),
        .executable(name: "sluice-micro", targets: ["sluice-micro"]),
        .library(name: "SluiceRTMP", type: .dynamic, targets: ["SluiceRTMP"]),
        .library(name: "SluiceHTTPFLV", type: .dynamic, targets: ["SluiceHTTPFLV"]),
        .library(name: "SluiceHLS", type: .dynamic, targets: ["SluiceHLS"]),
        .library(name: "SluiceTranscode", type: .dynamic, targets: ["SluiceTranscode"]),
        .library(name: "SluiceWebPlayer", type: .dynamic, targets: ["SluiceWebPlayer"]),
        .library(name: "SluiceWebhook", type: .dynamic, targets: ["SluiceWebhook"]),
        .library(name: "SluiceToken", type: .dynamic, targets: ["SluiceToken"]),
        .library(name: "SluiceKaltura", type: .dynamic, targets: ["SluiceKaltura"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: pluginAPI + host + cores + glues + tests + benchmarks + fuzz,
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c11
)
