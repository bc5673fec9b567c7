import Glibc

/// libsvtav1, opened by root, makes the thread that opens it and all of its own real-time ones (SCHED_FIFO, 99), and whatever these start
/// inherits that: no other thread of the machine would get the processors that they use. In the sandbox the kernel refuses it.
enum RealTime {
    /// All threads of this process are like others again.
    static func end() {
        guard let folder = opendir("/proc/self/task") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard let thread = pid_t(name), sched_getscheduler(thread) == SCHED_FIFO else { continue }
            var none = sched_param()
            _ = sched_setscheduler(thread, SCHED_OTHER, &none)
        }
    }
}
