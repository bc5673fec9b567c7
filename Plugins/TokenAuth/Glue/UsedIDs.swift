import Glibc
import Synchronization
import TokenCore

/// Ids that were used, in memory and in a file, so that a restart forgets none. What can't be written down is not let in.
final class UsedIDs: Sendable {
    private struct State {
        var ids = OneTimeIDs()
        var isLoaded = false
        var appended = 0
        var problem: String?
    }

    private let file: String
    private let state = Mutex(State())

    init(file: String) { self.file = file }

    /// Why the last one could not be written down; once.
    func takeProblem() -> String? {
        state.withLock { state in
            defer { state.problem = nil }
            return state.problem
        }
    }

    /// [worker] Whether this is the id's first use; it is known from then on.
    func use(_ key: String, expires: Int64, now: Int64) -> Bool {
        state.withLock { state in
            if !state.isLoaded { load(&state, now: now) }
            guard state.ids.use(key, expires: expires, now: now) else { return false }
            if state.appended > 2 * OneTimeIDs.limit {
                state.appended = 0
                state.problem = write(state.ids.lines(), to: file + ".new", O_TRUNC)
                if state.problem == nil { rename(file + ".new", file) }
            } else {
                state.appended += 1
                state.problem = write(OneTimeIDs.line(key, expires: expires), to: file, O_APPEND)
            }
            return state.problem == nil
        }
    }

    private func load(_ state: inout State, now: Int64) {
        state.isLoaded = true
        guard let handle = fopen(file, "re") else { return }
        defer { fclose(handle) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), handle) != nil {
            state.appended += 1
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            state.ids.remember(line: text, now: now)
        }
    }

    private func write(_ text: String, to path: String, _ flag: Int32) -> String? {
        let handle = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
        guard handle >= 0 else { return "\(path): \(String(cString: strerror(errno)))" }
        defer { close(handle) }
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(handle, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                guard count > 0 else { return "\(path): \(String(cString: strerror(errno)))" }
                sent += count
            }
            return nil
        }
    }
}
