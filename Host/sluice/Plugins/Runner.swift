import Glibc
import HostConfig

/// Runs a plugin's command with no server: the `sluice-runner` beside this executable loads the plugin, runs one command and ends.
struct Runner {
    let place: ServerPlace
    let manifest: PluginManifest

    /// Runs the command; input and output are ours.
    /// - Returns: the Runner's exit code; 128 + the signal's number when it died of one.
    func run(_ arguments: [String]) throws -> Int32 {
        let runner = try Self.executable()
        var line = [runner, "--manifest", manifest.file, "--data", place.data]
        if let config = try? place.configurationFile() { line += ["--config", config] }
        line += ["--"] + arguments
        return try spawn(runner, line)
    }

    /// The Runner, in the folder of this executable.
    static func executable() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else {
            throw Failure(Exit.failed, "cannot tell where this executable is: \(String(cString: strerror(errno)))")
        }
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let runner = FilePaths.join(FilePaths.folder(of: own), "sluice-runner")
        guard access(runner, X_OK) == 0 else {
            throw Failure(Exit.failed, "no server runs, and \(runner), which runs plugins' commands then, is not there")
        }
        return runner
    }

    private func spawn(_ file: String, _ line: [String]) throws -> Int32 {
        var vector: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) }
        vector.append(nil)
        defer { for pointer in vector { free(pointer) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, file, nil, nil, vector, environ)
        guard failure == 0 else { throw Failure(Exit.failed, "\(file): \(String(cString: strerror(failure)))") }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(Exit.failed, "waiting for \(file): \(String(cString: strerror(errno)))") }
        }
        let signal = status & 0x7F
        guard signal == 0 else {
            Output.error("sluice: the plugin's process died of signal \(signal)")
            return 128 + signal
        }
        return (status >> 8) & 0xFF
    }
}
