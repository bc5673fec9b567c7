// CrashMark: `DIR/run.mark`, what each thread was inside of when the host died of itself.
//
// Written by the handler of a fatal signal (CHostGuard), and by nothing else: who ends the process from outside (kill -9, a machine
// without power) leaves none. Read once, by the next start, and taken away. Which plugins begin quarantined, see `suspects`.

import CHostGuard
import Glibc

public struct CrashMark: Sendable, Equatable {
    public struct Thread: Sendable, Equatable {
        public enum Place: String, Sendable {
            /// The thread that failed was inside of the call.
            case failed
            /// Inside of it, for longer than the hard budget.
            case hung
            case inside
            /// In the host's own code; this was its last call.
            case last
        }

        public var id: Int
        public var name: String
        public var place: Place
        public var plugin: String
        public var function: String
        public var milliseconds: Int
    }

    /// 0: a plugin called exit().
    public var signal: Int32
    /// The process did it to itself; else somebody sent the signal, as a service manager does whose watchdog ran out.
    public var isOwn: Bool
    public var threads: [Thread]

    static func path(_ dataFolder: String) -> String { Files.join(dataFolder, "run.mark") }

    /// Reads what the handler wrote. Nil: it is not whole.
    public init?(parsing text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard let head = lines.first, head.count == 5, head[0] == "sluice-mark", head[1] == "1", let signal = Int32(head[3]),
            lines.last == ["end"]
        else { return nil }
        self.signal = signal
        isOwn = head[4] == "own"
        threads = lines.dropFirst().dropLast().compactMap { words in
            guard words.count == 7, words[0] == "thread", let id = Int(words[1]), let place = Thread.Place(rawValue: words[3]),
                let milliseconds = Int(words[6])
            else { return nil }
            return Thread(
                id: id, name: words[2], place: place, plugin: words[4], function: words[5], milliseconds: milliseconds)
        }
    }

    /// The plugins that did it, with the reason: the one whose call failed; when the signal came from outside, those that kept a thread
    /// for too long. One that another thread happened to be inside of did nothing.
    public var suspects: [(plugin: String, reason: String)] {
        threads.compactMap { thread in
            switch thread.place {
            case .failed where isOwn:
                let what = signal == 0 ? "ended the process" : "ended it with signal \(signal) (\(Self.name(signal)))"
                return (thread.plugin, "the server died inside of it: \(thread.function) \(what)")
            case .hung where !isOwn:
                return (thread.plugin, "the server was ended (\(Self.name(signal))) while \(thread.function) of it hung")
            default: return nil
            }
        }
    }

    static func name(_ signal: Int32) -> String {
        switch signal {
        case SIGSEGV: "SIGSEGV"
        case SIGBUS: "SIGBUS"
        case SIGILL: "SIGILL"
        case SIGFPE: "SIGFPE"
        case SIGTRAP: "SIGTRAP"
        case SIGABRT: "SIGABRT"
        case SIGSYS: "SIGSYS"
        default: "exit"
        }
    }
}

extension DataFolder {
    /// Reads and takes away what a crash left. Nil: the last process ended otherwise.
    public func takeCrashMark() -> CrashMark? {
        let file = CrashMark.path(path)
        defer { unlink(file) }
        guard let bytes = try? Files.read(file, limit: 1 << 20) else { return nil }
        return CrashMark(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// From now on a death of this process leaves a mark. Before any thread that calls plugins is there.
    public func leaveCrashMark() throws {
        _ = PluginCall.named
        let failure = hostguard_arm(CrashMark.path(path))
        guard failure == 0 else { throw StartFailure("crash mark: \(String(cString: strerror(failure)))") }
    }
}

extension Server {
    /// [any, before start] Tells what the last process died of, and keeps out who did it.
    public func take(_ mark: CrashMark) {
        log.error(
            "the server before this one died",
            ["signal": "\(mark.signal) (\(CrashMark.name(mark.signal)))", "sent": mark.isOwn ? "by itself" : "from outside"])
        for thread in mark.threads {
            log.notice(
                "thread at its death",
                [
                    "thread": "\(thread.name) (\(thread.id))", "plugin": thread.plugin, "function": thread.function,
                    "place": thread.place.rawValue, "ms": "\(thread.milliseconds)",
                ])
        }
        for (plugin, reason) in mark.suspects { keepQuarantined(plugin, reason) }
    }

    private func quarantineMark(_ id: String) -> String { Files.join(options.dataFolder, "plugins/\(id).quarantined") }

    private func keepQuarantined(_ id: String, _ reason: String) {
        let mark = quarantineMark(id)
        do {
            try Files.makeFolder(Files.parent(mark), mode: 0o700)
            try Files.replace(mark, with: Array((reason + "\n").utf8), mode: 0o600)
        } catch {
            log.error("quarantine not kept", ["plugin": id, "reason": "\(error)"])
        }
    }

    /// Why a plugin is not to be loaded until the operator says so; nil: it is.
    func quarantineReason(_ id: String) -> String? {
        guard let bytes = try? Files.read(quarantineMark(id), limit: 4096) else { return nil }
        let reason = String(decoding: bytes.filter { $0 >= 0x20 }, as: UTF8.self)
        return "\(reason); `sluice plugin enable \(id)` tries again"
    }

    /// The operator said so.
    func liftQuarantine(_ id: String) { unlink(quarantineMark(id)) }
}
