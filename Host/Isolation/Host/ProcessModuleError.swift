/// Why a plugin does not run in a process of its own. The text is for the operator.
public enum ProcessModuleError: Error, Equatable, CustomStringConvertible {
    /// The Runner can't be started.
    case cannotStart(String)
    /// The process said no: the library does not open, the sandbox that is required can't be had.
    case refused(String)
    /// The process ended, or did not answer in time.
    case died(String)
    /// The library offers what needs the host's process.
    case unsupported(interface: String)
    /// More than 256 plugins in processes.
    case tooMany

    public var description: String {
        switch self {
        case .cannotStart(let text): "the plugin's process cannot be started: \(text)"
        case .refused(let text): text
        case .died(let text): "the plugin's process: \(text)"
        case .unsupported(let interface):
            "the interface \(interface) is not available with isolation = \"process\" in this version; use isolation = \"host\""
        case .tooMany: "more than 256 plugins in processes of their own"
        }
    }
}
