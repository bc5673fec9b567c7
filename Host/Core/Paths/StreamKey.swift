/// What identifies a stream: its app and its name in that app.
public struct StreamKey: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// The app, first part of every address.
    public let app: Name
    /// The stream's name in its app.
    public let stream: Name

    public init(app: Name, stream: Name) {
        self.app = app
        self.stream = stream
    }

    /// Makes a key of two unvalidated texts, or nil when either is no name.
    public init?(app: String, stream: String) {
        guard let app = Name(app), let stream = Name(stream) else { return nil }
        self.init(app: app, stream: stream)
    }

    /// `app/stream`.
    public var description: String { app.text + "/" + stream.text }

    public static func < (left: StreamKey, right: StreamKey) -> Bool {
        left.app == right.app ? left.stream < right.stream : left.app < right.app
    }
}
