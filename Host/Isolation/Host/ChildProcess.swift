// ChildProcess: one life of a plugin's process as the host holds it: its pid, its socket, its output. Belongs to the supervisor's thread.

import CHostIsolation
import Glibc

struct ChildProcess {
    let pid: Int32
    /// Readable when the process has ended; -1: the kernel has none, and the socket's end has to do.
    let pidDescriptor: Int32
    let socket: Int32
    /// What it prints.
    let output: Int32
    let started: UInt64

    /// - Parameter media: the descriptors of its media rings, if it has some.
    /// - Throws: text for the operator.
    static func start(runner: String, library: Int32, media: [Int32] = []) throws(ProcessModuleError) -> ChildProcess {
        var sockets: [Int32] = [-1, -1]
        var outputs: [Int32] = [-1, -1]
        guard hostiso_socketpair(&sockets) == 0 else { throw .cannotStart("no socket pair") }
        defer { close(sockets[1]) }
        guard hostiso_pipe(&outputs) == 0 else {
            close(sockets[0])
            throw .cannotStart("no pipe")
        }
        defer { close(outputs[1]) }
        let null = hostiso_open("/dev/null")
        defer { if null >= 0 { close(null) } }
        var pid: Int32 = 0
        let status = spawn(runner, [null, outputs[1], outputs[1], sockets[1], library] + media, &pid)
        guard status == 0 else {
            close(sockets[0])
            close(outputs[0])
            throw .cannotStart("\(runner): \(String(cString: strerror(-status)))")
        }
        return ChildProcess(
            pid: pid, pidDescriptor: hostiso_pidfd(pid), socket: sockets[0], output: outputs[0], started: monotonicNanoseconds())
    }

    /// The environment is empty but for what keeps Swift's crash reporter from holding a dead process for a third of a second, and
    /// what makes the resolver ask over TCP: a process that may connect gets no other sockets.
    private static func spawn(_ runner: String, _ descriptors: [Int32], _ pid: inout Int32) -> Int32 {
        let argv = [strdup(runner), strdup("--plugin-host"), nil]
        let environment = [
            strdup("SWIFT_BACKTRACE=enable=no"), strdup("LC_ALL=C.UTF-8"), strdup("RES_OPTIONS=use-vc"), nil,
        ]
        defer { for text in argv + environment { free(text) } }
        return hostiso_spawn(runner, argv, environment, descriptors, Int32(descriptors.count), &pid)
    }

    /// Ends the process if it still runs, takes its remains away and says how it ended.
    func finish() -> String {
        if pidDescriptor >= 0 { close(pidDescriptor) }
        close(socket)
        close(output)
        var status: Int32 = 0
        guard hostiso_reap(pid, 1, &status) == 0 else { return "it is gone" }
        let number = status & 0x7F
        guard number != 0 else { return "it ended with exit code \((status >> 8) & 0xFF)" }
        return "it died of signal \(number) (\(String(cString: strsignal(number))))"
    }

    /// Resident memory in bytes and CPU time in nanoseconds, of any process of ours.
    static func figures(pid: Int32) -> (resident: UInt64, cpu: UInt64)? {
        guard pid > 0, let memory = fields("/proc/\(pid)/statm"), memory.count > 1, let pages = UInt64(memory[1]),
            let text = line("/proc/\(pid)/stat"), let close = text.lastIndex(of: ")")
        else { return nil }
        let rest = text[text.index(after: close)...].split(separator: " ")
        guard rest.count > 12, let user = UInt64(rest[11]), let system = UInt64(rest[12]) else { return nil }
        let tick = UInt64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        return (pages &* UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 1)), (user &+ system) &* (1_000_000_000 / tick))
    }

    private static func fields(_ path: String) -> [Substring]? { line(path)?.split(separator: " ") }

    private static func line(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
