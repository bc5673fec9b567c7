// PluginInstallation: puts a library and its manifest into the folder of plugins: looked at, copied, hashed, and the manifest last, by
// rename, so that a server that watches the folder never sees half of it. Runs no plugin code but in a child process.

import Glibc
import HostConfig

public struct PluginInstallation: Sendable {
    /// Why nothing was installed. The text is for the operator.
    public struct Refusal: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    /// What was installed.
    public struct Installed: Sendable, Equatable {
        public var library: LibraryDescription
        public var libraryFile: String
        public var manifestFile: String
        public var sha256: String
        public var isEnabled: Bool
        /// The manifest was there before: only version, hash and `enabled` were set in it.
        public var keptManifest: Bool
        /// No manifest lay beside the library: one was made from its descriptor.
        public var madeManifest: Bool
    }

    /// The library's path.
    public var file: String
    /// `plugins.d`.
    public var folder: String
    /// Nil: as the manifest says.
    public var enable: Bool?

    public init(file: String, folder: String, enable: Bool? = nil) {
        self.file = file
        self.folder = folder
        self.enable = enable
    }

    private var name: String { String(file.split(separator: "/").last ?? "") }

    /// - Throws: `Refusal`; the folder's manifests are then as they were.
    public func run() throws(Refusal) -> Installed {
        guard let probe = PluginProbe() else {
            throw Refusal(description: "sluice-runner, in which a library is looked at, is not beside this executable")
        }
        return try told { try install(probe) }
    }

    func install(_ probe: PluginProbe) throws -> Installed {
        guard name.hasSuffix(".so"), !name.hasPrefix(".") else {
            throw Refusal(description: "\(file): a plugin is a shared library, NAME.so")
        }
        let bytes = try Files.read(file)
        try LibraryStaging.checkELF(bytes, path: file)
        guard Files.exists(folder) else { throw Refusal(description: "there is no folder of plugins \(folder)") }
        let sha256 = Digest.hex(Digest.sha256(bytes))
        // Beside its place and not yet under its name: what is looked at is what is installed.
        let temporary = Files.join(folder, ".\(name).\(getpid()).installing")
        try Files.replace(temporary, with: bytes, mode: 0o755)
        defer { unlink(temporary) }
        try LibraryStaging(searchFolders: [], stagingFolder: "").checkWritable(temporary)
        let library: LibraryDescription
        do {
            library = try probe.description(of: temporary)
        } catch {
            throw Refusal(description: error.description.replacing(temporary, with: file))
        }
        var plan = try manifest(of: library, sha256: sha256)
        let libraryFile = Files.join(folder, name)
        guard rename(temporary, libraryFile) == 0 else {
            throw Refusal(description: "cannot write \(libraryFile): \(String(cString: strerror(errno)))")
        }
        try Files.replace(plan.manifestFile, with: Array(plan.text.utf8))
        plan.installed.libraryFile = libraryFile
        return plan.installed
    }

    private struct Plan {
        var text: String
        var installed: Installed
        var manifestFile: String { installed.manifestFile }
    }

    /// The manifest's text: that of the folder, else that beside the library, else one made from the descriptor.
    private func manifest(of library: LibraryDescription, sha256: String) throws -> Plan {
        guard PluginID.isValid(library.id), !PluginID.reserved.contains(library.id) else {
            throw Refusal(description: "the library calls itself \"\(library.id)\", which no plugin can be called")
        }
        let known = try ConfigurationFiles.manifests(in: folder).good
        if let other = known.first(where: { $0.library == name && $0.id != library.id }) {
            throw Refusal(description: "\(other.file) names \(name) already, for the plugin \(other.id)")
        }
        var installed = Installed(
            library: library, libraryFile: "", manifestFile: Files.join(folder, library.id + ".toml"), sha256: sha256,
            isEnabled: true,
            keptManifest: false, madeManifest: false)
        let beside = String(file.dropLast(3)) + ".toml"
        var text: ManifestText
        if let mine = known.first(where: { $0.id == library.id }) {
            installed.manifestFile = mine.file
            installed.keptManifest = true
            text = ManifestText(mine.text)
            text.set("library", to: ManifestText.quoted(name))
            if text.has("version") { text.set("version", to: ManifestText.quoted(library.version)) }
        } else if Files.exists(installed.manifestFile) {
            throw Refusal(
                description: "\(installed.manifestFile) is there and not \(library.id)'s, or has errors: see sluice check")
        } else if Files.exists(beside) {
            text = ManifestText(try ConfigurationFiles.manifest(at: beside).text)
        } else if let made = ManifestText(of: library, file: name) {
            installed.madeManifest = true
            text = made
        } else {
            throw Refusal(
                description:
                    "\(library.id) offers a protocol, and its listeners are in no library: write \(beside) (plugins.d/README.md)")
        }
        text.set("sha256", to: ManifestText.quoted(sha256))
        if let enable { text.set("enabled", to: enable ? "true" : "false") }
        let manifest = try PluginManifest(parsing: text.text, file: installed.keptManifest ? installed.manifestFile : beside)
        try check(manifest, library, sha256)
        installed.isEnabled = manifest.enabled
        return Plan(text: text.text, installed: installed)
    }

    /// What the loader would find: better now than in the listing.
    private func check(_ manifest: PluginManifest, _ library: LibraryDescription, _ sha256: String) throws {
        guard manifest.id == library.id else { throw LibraryRefusal.idDiffers(manifest: manifest.id, library: library.id) }
        guard manifest.library == name else {
            throw Refusal(description: "\(manifest.file) names the library \(manifest.library), not \(name)")
        }
        for id in manifest.interfaces where !library.interfaces.contains(id) { throw LibraryRefusal.missingInterface(id) }
        for id in library.interfaces where !manifest.interfaces.contains(id) { throw LibraryRefusal.undeclaredInterface(id) }
        if let version = manifest.version, version != library.version {
            throw Refusal(description: "\(manifest.file) says version \(version), the library \(library.version)")
        }
        guard manifest.sha256 == sha256, enable == nil || manifest.enabled == enable else {
            throw Refusal(
                description: "\(manifest.file) is written in a way that its sha256 cannot be set in: give it a line of its own")
        }
    }

    private func told<Result>(_ body: () throws -> Result) throws(Refusal) -> Result {
        do {
            return try body()
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(description: String(describing: error))
        }
    }
}
