import Glibc
import HostConfig

/// A folder that is made with all its files; one that is there already is never touched.
struct NewFolder {
    let path: String

    /// - Throws: `Failure` when the folder is there, or a file cannot be written.
    func write(_ files: [CarriedFile]) throws {
        guard mkdir(path, 0o777) == 0 else {
            throw Failure(
                Exit.failed,
                errno == EEXIST
                    ? "\(path) is there already: take another name, or move it away"
                    : "cannot make the folder \(path): \(String(cString: strerror(errno)))")
        }
        for file in files {
            var folder = path
            for part in file.path.split(separator: "/").dropLast() {
                folder = FilePaths.join(folder, String(part))
                if mkdir(folder, 0o777) != 0, errno != EEXIST { throw failure(folder) }
            }
            try write(file, to: FilePaths.join(path, file.path))
        }
    }

    private func write(_ file: CarriedFile, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.isExecutable ? 0o777 : 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var rest = file.bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    private func failure(_ path: String) -> Failure {
        Failure(Exit.failed, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
