import Glibc

/// The few file operations of the host, with reasons. No Foundation.
enum Files {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let what: String
        let code: Int32
        var description: String { "\(what) \(path): \(String(cString: strerror(code)))" }
    }

    /// The whole file, at most `limit` bytes.
    static func read(_ path: String, limit: Int = 256 << 20) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(path: path, what: "cannot open", code: errno) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw Failure(path: path, what: "cannot read", code: errno) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, what: "not a file:", code: EINVAL) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(clamping: info.st_size)))
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure(path: path, what: "cannot read", code: errno) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw Failure(path: path, what: "too large:", code: EFBIG) }
            bytes.append(contentsOf: chunk.prefix(count))
        }
    }

    /// Writes a whole file under a temporary name beside it, syncs it, and renames it into place.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw Failure(path: temporary, what: "cannot create", code: errno) }
        var written = 0
        var failure: Int32 = 0
        bytes.withUnsafeBytes { raw in
            while written < raw.count {
                let count = Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else {
                    failure = errno
                    return
                }
                written += count
            }
        }
        if failure == 0, fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw Failure(path: path, what: "cannot write", code: failure)
        }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws(Failure) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(prefix, mode) != 0, errno != EEXIST { throw Failure(path: prefix, what: "cannot make folder", code: errno) }
        }
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(path: path, what: "not a folder:", code: ENOTDIR)
        }
    }

    /// Names in a folder, sorted.
    static func list(_ path: String) throws(Failure) -> [String] {
        guard let folder = opendir(path) else { throw Failure(path: path, what: "cannot list", code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The absolute path without links, or nil.
    static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func join(_ folder: String, _ name: String) -> String {
        name.hasPrefix("/") ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
