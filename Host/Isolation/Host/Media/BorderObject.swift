/// Where an object's calls are to be made: on the lane of a session or stream, by its handle; or on the pump's own thread.
enum BorderLane: Sendable, Equatable {
    case handle(UInt64)
    case pump
}

/// What the host has of one sink, session, source or transform whose code runs in another process. All calls come on its lane.
protocol BorderObject: AnyObject, Sendable {
    /// [any]
    var lane: BorderLane { get }
    /// A record of it, in the order in which the process wrote them.
    /// - Throws: what no process of ours writes: it is ended as hostile.
    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws
    /// A request of it, in order with its records. `answer` is to be called once, now or later.
    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws
    /// The process is gone, all records that it wrote were received. Nothing can be sent until `processIsBack`.
    func processDied(_ reason: String)
    /// A new process is in service, which knows nothing of the object: `MediaBorder.begin` tells it. Also called when it was told already.
    func processIsBack()
    /// There will be no process again unless the operator wishes it.
    func processGivenUp(_ reason: String)
}

/// How to answer a request of the process.
struct MediaAnswer: Sendable {
    let border: MediaBorder
    let life: UInt64
    let request: UInt64

    /// [any] A status with its reason; what follows is read when the status is no failure. Said to another life, nothing happens.
    func callAsFunction(_ status: Int32, _ reason: String = "", _ rest: (inout WireWriter) -> Void = { _ in }) {
        var writer = WireWriter(.result, id: request)
        writer.i32(status)
        writer.text(String(reason.prefix(120)))
        if status >= 0 { rest(&writer) }
        border.answer(writer.finished(), life: life)
    }
}

/// What became of something that is sent to the process.
enum MediaSend: Sendable, Equatable {
    case sent
    /// No room now.
    case full
    /// There is none, or this life of it does not know the object: see `MediaBorder.begin`.
    case noProcess
    /// More than a record holds: never.
    case tooLarge
}
