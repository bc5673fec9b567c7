import CSluice
import Glibc
import Testing

@testable import HostCore

/// Which libraries are taken, and the exact reason for those that aren't.
@Suite struct LoaderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func staging() -> LibraryStaging {
        LibraryStaging(searchFolders: [folder.file("missing"), folder.path], stagingFolder: folder.file("staged"))
    }

    private func stage(_ library: String = "p.so", sha256: String? = nil, requireHash: Bool = false) throws(LibraryRefusal)
        -> StagedLibrary
    {
        try staging().stage(library: library, id: "p", generation: 1, sha256: sha256, requireHash: requireHash)
    }

    private func open(_ source: String, kind: Int? = nil) throws -> LoadedModule {
        try folder.write("p.so", FixturePlugin.library(source, kind: kind))
        return try LoadedModule.open(stage(), hostVersion: "0")
    }

    private func refusal(_ body: () throws -> Void) -> LibraryRefusal? {
        do {
            try body()
            return nil
        } catch { return error as? LibraryRefusal }
    }

    // MARK: Staging

    @Test func aCopyIsStagedAndHashed() throws {
        let bytes = try FixturePlugin.library("gate")
        try folder.write("p.so", bytes)
        let staged = try stage()
        #expect(staged.source == folder.file("p.so") && staged.path.hasPrefix(folder.file("staged/p-1-")))
        #expect(staged.sha256 == Digest.hex(Digest.sha256(bytes)) && staged.sha256.utf8.count == 64)
        #expect(try Files.read(staged.path) == bytes)
        #expect(TestFolder.mode(staged.path) == 0o500 && TestFolder.mode(folder.file("staged")) == 0o700)
        #expect(throws: Never.self) { try stage(sha256: staged.sha256.uppercased(), requireHash: true) }
    }

    @Test func missingFile() {
        #expect(refusal { _ = try stage() } == .notFound(library: "p.so", folders: [folder.file("missing"), folder.path]))
        #expect(
            refusal { _ = try stage(folder.file("absolute.so")) }?.description.hasPrefix(
                "\(folder.file("absolute.so")) was not found") == true)
    }

    @Test func hashDiffers() throws {
        let bytes = try FixturePlugin.library("gate")
        try folder.write("p.so", bytes)
        let wrong = String(repeating: "0", count: 64)
        #expect(
            refusal { _ = try stage(sha256: wrong) } == .hashDiffers(expected: wrong, found: Digest.hex(Digest.sha256(bytes))))
        #expect(refusal { _ = try stage(requireHash: true) } == .hashRequired)
        #expect(!Files.exists(folder.file("staged")), "nothing was copied")
    }

    @Test func writableByOthers() throws {
        let file = try folder.write("p.so", FixturePlugin.library("gate"))
        chmod(file, 0o666)
        #expect(refusal { _ = try stage() } == .writableByOthers(path: file))
        chmod(file, 0o755)
        chmod(folder.path, 0o777)
        #expect(refusal { _ = try stage() } == .writableByOthers(path: folder.path))
        chmod(folder.path, 0o755)
        #expect(refusal { _ = try stage() } == nil)
    }

    @Test func aLinkIsJudgedByWhereItLeads() throws {
        let bad = try folder.folder("bad")
        try folder.write("bad/real.so", FixturePlugin.library("gate"))
        symlink("bad/real.so", folder.file("p.so"))
        #expect(refusal { _ = try stage() } == nil)
        chmod(bad, 0o777)
        #expect(refusal { _ = try stage() } == .writableByOthers(path: bad))
        _ = try folder.folder("p2.so")
        #expect(refusal { _ = try stage("p2.so") }?.description.contains("not a file") == true)
    }

    @Test func notAnELFLibrary() throws {
        let file = folder.file("p.so")
        for bytes in [[], [0x7F], Array("#!/bin/sh\n".utf8), [UInt8](repeating: 0, count: 4096)] {
            try folder.write("p.so", bytes)
            #expect(refusal { _ = try stage() } == .notELF(path: file))
        }
        var program = try FixturePlugin.library("gate")
        program[16] = 2  // ET_EXEC
        try folder.write("p.so", program)
        #expect(refusal { _ = try stage() } == .notELF(path: file))
    }

    @Test(arguments: [(4, UInt8(1)), (5, 2), (18, 40), (19, 1)])
    func anotherMachine(offset: Int, value: UInt8) throws {
        var bytes = try FixturePlugin.library("gate")
        bytes[offset] = value
        let file = try folder.write("p.so", bytes)
        #expect(refusal { _ = try stage() } == .wrongMachine(path: file))
    }

    /// The loader would map a half-copied file and die of it.
    @Test func cutShort() throws {
        let bytes = try FixturePlugin.library("gate")
        var refused = 0
        for length in stride(from: 65, to: bytes.count, by: 997) {
            let file = try folder.write("p.so", Array(bytes.prefix(length)))
            guard let reason = refusal({ _ = try LoadedModule.open(stage(), hostVersion: "0") }) else { continue }
            refused += 1
            if length < bytes.count / 2 { #expect(reason == .truncated(path: file)) }
        }
        #expect(refused > 5)
    }

    @Test func damagedHeadersAreSurvived() throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = try FixturePlugin.library("gate")
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0..<3 { damaged[Int.random(in: 0..<64, using: &generator)] = .random(in: 0...255, using: &generator) }
            _ = refusal { try LibraryStaging.checkELF(damaged, path: "p") }
        }
    }

    // MARK: The descriptor

    @Test func aGoodPluginIsOpened() throws {
        let module = try open("gate")
        #expect(module.id == "gate" && module.version == "1.0.0" && module.summary == "opens for key=open")
        #expect(module.interfaces == ["sluice.auth/1", "sluice.command/1"] && module.configSchema == "")
        #expect(throws: Never.self) { try module.check(id: "gate", interfaces: ["sluice.command/1", "sluice.auth/1"]) }
    }

    @Test func descriptorAndManifestHaveToAgree() throws {
        let module = try open("gate")
        func check(_ id: String, _ interfaces: [String]) -> LibraryRefusal? {
            refusal { try module.check(id: id, interfaces: interfaces) }
        }
        #expect(check("door", module.interfaces) == .idDiffers(manifest: "door", library: "gate"))
        #expect(check("gate", module.interfaces + ["sluice.sink/1"]) == .missingInterface("sluice.sink/1"))
        #expect(check("gate", ["sluice.auth/1"]) == .undeclaredInterface("sluice.command/1"))
        #expect(check("gate", []) == .undeclaredInterface("sluice.auth/1"))
    }

    @Test func brokenDescriptors() throws {
        func refused(_ kind: Int) -> LibraryRefusal? { refusal { _ = try open("broken", kind: kind) } }
        #expect(refused(0) == nil)
        #expect(refused(1) == .noEntry(path: folder.file("p.so")))
        #expect(refused(2) == .wrongMajor(found: 2))
        #expect(refused(3) == .entryRefused("this host is too old for me"))
        #expect(refused(11) == .tooNew(minor: 99))
        #expect(refused(12) == .incomplete("create"))
        #expect(refused(14) == .incomplete("complete struct (struct_size)"))
    }

    @Test func refusalsAreTextsForTheOperator() {
        #expect(LibraryRefusal.noEntry(path: "x.so").description == "x.so exports no sluice_module_v1: not a Sluice plugin")
        #expect(LibraryRefusal.wrongMajor(found: 2).description == "the library was built for ABI 2, this host has 1")
        #expect(LibraryRefusal.writableByOthers(path: "x.so").description == "x.so can be written by others: chmod go-w it")
        #expect(LibraryRefusal.truncated(path: "x.so").description == "x.so is cut short: copy it again")
    }
}
