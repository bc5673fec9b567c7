import CHostGuard

/// A function of a plugin that the host calls, as logs, listings and the crash mark name it.
enum PluginCall: UInt8, CaseIterable, Sendable {
    case entry = 1
    case create, configure, selfTest, activate, deactivate, destroy, getInterface
    case sessionOpen, bytes, timer, writable, publication, attachment, stop, sessionClose, answer
    case sinkOpen, tracks, frames, publisher, attributes, sinkClose
    case export, take, forget
    case decide, cancel
    case handle, event, command
    case timeFired, taskRun, taskDone, taskPost
    case sourceOpen, sourceTimer, sourceClose
    case transformOpen, negotiate, send, receive, flush, transformAttributes, transformClose
    case drain

    /// In the words of the headers.
    var name: StaticString {
        switch self {
        case .entry: "sluice_module_v1"
        case .create: "create"
        case .configure: "configure"
        case .selfTest: "selftest.run"
        case .activate: "activate"
        case .deactivate: "deactivate"
        case .destroy: "destroy"
        case .getInterface: "get_interface"
        case .sessionOpen: "session_open"
        case .bytes: "bytes"
        case .timer: "timer"
        case .writable: "writable"
        case .publication: "publication"
        case .attachment: "attachment"
        case .stop: "stop"
        case .sessionClose: "protocol.close"
        case .answer: "auth.done"
        case .sinkOpen: "sink.open"
        case .tracks: "tracks"
        case .frames: "frames"
        case .publisher: "publisher"
        case .attributes: "attributes"
        case .sinkClose: "sink.close"
        case .export: "handover.export"
        case .take: "handover.import"
        case .forget: "handover.forget"
        case .decide: "decide"
        case .cancel: "cancel"
        case .handle: "handle"
        case .event: "event"
        case .command: "command.run"
        case .timeFired: "time.fired"
        case .taskRun: "task.run"
        case .taskDone: "task.done"
        case .taskPost: "task.post"
        case .sourceOpen: "source.open"
        case .sourceTimer: "source.timer"
        case .sourceClose: "source.close"
        case .transformOpen: "transform.open"
        case .negotiate: "negotiate"
        case .send: "send"
        case .receive: "receive"
        case .flush: "flush"
        case .transformAttributes: "transform.attributes"
        case .transformClose: "transform.close"
        case .drain: "drain"
        }
    }

    /// What bounds a call of it.
    enum Bound: Sendable {
        /// `[budgets]` of the manifest.
        case budgets
        /// The beginning and the end of a generation's life: opening a data base may take longer than a frame.
        case life
        /// It may block, on a worker of its own.
        case none
    }

    var bound: Bound {
        switch self {
        case .entry, .create, .configure, .selfTest, .activate, .deactivate, .destroy: .life
        case .taskRun: .none
        default: .budgets
        }
    }

    /// Makes the names known to the crash mark. Once per process.
    static let named: Void = {
        for call in allCases {
            call.name.withUTF8Buffer { name in
                guard let base = name.baseAddress else { return }
                base.withMemoryRebound(to: CChar.self, capacity: name.count + 1) { hostguard_function(call.rawValue, $0) }
            }
        }
    }()
}
