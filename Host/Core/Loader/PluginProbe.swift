// PluginProbe: tries a library in a child process before the host opens it. A library whose entry traps, blocks or exits ends the child.
//
// The child opens the staged copy, asks its entry for the descriptor and prints what it says; the parent compares and waits, but not
// longer than its deadline. Blocks: never on a loop.

import CHostLoader
import Glibc
import HostIsolation
import SluiceJSON

public struct PluginProbe: Sendable {
    /// How long the child may take, milliseconds, besides what it waits for a processor.
    static let deadline = 5_000
    /// How long in all.
    private static let longest = 30_000

    /// The Runner's path.
    let runner: String

    /// The Runner beside this executable; nil where there is none (a test's process).
    init?() {
        let folder = Files.parent(Files.resolve("/proc/self/exe") ?? ".")
        runner = Files.join(folder, "sluice-runner")
        guard access(runner, X_OK) == 0 else { return nil }
    }

    init(runner: String) { self.runner = runner }

    /// Why a library did not survive being looked at.
    enum Refusal: Error, Equatable, CustomStringConvertible {
        case noRunner(String)
        case blocked(milliseconds: Int)
        case died(signal: Int32)
        case refused(String)
        case exited(Int32)

        var description: String {
            switch self {
            case .noRunner(let text): "the library can't be tried: \(text)"
            case .blocked(let milliseconds):
                "the library did not answer in \(milliseconds) ms when it was tried in a child process"
            case .died(let signal): "the library killed the child process in which it was tried (signal \(signal))"
            case .refused(let text): text
            case .exited(let code): "the library ended the child process in which it was tried (exit code \(code))"
            }
        }
    }

    /// Tries a staged copy.
    func run(_ staged: StagedLibrary, id: String, deadline: Int = Self.deadline) throws(Refusal) {
        guard try child(["--probe", staged.path, id], deadline: deadline) == Self.survived else { throw .exited(0) }
    }

    /// What the Runner prints when it is run with these words and ends well.
    func child(_ words: [String], deadline: Int = Self.deadline) throws(Refusal) -> String {
        var ends: [Int32] = [-1, -1]
        // Between the two calls another thread's child may inherit the ends; it keeps none of them open for long.
        guard pipe(&ends) == 0 else { throw .noRunner(String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let child: pid_t
        do throws(Refusal) {
            child = try spawn([runner] + words, output: ends[1])
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        let (text, ended) = Self.read(ends[0], of: child, deadline)
        if !ended { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        guard ended else { throw .blocked(milliseconds: deadline) }
        let signal = status & 0x7F
        guard signal == 0 else { throw .died(signal: signal) }
        switch (status >> 8) & 0xFF {
        case 0: return text
        case Self.refusedCode: throw .refused(text.isEmpty ? "the library was refused" : text)
        case let code: throw .exited(code)
        }
    }

    private func spawn(_ words: [String], output: Int32) throws(Refusal) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        // Nothing of the host's environment; a trap ends at once instead of printing a backtrace.
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("SWIFT_BACKTRACE=enable=no"), nil]
        if let path = getenv("LD_LIBRARY_PATH") { environment.insert(strdup("LD_LIBRARY_PATH=" + String(cString: path)), at: 0) }
        defer {
            for pointer in arguments { free(pointer) }
            for pointer in environment { free(pointer) }
        }
        var child: pid_t = 0
        let failure = posix_spawn(&child, runner, &actions, nil, arguments, environment)
        guard failure == 0 else { throw .noRunner("\(runner): \(String(cString: strerror(failure)))") }
        return child
    }

    /// What the child printed, at most 4 KiB, and whether it has closed its output in time.
    private static func read(_ descriptor: Int32, of child: pid_t, _ deadline: Int) -> (text: String, ended: Bool) {
        let began = now()
        var end = began + deadline
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            if end <= now() {
                // A busy machine is no fault of the library's.
                end = began + min(deadline + Int(clamping: ProcessorWait.total(child) / 1_000_000), max(longest, deadline))
            }
            let left = end - now()
            guard left > 0 else { return ("", false) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, Int32(clamping: left)) > 0 else { continue }
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if bytes.count < 4096 { bytes += block[..<count] }
        }
        return (String(decoding: bytes.prefix(4096), as: UTF8.self).trimmingNewlines, true)
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    // MARK: In the child

    static let refusedCode: Int32 = 3
    /// An entry that calls exit(0) does not print it.
    private static let survived = "survived"

    /// What `sluice-runner --probe FILE ID` does: 0 when the library answers as it should, else 3 with the reason on standard output.
    public static func look(at path: String, id: String) -> Int32 {
        // Accepted sockets are not close-on-exec: kept, they would hold viewers' connections open, and a library could read them.
        hostloader_close_from(3)
        do {
            let staged = StagedLibrary(source: path, path: path, sha256: "")
            let loaded = try LoadedModule.open(staged, hostVersion: Server.version)
            guard loaded.id == id else { throw LibraryRefusal.idDiffers(manifest: id, library: loaded.id) }
            let text = Array(survived.utf8)
            return write(1, text, text.count) == text.count ? 0 : 1
        } catch {
            let text = Array(String(describing: error).utf8)
            _ = write(1, text, text.count)
            return refusedCode
        }
    }
}

extension String {
    fileprivate var trimmingNewlines: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
