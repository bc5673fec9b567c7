// LibraryStaging: from the name in a manifest to a private, hashed copy that can be opened.
//
// dlopen of an overwritten path, a hard link or a symlink gives the old code: every load gets a byte copy under a name of its own.
// Never runs plugin code.

import Glibc

/// A library that was copied, hashed and looked at, and may be opened.
struct StagedLibrary: Sendable {
    /// Where it was found.
    let source: String
    /// The copy to open.
    let path: String
    /// SHA-256 of the copy, hexadecimal.
    let sha256: String
}

struct LibraryStaging: Sendable {
    /// Where libraries are looked for, in order.
    let searchFolders: [String]
    /// `DIR/staged`: only this user may write there.
    let stagingFolder: String

    /// - Parameters:
    ///   - sha256: what the manifest demands; nil: the hash is only taken.
    ///   - generation: makes the copy's name unique.
    func stage(
        library: String, id: String, generation: UInt64, sha256 expected: String?, requireHash: Bool
    ) throws(LibraryRefusal) -> StagedLibrary {
        if requireHash, expected == nil { throw .hashRequired }
        let source = try find(library)
        try checkWritable(source)
        let bytes: [UInt8]
        do {
            bytes = try Files.read(source)
        } catch {
            throw .unreadable(error.description)
        }
        try Self.checkELF(bytes, path: source)
        let found = Digest.hex(Digest.sha256(bytes))
        if let expected, expected.lowercased() != found { throw .hashDiffers(expected: expected, found: found) }
        let path = Files.join(stagingFolder, "\(id)-\(generation)-\(getpid())-\(found.prefix(12)).so")
        do {
            try Files.makeFolder(stagingFolder, mode: 0o700)
            try Files.replace(path, with: bytes, mode: 0o500)
        } catch {
            throw .unreadable(error.description)
        }
        do throws(LibraryRefusal) {
            try checkWritable(path)
        } catch {
            unlink(path)
            throw error
        }
        return StagedLibrary(source: source, path: path, sha256: found)
    }

    private func find(_ library: String) throws(LibraryRefusal) -> String {
        for folder in searchFolders {
            let path = Files.join(folder, library)
            if Files.exists(path) { return path }
        }
        throw .notFound(library: library, folders: searchFolders)
    }

    /// Refuses a file, or a folder that holds it, which somebody other than its owner (or root) may write. A link is judged by where it
    /// leads and by the folder that it stands in: who may write there may let it lead elsewhere.
    func checkWritable(_ path: String) throws(LibraryRefusal) {
        guard let resolved = Files.resolve(path) else { throw .unreadable("cannot resolve \(path)") }
        let folder = Files.resolve(Files.parent(path)) ?? Files.parent(path)
        for candidate in [resolved, Files.parent(resolved)] + (folder == Files.parent(resolved) ? [] : [folder]) {
            var info = stat()
            guard stat(candidate, &info) == 0 else { throw .unreadable("cannot look at \(candidate)") }
            let groupWrites = info.st_mode & S_IWGRP != 0 && info.st_gid != getegid() && info.st_gid != 0
            let othersWrite = info.st_mode & S_IWOTH != 0
            if groupWrites || othersWrite { throw .writableByOthers(path: candidate) }
        }
    }

    /// ELF, 64 bit, little-endian, shared object, of this machine.
    static func checkELF(_ bytes: [UInt8], path: String) throws(LibraryRefusal) {
        guard bytes.count > 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { throw .notELF(path: path) }
        #if arch(x86_64)
            let machine: UInt8 = 62
        #else
            let machine: UInt8 = 183
        #endif
        guard bytes[4] == 2, bytes[5] == 1, bytes[18] == machine, bytes[19] == 0 else { throw .wrongMachine(path: path) }
        guard bytes[16] == 3, bytes[17] == 0 else { throw .notELF(path: path) }
        guard segmentsFit(bytes) else { throw .truncated(path: path) }
    }

    /// Every loaded segment lies in the file: the loader maps without looking, and a touch beyond the end is the process's death.
    private static func segmentsFit(_ bytes: [UInt8]) -> Bool {
        func number(_ offset: Int, _ size: Int) -> UInt64? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let table = number(32, 8), let size = number(54, 2), let count = number(56, 2), size >= 56, count > 0,
            table <= UInt64(bytes.count)
        else { return false }
        for index in 0..<count {
            let header = Int(table + index * size)
            guard let type = number(header, 4), let offset = number(header + 8, 8), let length = number(header + 32, 8) else {
                return false
            }
            let (end, overflow) = offset.addingReportingOverflow(length)
            if type == 1, overflow || end > UInt64(bytes.count) { return false }
        }
        return true
    }
}
