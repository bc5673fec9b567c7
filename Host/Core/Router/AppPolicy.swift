import HostConfig
import HostNet
import HostPaths

/// What the operator said of one app, as the router uses it. A verdict's attributes may override the duplicate and linger rules.
struct AppPolicy: Sendable, Equatable {
    enum Duplicate: String, Sendable { case stalled, reject, takeover }

    var name: Name
    var chain: AuthChain
    var outputs: [String]
    var pace: BroadcastPace
    var duplicate: Duplicate
    var stallNanoseconds: UInt64
    var lingerNanoseconds: UInt64
    var waitNanoseconds: UInt64
    var viewers: Int
    var playHeader: PlayHeader?
    var steps: [StepConfiguration]

    init?(_ app: AppConfiguration) {
        guard let name = Name(app.name) else { return nil }
        self.name = name
        chain = AuthChain(
            open: app.isOpen,
            links: app.auth.map { entry in
                let policy: AuthChain.FailurePolicy =
                    switch entry.onFailure {
                    case .closed: .closed
                    case .open: .open
                    case .stale(let seconds): .stale(seconds: UInt64(max(seconds, 0)))
                    }
                return AuthChain.Link(
                    plugin: entry.plugin, onFailure: policy,
                    deadlineNanoseconds: UInt64(max(entry.deadlineMilliseconds, 1)) * 1_000_000)
            })
        outputs = app.outputs
        pace = app.latency == .dense ? .dense : .low
        duplicate = Duplicate(rawValue: app.duplicate.rawValue) ?? .stalled
        stallNanoseconds = UInt64(max(app.stallMilliseconds, 0)) * 1_000_000
        lingerNanoseconds = UInt64(max(app.lingerMilliseconds, 0)) * 1_000_000
        waitNanoseconds = UInt64(max(app.waitMilliseconds, 0)) * 1_000_000
        viewers = app.viewers
        playHeader = app.playHeader
        steps = app.steps
    }
}
