import HostPaths

/// Where a publication's media comes from.
enum PublicationOrigin: Sendable, Equatable {
    /// A protocol's session.
    case session
    /// A plugin with `sluice.source`.
    case source(plugin: String)
    /// A step of the app, from that stream.
    case step(String, label: String, input: StreamKey)

    /// As listings name the publisher.
    var text: String {
        switch self {
        case .session: "session"
        case .source(let plugin): "source \(plugin)"
        case .step(let name, _, let input): "step \(name) of \(input)"
        }
    }

    /// The first word of `text`.
    var kind: String {
        switch self {
        case .session: "session"
        case .source: "source"
        case .step: "step"
        }
    }

    /// A step's frames are on its input's timeline already.
    var keepsTime: Bool {
        if case .step = self { true } else { false }
    }
}
