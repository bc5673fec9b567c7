import Glibc

/// A process that runs one case, or describes the library, and reports by lines on descriptor 3.
struct Child {
    /// What is started: the program that calls `conform_child`, and its first arguments.
    let command: [String]
    /// Where the library's copies, its data and its output go.
    let folder: String

    struct Line: Equatable {
        let kind: String
        let text: String
    }

    /// How it ended: by itself, by a signal, or by us.
    struct End {
        let lines: [Line]
        let status: Int32
        let timedOut: Bool
        let milliseconds: Int
        /// The last lines that the plugin wrote on its standard output and error.
        let output: [String]
    }

    /// Runs it to its end, at most `seconds`; ends what it has started too.
    func run(_ arguments: [String], seconds: Int) throws(ConformanceError) -> End {
        let began = Self.now()
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotStart(String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process: pid_t
        do throws(ConformanceError) {
            process = try spawn(arguments, report: ends[1])
        } catch {
            close(ends[1])
            throw error
        }
        close(ends[1])
        let (bytes, ended) = Self.read(ends[0], until: began + seconds * 1000)
        if !ended { kill(-process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        kill(-process, SIGKILL)
        return End(
            lines: Self.lines(bytes), status: status, timedOut: !ended, milliseconds: Self.now() - began, output: lastOutput())
    }

    private func spawn(_ arguments: [String], report: Int32) throws(ConformanceError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/output", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, report, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words: [UnsafeMutablePointer<CChar>?] = (command + arguments).map { strdup($0) }
        words.append(nil)
        // A trap ends at once instead of printing a backtrace; nothing else of the caller's environment but where libraries are.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("SWIFT_BACKTRACE=enable=no"), strdup("PATH=/usr/bin:/bin"), nil,
        ]
        if let path = getenv("LD_LIBRARY_PATH") { environment.insert(strdup("LD_LIBRARY_PATH=" + String(cString: path)), at: 0) }
        defer {
            for pointer in words { free(pointer) }
            for pointer in environment { free(pointer) }
        }
        guard let program = command.first else { throw .cannotStart("no program") }
        var process: pid_t = 0
        let failure = posix_spawn(&process, program, &actions, &attributes, words, environment)
        guard failure == 0 else { throw .cannotStart("\(program): \(String(cString: strerror(failure)))") }
        return process
    }

    /// At most 4 MiB; more is read and forgotten, so that the child does not wait for us.
    private static func read(_ descriptor: Int32, until deadline: Int) -> (bytes: [UInt8], ended: Bool) {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let left = deadline - now()
            guard left > 0 else { return (bytes, false) }
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, Int32(clamping: left)) > 0 else { continue }
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return (bytes, true) }
            if bytes.count < 4 << 20 { bytes += block[..<count] }
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [Line] {
        bytes.split(separator: 10).map { line in
            let parts = line.split(separator: 9, maxSplits: 1, omittingEmptySubsequences: false)
            let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
            return Line(kind: String(decoding: parts[0], as: UTF8.self), text: text)
        }
    }

    private func lastOutput() -> [String] {
        guard let bytes = Files.read(folder + "/output", limit: 1 << 20) else { return [] }
        return String(decoding: bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline).suffix(3).map {
            String($0.prefix(300))
        }
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
