import Glibc
import Synchronization
import TokenCore

/// The files of public keys, read again when they change. A file that is bad now leaves the keys of before in force.
final class KeyFiles: Sendable {
    private struct Stamp: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private struct Entry {
        var keys = TokenKeys()
        var stamp: Stamp?
        var looked: UInt64 = 0
    }

    /// A file is looked at so often at most.
    private static let pause: UInt64 = 1_000_000_000

    private let folder: String
    private let entries = Mutex<[String: Entry]>([:])

    init(folder: String) { self.folder = folder }

    /// [worker] The keys, and what is wrong with the file if that is news.
    func keys(_ name: String, at now: UInt64) -> (TokenKeys, String?) {
        entries.withLock { entries in
            var entry = entries[name] ?? Entry()
            guard entry.looked == 0 || now &- entry.looked >= Self.pause else { return (entry.keys, nil) }
            entry.looked = max(now, 1)
            defer { if entries.count < 1024 || entries[name] != nil { entries[name] = entry } }
            let path = name.hasPrefix("/") ? name : folder + "/" + name
            let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else {
                let isNews = entry.stamp != Stamp(inode: 0, size: 0, seconds: 0, nanoseconds: 0)
                entry.stamp = Stamp(inode: 0, size: 0, seconds: 0, nanoseconds: 0)
                return (entry.keys, isNews ? String(cString: strerror(errno)) : nil)
            }
            defer { close(file) }
            var info = stat()
            guard fstat(file, &info) == 0 else { return (entry.keys, nil) }
            let stamp = Stamp(
                inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: info.st_mtim.tv_sec,
                nanoseconds: info.st_mtim.tv_nsec)
            guard stamp != entry.stamp else { return (entry.keys, nil) }
            entry.stamp = stamp
            do throws(TokenKeysError) {
                var keys = TokenKeys()
                try keys.add(jwks: Self.text(file))
                entry.keys = keys
                return (keys, keys.keys.isEmpty ? "it has no key for RS256 or ES256" : nil)
            } catch {
                return (entry.keys, error.description)
            }
        }
    }

    private static func text(_ file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: TokenKeys.fileLimit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled) }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
