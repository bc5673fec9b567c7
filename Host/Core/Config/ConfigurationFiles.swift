import Glibc

/// Reads configuration files: `sluice.toml`, and the manifests of a folder. The only part of this module that touches a file.
public enum ConfigurationFiles {
    /// Longer files are refused.
    public static let lengthLimit = 4 << 20

    /// The server's configuration.
    /// - Throws: all errors; one without a place when the file cannot be read.
    public static func server(at path: String) throws(ConfigurationErrors) -> ServerConfiguration {
        try ServerConfiguration(parsing: try text(of: path), file: path)
    }

    /// One manifest.
    public static func manifest(at path: String) throws(ConfigurationErrors) -> PluginManifest {
        try PluginManifest(parsing: try text(of: path), file: path)
    }

    /// All manifests (`*.toml`, hidden files left out) of a folder in the order of their names; a bad one does not hide the others.
    /// - Throws: when the folder cannot be read.
    public static func manifests(in folder: String) throws(ConfigurationErrors) -> (
        good: [PluginManifest], bad: [ConfigurationErrors]
    ) {
        var good: [PluginManifest] = []
        var bad: [ConfigurationErrors] = []
        for name in try names(in: folder) where name.hasSuffix(".toml") && !name.hasPrefix(".") {
            do throws(ConfigurationErrors) { good.append(try manifest(at: FilePaths.join(folder, name))) } catch {
                bad.append(error)
            }
        }
        return (good, bad)
    }

    /// The names in a folder, sorted by their bytes.
    public static func names(in folder: String) throws(ConfigurationErrors) -> [String] {
        guard let directory = opendir(folder) else { throw failure(folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The file's text.
    public static func text(of path: String) throws(ConfigurationErrors) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= lengthLimit else { throw refusal(path, "longer than \(lengthLimit) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal(path, "not UTF-8") }
        return text
    }

    private static func failure(_ path: String) -> ConfigurationErrors {
        refusal(path, "cannot be read: \(String(cString: strerror(errno)))")
    }

    private static func refusal(_ path: String, _ message: String) -> ConfigurationErrors {
        ConfigurationErrors([ConfigurationError(file: path, position: nil, message: message)])
    }
}
