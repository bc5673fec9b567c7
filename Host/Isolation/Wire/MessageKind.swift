/// What a message between the host and a plugin's process is about. The numbers are private to one build: both ends are the same one.
enum MessageKind: UInt16, Sendable, CaseIterable {
    // From the host. `id` is the operation's, to be answered by `done` with the same.
    case start = 1
    case create, configure, selfTest, activate, deactivate, destroy
    /// `id` is the question's handle.
    case decide = 16
    case cancelQuestion
    /// `id` is the call's handle.
    case runCommand
    case event
    /// `id` is the exchange's handle.
    case handleRequest
    case ping
    /// `id` is the plugin's own number of a request of `startFetch`.
    case fetched
    /// The answer to a `Request`; `id` is the request's.
    case result

    // From the plugin's process.
    case described = 64
    case done
    case pong
    case log
    case emit
    case record
    /// `id` is the question's handle.
    case verdict
    /// `id` is the call's handle.
    case reply
    /// `id` is the exchange's handle.
    case respond
    /// The plugin refused a question, a command or a request; `id` is its handle.
    case refusedQuestion, refusedCommand, refusedRequest
    /// `id` as with `fetched`.
    case cancelFetch
    /// Answered by `result`: see `RequestKind`.
    case request

    var comesFromPlugin: Bool { rawValue >= 64 }
}

/// What a plugin's process asks the host and waits for: the first word of a `request`.
enum RequestKind: UInt32, Sendable, CaseIterable {
    case getValue = 1
    case putValue, removeValue, eachValue
    case appSettings, apps
    case defineMetric
    case findStream
    case beginResponse, writeResponse, endResponse
    case attachExchange
    /// Of sessions; by the ring only.
    case publish, setTracks, attachSession
    case startFetch
}
