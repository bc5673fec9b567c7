import Glibc
import HostConfig
import Synchronization
import Testing

@testable import HostCore

/// What may lie in `plugins.d`: each ends REJECTED or FAILED with its reason, at the start and while the server runs, and the host serves on.
@Suite(.serialized) struct BadInputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let states: [PluginState]
        let reason: String
        /// Puts it into the folder under the id `broken`, or a manifest `broken.toml`.
        let put: @Sendable (TestFolder) throws -> Void

        init(
            _ name: String, _ states: PluginState..., reason: String, put: @escaping @Sendable (TestFolder) throws -> Void
        ) {
            self.name = name
            self.states = states
            self.reason = reason
            self.put = put
        }

        var testDescription: String { name }
    }

    private static func library(_ folder: TestFolder, kind: Int = 0, change: (inout [UInt8]) -> Void = { _ in }) throws {
        var bytes = try FixturePlugin.library("broken", kind: kind)
        change(&bytes)
        try folder.write("plugins.d/broken.so", bytes)
    }

    /// The manifest last, and at one go.
    private static func manifest(
        _ folder: TestFolder, id: String = "broken", library: String = "broken.so", more: String = "", name: String = "broken"
    ) throws {
        let text = """
            id = "\(id)"
            library = "\(library)"
            interfaces = ["sluice.selftest/1", "sluice.observer/1"]
            isolation = "host"
            \(more)
            """
        try folder.write("plugins.d/.\(name).new", text)
        #expect(rename(folder.file("plugins.d/.\(name).new"), folder.file("plugins.d/\(name).toml")) == 0)
    }

    static let rows: [Row] = [
        Row("a manifest half written", .rejected, reason: "broken.toml:2") { folder in
            try library(folder)
            try folder.write("plugins.d/broken.toml", "id = \"broken\"\nlibrary = \"brok")
        },
        Row("an empty manifest", .rejected, reason: "id") { try $0.write("plugins.d/broken.toml", "") },
        Row("an unknown key", .rejected, reason: "librarry") { folder in
            try library(folder)
            try manifest(folder, more: "librarry = \"x\"")
        },
        Row("a wrong hash", .rejected, reason: "the library's SHA-256 is") { folder in
            try library(folder)
            try manifest(folder, more: "sha256 = \"\(String(repeating: "a", count: 64))\"")
        },
        Row("no library", .rejected, reason: "was not found") { try manifest($0, library: "nothing.so") },
        Row("a manifest that others may write", .rejected, reason: "broken.toml can be written by others: chmod go-w it") {
            folder in
            try library(folder)
            let open = try folder.write(
                "open.toml", "id = \"broken\"\nlibrary = \"broken.so\"\ninterfaces = [\"sluice.auth/1\"]\n")
            chmod(open, 0o666)
            rename(open, folder.file("plugins.d/broken.toml"))
        },
        Row("a library that others may write", .rejected, reason: "broken.so can be written by others") { folder in
            try library(folder)
            chmod(folder.file("plugins.d/broken.so"), 0o666)
            try manifest(folder)
        },
        Row("a library in a folder that others may write", .rejected, reason: "/open can be written by others") { folder in
            _ = try folder.folder("open")
            try folder.write("open/broken.so", FixturePlugin.library("broken", kind: 0))
            chmod(folder.file("open"), 0o777)
            try manifest(folder, library: "../open/broken.so")
        },
        Row("a link to a library in such a folder", .rejected, reason: "/open can be written by others") { folder in
            _ = try folder.folder("open")
            try folder.write("open/real.so", FixturePlugin.library("broken", kind: 0))
            chmod(folder.file("open"), 0o777)
            symlink("../open/real.so", folder.file("plugins.d/broken.so"))
            try manifest(folder)
        },
        Row("a manifest that is a link into such a folder", .rejected, reason: "/open can be written by others") { folder in
            try library(folder)
            _ = try folder.folder("open")
            try folder.write(
                "open/real.toml",
                "id = \"broken\"\nlibrary = \"broken.so\"\ninterfaces = [\"sluice.auth/1\"]\nisolation = \"host\"\n")
            chmod(folder.file("open"), 0o777)
            symlink("../open/real.toml", folder.file("plugins.d/broken.toml"))
        },
        Row("a link that leads nowhere", .rejected, reason: "cannot resolve") { folder in
            symlink("nowhere.toml", folder.file("plugins.d/broken.toml"))
        },
        Row("a manifest that is a folder", .rejected, reason: "not a file") { _ = try $0.folder("plugins.d/broken.toml") },
        Row("another plugin's id", .rejected, reason: "the id 'gate' is used by") {
            try manifest($0, id: "gate", name: "zz-broken")
        },
        Row("a library for another machine", .rejected, reason: "is a library for another kind of machine") { folder in
            try library(folder) { $0[18] = 40 }
            try manifest(folder)
        },
        Row("a library that is none", .rejected, reason: "is not an ELF shared library") { folder in
            try folder.write("plugins.d/broken.so", "#!/bin/sh\n")
            try manifest(folder)
        },
        Row("a library cut short", .rejected, reason: "is cut short") { folder in
            try library(folder) { $0.removeLast($0.count / 2) }
            try manifest(folder)
        },
        Row("an entry that blocks", .failed, reason: "did not answer in 5000 ms") { folder in
            try library(folder, kind: 15)
            try manifest(folder)
        },
        Row("an entry that crashes", .failed, reason: "killed the child process in which it was tried (signal") { folder in
            try library(folder, kind: 16)
            try manifest(folder)
        },
        Row("an entry that ends the process", .failed, reason: "ended the child process in which it was tried") { folder in
            try library(folder, kind: 17)
            try manifest(folder)
        },
        Row("other interfaces than it says", .rejected, reason: "the library does not offer it") { folder in
            try library(folder, kind: 5)
            try manifest(folder)
        },
    ]

    @Test(arguments: rows, [false, true])
    func eachEndsWithItsReason(row: Row, isRunning: Bool) throws {
        let began = HostClock.wallMicroseconds
        let host = try TestHost(overrides: []) { folder in
            try TestHost.installGate(folder)
            if !isRunning { try row.put(folder) }
        }
        if isRunning { try row.put(host.folder) }
        func found() -> PluginRecord? {
            host.server.registry.records.first { $0.file.hasSuffix("broken.toml") && !$0.reason.isEmpty }
        }
        #expect(eventually { found().map { row.states.contains($0.state) } ?? false })
        let record = try #require(found())
        #expect(row.states.contains(record.state) && record.reason.contains(row.reason), "\(record.state): \(record.reason)")
        #expect(host.server.registry.record("gate")?.state == .active, "others go on")
        #expect(try host.get("/api/v1/plugins")["plugins"]?.arrayValue?.isEmpty == false, "and the host serves")
        #expect(HostClock.wallMicroseconds - began < 60_000_000)
    }

    // MARK: In service

    private func change(_ body: (@escaping PluginChanges.Done) -> Void) -> Result<PluginChange, PluginChangeFailure> {
        let result = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        body { outcome in result.withLock { $0 = outcome } }
        _ = eventually { result.withLock { $0 != nil } }
        return result.withLock { $0 } ?? .failure(PluginChangeFailure("no answer"))
    }

    /// What is opened is the copy that was hashed, whatever becomes of the file meanwhile.
    @Test func aLibraryReplacedBetweenCheckAndLoadIsTheOneThatWasChecked() throws {
        let folder = try TestFolder()
        let good = try FixturePlugin.library("broken", kind: 0)
        try folder.write("p.so", good)
        let staging = LibraryStaging(searchFolders: [folder.path], stagingFolder: folder.file("staged"))
        let hash = Digest.hex(Digest.sha256(good))
        let staged = try staging.stage(library: "p.so", id: "broken", generation: 1, sha256: hash, requireHash: true)
        try folder.write("p.so", FixturePlugin.library("broken", kind: 4))
        #expect(try Files.read(staged.path) == good && staged.sha256 == hash)
        #expect(
            TestFolder.mode(staged.path) == 0o500 && TestFolder.mode(folder.file("staged")) == 0o700, "nobody else gets at it")
        #expect(try LoadedModule.open(staged, hostVersion: "0").id == "broken")
        #expect(throws: LibraryRefusal.self) {
            try staging.stage(library: "p.so", id: "broken", generation: 2, sha256: hash, requireHash: true)
        }
    }

    /// Streams and connections of the old generation depend on its interfaces: they change while nothing of it is in service.
    @Test func anIdThatChangesItsInterfacesIsRefusedWhileItServes() throws {
        let host = try TestHost(overrides: []) { folder in
            try TestHost.install(
                folder, "p", FixturePlugin.library("gate"), id: "gate", interfaces: ["auth", "command"],
                more: "[permissions]\nservices = [\"auth\"]\n")
        }
        let before = try #require(host.server.registry.active("gate"))
        _ = try change { host.server.disable("gate", $0) }.get()
        _ = try change { host.server.enable("gate", $0) }.get()
        #expect(host.server.registry.active("gate") !== before)
        let serving = try #require(host.server.registry.active("gate"))
        // Another library under the same id: not an authenticator any more.
        try host.folder.write("plugins.d/p.so", FixturePlugin.library("broken", kind: 18))
        try host.folder.write(
            "plugins.d/p.toml",
            "id = \"gate\"\nlibrary = \"p.so\"\ninterfaces = [\"sluice.selftest/1\", \"sluice.observer/1\"]\nisolation = \"host\"\n"
        )
        #expect(eventually { host.server.registry.record("gate")?.state == .active && host.server.changes.busy.isEmpty })
        guard case .failure(let failure) = change({ host.server.reload("gate", $0) }) else {
            return #expect(Bool(false), "the reload was made")
        }
        #expect(failure.description.contains("its interfaces changed") || failure.kind == .busy, "\(failure)")
        #expect(host.server.registry.active("gate") === serving)
        _ = try change { host.server.disable("gate", $0) }.get()
        _ = try change { host.server.enable("gate", $0) }.get()
        #expect(host.server.registry.active("gate")?.manifest.interfaces == ["sluice.selftest/1", "sluice.observer/1"])
    }

    // MARK: Whose fault

    @Test(arguments: [
        (SLUICE_OKAY, false), (-1, true), (-2, false), (-3, false), (-4, false), (-5, false), (-6, false), (-7, false),
        (-8, false),
        (-9, true), (-10, false), (-11, false), (-12, false), (-99, true),
    ])
    func statusesThatAreThePluginsFault(status: Int32, isTrouble: Bool) {
        #expect(PluginGeneration.isTrouble(status) == isTrouble)
    }

    private static let SLUICE_OKAY: Int32 = 0

    @Test func whatPeersBringAboutBringsNoGenerationBack() throws {
        let host = try TestHost("[app.free]\nopen = true\noutputs = [\"sieve\"]\n") { try TestHost.installSieve($0, kind: 2) }
        let before = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 5))
        _ = try change { host.server.reload("sieve", $0) }.get()
        let now = try #require(host.server.registry.active("sieve"))
        #expect(now !== before)
        for _ in 0..<3 * PluginChanges.troubleLimit { #expect(try host.client().line() == nil) }
        usleep(200_000)
        #expect(host.server.registry.active("sieve") === now && host.server.changes.watches["sieve"] != nil, "its window goes on")
        #expect(now.lastTrouble.withLock { $0 } == "")
    }
}
