import Glibc
import Synchronization
import TokenCore

/// The files of public keys, read again when they change. A file that is bad now leaves the keys of before in force.
public final class KeyFiles: Sendable {
    /// What a file says.
    public struct Found: Equatable, Sendable {
        public var keys = TokenKeys()
        /// What is wrong with the file, when that is news; for the log.
        public var news: String?
        /// Why no keys are known: the file was never good. nil: they are known, even if there are none.
        public var unknown: String?

        public init() {}
    }

    private struct Stamp: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private struct Entry {
        var found = Found()
        var stamp: Stamp?
        var looked: UInt64 = 0
        /// The last reason, until the file is good.
        var problem: String?
        var wasGood = false

        mutating func failed(_ reason: String) {
            found.news = reason == problem ? nil : reason
            found.unknown = wasGood ? nil : reason
            problem = reason
        }
    }

    /// A file is looked at so often at most.
    private static let pause: UInt64 = 1_000_000_000

    private let folder: String
    private let entries = Mutex<[String: Entry]>([:])

    public init(folder: String) { self.folder = folder }

    /// [worker] The keys of a file.
    /// - Parameter now: monotonic nanoseconds.
    public func keys(_ name: String, at now: UInt64) -> Found {
        entries.withLock { entries in
            var entry = entries[name] ?? Entry()
            entry.found.news = nil
            guard entry.looked == 0 || now &- entry.looked >= Self.pause else { return entry.found }
            entry.looked = max(now, 1)
            Self.look(name.hasPrefix("/") ? name : folder + "/" + name, &entry)
            if entries.count < 1024 || entries[name] != nil { entries[name] = entry }
            return entry.found
        }
    }

    private static func look(_ path: String, _ entry: inout Entry) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            entry.stamp = nil
            return entry.failed(String(cString: strerror(errno)))
        }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { return entry.failed(String(cString: strerror(errno))) }
        let stamp = Stamp(
            inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: info.st_mtim.tv_sec,
            nanoseconds: info.st_mtim.tv_nsec)
        guard stamp != entry.stamp else { return }
        guard let text = text(file) else { return entry.failed(String(cString: strerror(errno))) }
        entry.stamp = stamp
        do throws(TokenKeysError) {
            var keys = TokenKeys()
            try keys.add(jwks: text)
            entry.found = Found()
            entry.found.keys = keys
            (entry.wasGood, entry.problem) = (true, nil)
            if keys.keys.isEmpty { entry.found.news = "it has no key for RS256 or ES256" }
        } catch {
            entry.failed(error.description)
        }
    }

    /// nil: it can't be read.
    private static func text(_ file: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: TokenKeys.fileLimit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled) }
            if count < 0 {
                guard errno == EINTR else { return nil }
                continue
            }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }
}
