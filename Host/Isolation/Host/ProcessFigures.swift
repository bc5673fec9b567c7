/// A plugin's process in figures, for listings.
public struct ProcessFigures: Sendable, Equatable {
    public enum State: String, Sendable {
        case starting, running, restarting, quarantined, failed, ended
    }

    public var state: State = .starting
    /// 0: there is none now.
    public var pid: Int32 = 0
    /// How often it was started again.
    public var restarts = 0
    /// "no_new_privs, capabilities, limits, landlock 7, seccomp".
    public var sandbox = ""
    /// How it ended the last time; empty: never.
    public var lastDeath = ""
    /// Resident memory of the process.
    public var residentBytes: UInt64 = 0
    /// CPU time of this life of the process.
    public var cpuNanoseconds: UInt64 = 0
    /// Processors that it uses, of the last seconds; nil: it has not run for long enough.
    public var processors: Double?
    /// Questions, commands and requests that it has and has not answered.
    public var open = 0
    /// Events that it was too slow for.
    public var droppedEvents: UInt64 = 0
}
