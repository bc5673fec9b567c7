/// What happens to a plugin's process, for log, events and the registry. Told on the supervisor's thread: post, don't wait.
public indirect enum ProcessNotice: Sendable, Equatable {
    /// It runs and is active again, so many nanoseconds after its death was seen.
    case restarted(pid: Int32, restarts: Int, nanoseconds: UInt64)
    /// It died while in service; it is started again after so many milliseconds.
    case died(reason: String, restartInMilliseconds: Int)
    /// It died too often: it is not started again until `restart`. What is asked of it fails at once.
    case quarantined(reason: String)
    /// A line that it printed.
    case output(String)
    /// Of a process that a plugin has for one stream or group, named here. Its first start is a restart, the 0th.
    case worker(String, ProcessNotice)
}
