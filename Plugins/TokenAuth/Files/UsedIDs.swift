import Glibc
import Synchronization
import TokenCore

/// Ids that were used, in memory and in a file, so that a restart forgets none. What can't be written down is not used up.
public final class UsedIDs: Sendable {
    public enum Use: Equatable, Sendable {
        case first
        case again
        /// It can't be told for the next time, so this time does not count either. The text is for the log.
        case failed(String)
    }

    private struct State {
        var ids = OneTimeIDs()
        var isLoaded = false
        var lines = 0
        /// The file's last line has no end: the process or the disk was at its end.
        var isTorn = false
    }

    private let file: String
    private let state = Mutex(State())

    public init(file: String) { self.file = file }

    /// For tests: nothing was used before.
    package init(file: String, loads: Bool) {
        self.file = file
        state.withLock { $0.isLoaded = !loads }
    }

    /// [worker] Whether this is the id's first use; it is known from then on.
    public func use(_ key: String, expires: Int64, now: Int64) -> Use {
        state.withLock { state in
            if !state.isLoaded {
                if let problem = load(&state, now: now) { return .failed(problem) }
                state.isLoaded = true
            }
            switch state.ids.use(key, expires: expires, now: now) {
            case .again: return .again
            case .full: return .failed("\(OneTimeIDs.limit) ids are in use")
            case .first: break
            }
            let isLong = state.lines > 2 * OneTimeIDs.limit
            guard let problem = isLong ? rewrite(&state) : append(OneTimeIDs.line(key, expires: expires), &state) else {
                return .first
            }
            state.ids.forget(key)
            return .failed(problem)
        }
    }

    /// - Returns: why what was used before is not known.
    private func load(_ state: inout State, now: Int64) -> String? {
        guard let handle = fopen(file, "re") else { return errno == ENOENT ? nil : explain(file) }
        defer { fclose(handle) }
        var (line, isWhole) = ([CChar](repeating: 0, count: 256), true)
        while fgets(&line, Int32(line.count), handle) != nil {
            let bytes = line.prefix { $0 != 0 }
            isWhole = bytes.last == 10
            state.lines += 1
            state.ids.remember(
                line: String(decoding: bytes.filter { $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), now: now)
        }
        state.isTorn = !isWhole
        return ferror(handle) == 0 ? nil : explain(file)
    }

    private func append(_ line: String, _ state: inout State) -> String? {
        let problem = write((state.isTorn ? "\n" : "") + line, to: file, O_APPEND)
        state.isTorn = problem != nil
        state.lines += 1
        return problem
    }

    /// Only what is still known, in place of all that ever was.
    private func rewrite(_ state: inout State) -> String? {
        let new = file + ".new"
        var problem = write(state.ids.lines(), to: new, O_TRUNC)
        if problem == nil, rename(new, file) != 0 { problem = explain(file) }
        guard problem == nil else {
            unlink(new)
            return problem
        }
        (state.lines, state.isTorn) = (state.ids.count, false)
        return nil
    }

    private func write(_ text: String, to path: String, _ flag: Int32) -> String? {
        let handle = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
        guard handle >= 0 else { return explain(path) }
        defer { close(handle) }
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(handle, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return explain(path) }
                sent += count
            }
            return nil
        }
    }

    private func explain(_ path: String) -> String { "\(path): \(String(cString: strerror(errno)))" }
}
