import CSluice
import Glibc
import HostConfig
import HostIsolation
import SluiceJSON

/// From a manifest to a generation that is configured: the steps that the server and the Runner share.
struct PluginLoading {
    let staging: LibraryStaging
    let hostVersion: String
    let requireHash: Bool
    let dataFolder: String

    /// Where libraries are looked for: beside the manifest, beside the executable, in ../lib/sluice/plugins.
    static func searchFolders(manifest: PluginManifest) -> [String] {
        let executable = Files.parent(Files.resolve("/proc/self/exe") ?? ".")
        return [Files.parent(manifest.file), executable, Files.join(Files.parent(executable), "lib/sluice/plugins")]
    }

    init(manifest: PluginManifest, dataFolder: String, requireHash: Bool, hostVersion: String) {
        staging = LibraryStaging(
            searchFolders: Self.searchFolders(manifest: manifest), stagingFolder: Files.join(dataFolder, "staged"))
        self.hostVersion = hostVersion
        self.requireHash = requireHash
        self.dataFolder = dataFolder
    }

    /// [worker] Copies, hashes and looks at the library, and tries the copy in a child process.
    func stage(_ manifest: PluginManifest, number: UInt64) throws -> StagedLibrary {
        let staged = try staging.stage(
            library: manifest.library, id: manifest.id, generation: number, sha256: manifest.sha256, requireHash: requireHash)
        do {
            // Without a Runner (a test's process) the library is opened untried.
            try PluginProbe()?.run(staged, id: manifest.id)
        } catch {
            unlink(staged.path)
            throw error
        }
        return staged
    }

    /// Stages, opens, checks against the manifest and makes the instance.
    func load(
        _ manifest: PluginManifest, number: UInt64, server: Server, made: (PluginGeneration) -> Void = { _ in },
        step: (PluginState) -> Void
    ) throws -> PluginGeneration {
        let staged = try stage(manifest, number: number)
        step(.probed)
        return try open(staged, manifest, number: number, server: server, made: made, step: step)
    }

    /// [control] Opens a staged copy, checks it against the manifest and makes the instance.
    func open(
        _ staged: StagedLibrary, _ manifest: PluginManifest, number: UInt64, server: Server, store: KeyValueStore? = nil,
        made: (PluginGeneration) -> Void = { _ in }, step: (PluginState) -> Void = { _ in }
    ) throws -> PluginGeneration {
        // Once the image is mapped, or refused, the copy's name is not needed any more.
        defer { unlink(staged.path) }
        let folder = Files.join(dataFolder, "plugins/\(manifest.id)")
        try Files.makeFolder(folder, mode: 0o700)
        let loaded =
            manifest.isolation == .host
            ? try LoadedModule.open(staged, id: manifest.id, hostVersion: hostVersion)
            : try LoadedModule.start(process(manifest, staged, folder, server), staged) {
                server.heard($0, of: manifest.id, number: number)
            }
        try loaded.check(id: manifest.id, interfaces: manifest.interfaces)
        if let version = manifest.version, version != loaded.version {
            throw PluginFailure(step: "load", text: "the manifest's version is \(version), the library's \(loaded.version)")
        }
        let generation = PluginGeneration(
            id: manifest.id, number: number, manifest: manifest, loaded: loaded, server: server, dataFolder: folder, store: store)
        made(generation)
        try generation.create()
        step(.loaded)
        return generation
    }

    private func process(
        _ manifest: PluginManifest, _ staged: StagedLibrary, _ folder: String, _ server: Server
    ) throws -> ProcessSettings {
        guard let runner = PluginProbe()?.runner else {
            throw PluginFailure(
                step: "load", text: "sluice-runner, which hosts plugins in processes, is not beside this executable")
        }
        var settings = ProcessSettings(library: staged.path, runner: runner, dataFolder: folder, hostVersion: hostVersion)
        settings.requiresSandbox = manifest.sandbox == .required
        settings.hardMilliseconds = manifest.budgets.hardMilliseconds
        settings.readable = manifest.permissions.read
        settings.writable = manifest.permissions.write
        settings.memoryBytes = UInt64(manifest.budgets.memoryMegabytes) << 20
        settings.nice = manifest.budgets.nice
        settings.processorsEach = manifest.budgets.processorsEach
        settings.processorsTogether = Double(manifest.budgets.processorsTogether) / 100
        settings.sharing = ProcessSharing(rawValue: manifest.processPer.rawValue) ?? .plugin
        settings.connectPorts = manifest.permissions.connect.compactMap { UInt16(exactly: $0) }
        settings.carriesMedia = !ProcessModule.mediaInterfaces.isDisjoint(with: manifest.interfaces)
        settings.publications = { [unowned server] in server.sessions[$0].map { Array($0.publications.keys) } ?? [] }
        settings.deliver = { [unowned server] in server.sessions[$0]?.take($1) }
        settings.postToLane = { [unowned server] in server.post(toLaneOf: $0, $1) }
        return settings
    }

    /// [control] Checks `[config]` of a manifest (else of the generation's own) against the library's schema and hands it over.
    func configure(_ generation: PluginGeneration, from manifest: PluginManifest? = nil) throws {
        let text = generation.loaded.configSchema
        let schema = text.isEmpty ? nil : try ConfigurationSchema(parsing: text)
        let config = try (manifest ?? generation.manifest).configuration(checkedBy: schema)
        try generation.configure(JSONValue.object(config).serialized())
    }
}
