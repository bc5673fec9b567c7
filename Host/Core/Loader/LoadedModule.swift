import CHostGuard
import CSluice
import Glibc
import HostIsolation
import HostNet

/// An opened image and its descriptor. Swift images are never closed: the runtime cannot forget them.
struct LoadedModule: @unchecked Sendable {
    let module: UnsafePointer<sluice_module>
    let staged: StagedLibrary
    /// The entry's address: somewhere in the image. Nil for a module that is not an image of this process.
    var entry: UnsafeRawPointer?
    /// The process that the module's functions are messages to; nil: they run here.
    var process: ProcessModule?

    var id: String { module.pointee.id.string }
    var version: String { module.pointee.version.string }
    var summary: String { module.pointee.description.string }
    var configSchema: String { module.pointee.config_schema.string }
    var appConfigSchema: String { module.pointee.app_config_schema.string }
    var stepSchema: String { module.pointee.step_schema.string }
    var sourceSchema: String { module.pointee.source_schema.string }
    var interfaces: [String] {
        guard let list = module.pointee.interfaces else { return [] }
        return (0..<min(Int(module.pointee.interface_count), 64)).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// Opens a staged copy and asks its entry for the descriptor.
    static func open(_ staged: StagedLibrary, id: String = "", hostVersion: String) throws(LibraryRefusal) -> LoadedModule {
        // Named by a crash, like every call into the plugin: a library may run code when it is opened.
        let word = UInt64(id.isEmpty ? 0 : hostguard_plugin(id)) << UInt64(HOSTGUARD_PLUGIN_SHIFT)
        let before = hostguard_enter(word | UInt64(PluginCall.entry.rawValue), NetClock.now)
        defer { hostguard_leave(before) }
        guard let image = dlopen(staged.path, RTLD_NOW | RTLD_LOCAL) else {
            throw .cannotLoad(dlerror().map { String(cString: $0) } ?? "no reason given")
        }
        // Not closed either: it may be a Swift library of another kind.
        guard let symbol = dlsym(image, SLUICE_ENTRY) else { throw .noEntry(path: staged.source) }
        let entry = unsafeBitCast(symbol, to: sluice_module_entry.self)
        var error = sluice_error()
        error.struct_size = UInt32(MemoryLayout<sluice_error>.size)
        let module: UnsafePointer<sluice_module>? = BorrowedText.with("sluice", hostVersion) { name, version in
            var hello = sluice_hello()
            hello.struct_size = UInt32(MemoryLayout<sluice_hello>.size)
            hello.abi_major = SLUICE_ABI_MAJOR
            hello.abi_minor = SLUICE_ABI_MINOR
            hello.host_name = name
            hello.host_version = version
            return entry(&hello, &error)
        }
        guard let module else { throw .entryRefused(error.reason(or: "no reason given")) }
        guard module.pointee.struct_size >= PluginStruct.moduleSize else { throw .incomplete("complete struct (struct_size)") }
        let whole = PluginStruct.whole(module)
        return try LoadedModule(module: whole, staged: staged, entry: UnsafeRawPointer(symbol)).checked()
    }

    /// Opens a staged copy in a process of its own.
    ///
    /// - Parameter notify: hears of the process's deaths and restarts, on a thread of its own.
    static func start(
        _ settings: ProcessSettings, _ staged: StagedLibrary, notify: @escaping @Sendable (ProcessNotice) -> Void
    ) throws -> LoadedModule {
        let process = try ProcessModule.start(settings, notify: notify)
        do {
            return try LoadedModule(module: process.module, staged: staged, process: process).checked()
        } catch {
            process.stop()
            throw error
        }
    }

    private func checked() throws(LibraryRefusal) -> LoadedModule {
        let raw = module.pointee
        guard raw.abi_major == SLUICE_ABI_MAJOR else { throw .wrongMajor(found: raw.abi_major) }
        guard raw.abi_minor <= SLUICE_ABI_MINOR else { throw .tooNew(minor: raw.abi_minor) }
        guard raw.create != nil else { throw .incomplete("create") }
        guard raw.get_interface != nil else { throw .incomplete("get_interface") }
        guard raw.destroy != nil else { throw .incomplete("destroy") }
        return self
    }

    /// Descriptor and manifest have to say the same.
    func check(id: String, interfaces: [String]) throws(LibraryRefusal) {
        guard self.id == id else { throw .idDiffers(manifest: id, library: self.id) }
        let offered = Set(self.interfaces)
        for wanted in interfaces where !offered.contains(wanted) { throw .missingInterface(wanted) }
        for id in self.interfaces where !interfaces.contains(id) { throw .undeclaredInterface(id) }
    }
}
