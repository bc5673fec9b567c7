import CTemplates

/// A file of `PluginAPI` that this executable carries, to be written into a new plugin's folder. See `Scripts/templates`.
struct CarriedFile: Equatable {
    /// Below the folder that is written.
    var path: String
    var bytes: [UInt8]
    var isExecutable: Bool

    /// The files of a template (`c-auth`), or those that all plugins of a language get (`c`).
    static func files(of set: String) -> [CarriedFile] {
        all.filter { String(cString: $0.set) == set }.map { file in
            CarriedFile(
                path: String(cString: file.path), bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.size)),
                isExecutable: file.executable != 0)
        }
    }

    static var sets: Set<String> { Set(all.map { String(cString: $0.set) }) }

    private static var all: UnsafeBufferPointer<templates_file> {
        UnsafeBufferPointer(start: templates_files, count: templates_count)
    }
}
