import Glibc

/// How long the threads of a process were ready and had no processor: what a busy machine took is no fault of the plugin's. Samples of
/// the last seconds, so that it can be told for any time in them.
public struct ProcessorWait {
    private var samples: [(time: UInt64, waited: UInt64)] = []
    private static let limit = 64

    /// Looks now.
    mutating func note(_ pid: Int32, at now: UInt64) {
        if samples.count >= Self.limit { samples.removeFirst(Self.limit / 2) }
        samples.append((now, Self.total(pid)))
    }

    /// Another process: nothing is known of it.
    mutating func forget() { samples = [] }

    /// Nanoseconds of the time since then, up to the last look; no more than have passed.
    func since(_ time: UInt64) -> UInt64 {
        guard let last = samples.last, let first = samples.last(where: { $0.time <= time }) ?? samples.first else { return 0 }
        guard last.waited > first.waited else { return 0 }
        return min(last.waited - first.waited, last.time - first.time)
    }

    /// Nanoseconds since it began: the sum over its threads of the second number in `/proc/PID/task/TID/schedstat`; 0 where the kernel
    /// does not tell.
    public static func total(_ pid: Int32) -> UInt64 {
        guard let folder = opendir("/proc/\(pid)/task") else { return 0 }
        defer { closedir(folder) }
        var (sum, threads): (UInt64, Int) = (0, 0)
        while let entry = readdir(folder), threads < 256 {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard UInt32(name) != nil else { continue }
            threads += 1
            sum &+= waited(openat(dirfd(folder), name + "/schedstat", O_RDONLY | O_CLOEXEC))
        }
        return sum
    }

    private static func waited(_ file: Int32) -> UInt64 {
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 96)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let words = bytes[..<count].split(separator: UInt8(ascii: " "))
        return words.count > 1 ? UInt64(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    }
}
