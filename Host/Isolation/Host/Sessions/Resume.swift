// Resume: what it takes to bring one session from a process that died into the next one: its last checkpoint, all that it was told
// since, and what it has done since, so that none of that is done twice. A value without I/O.
//
// A session that is told the same does the same: the next process gets the checkpoint and the same events, and what comes of them is
// taken for done as far as the dead process had done it.

struct Resume: Sendable {
    /// Bytes told since the checkpoint, beyond which there is no going back to it.
    static let byteLimit = 256 << 10
    /// The same for events, and for what was done.
    static let countLimit = 8192
    /// The largest checkpoint.
    static let blobLimit = 4 << 20

    /// Something that must not be done twice, besides sending and pushing; and what was answered then.
    struct Step: Equatable, Sendable {
        var kind: UInt32
        var status: Int32 = 0
        var reason = ""
        var rest: [UInt8] = []
    }

    /// What was done for the session since its checkpoint.
    private struct Deeds: Equatable, Sendable {
        var sentBytes = 0
        var frames = 0
        var steps: ArraySlice<Step> = []

        var isEmpty: Bool { sentBytes == 0 && frames == 0 && steps.isEmpty }
    }

    enum Verdict: Equatable, Sendable {
        /// From the checkpoint on.
        case goOn
        /// It had not done anything yet: opened anew.
        case openAgain
        case close(String)
    }

    /// The process says what can't be.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case checkpoint(after: UInt64)
        case checkpointSize(Int)
        /// Told the same, it did something else.
        case differs

        var description: String {
            switch self {
            case .checkpoint(let number): "a checkpoint after event \(number), which it has not been told"
            case .checkpointSize(let size): "a checkpoint of \(size) bytes"
            case .differs: "told the same once more, it did something else"
            }
        }
    }

    /// The last checkpoint.
    private(set) var blob: [UInt8]?
    /// The number of the last event before `events`, and the last number of a question then.
    private(set) var before: UInt64 = 0
    private(set) var operations: UInt64 = 0
    /// Told and since the checkpoint, then not yet told.
    private var events: ArraySlice<SessionEvent> = []
    private var toldCount = 0
    private var toldBytes = 0
    private(set) var waitingBytes = 0
    private var isWhole = true
    private var done = Deeds()
    private var toSwallow = Deeds()
    /// Told events that the process is told once more; 0: it is through.
    private var replayCount = 0
    /// Between an import and the last event that the dead process was told.
    private(set) var isReplaying = false

    /// A session that is opened; or one that comes with the description that another process or the host's own code gave.
    init(blob: [UInt8]? = nil) { self.blob = blob }

    // MARK: Events

    mutating func add(_ event: SessionEvent) {
        events.append(event)
        waitingBytes += event.size
    }

    /// The first one that was not told yet.
    var next: SessionEvent? {
        let index = events.startIndex + toldCount
        return index < events.endIndex ? events[index] : nil
    }

    var hasNext: Bool { events.startIndex + toldCount < events.endIndex }

    /// True when the last event that the dead process was told has been told again, once.
    mutating func told() -> Bool {
        guard let event = next else { return false }
        waitingBytes -= event.size
        toldBytes += event.size
        toldCount += 1
        if replayCount > 0 {
            replayCount -= 1
            return replayCount == 0
        }
        if !isWhole || toldBytes > Self.byteLimit || toldCount > Self.countLimit || blob == nil && !done.isEmpty { loseTold() }
        return false
    }

    /// Nothing leads from the checkpoint to here any more.
    private mutating func loseTold() {
        isWhole = false
        drop(toldCount)
        done = Deeds()
    }

    private mutating func drop(_ count: Int) {
        for index in events.startIndex..<events.startIndex + count {
            toldBytes -= events[index].size
            // A slice keeps its array's begin: nothing large in it.
            events[index] = .timer(now: 0)
        }
        events.removeFirst(count)
        before &+= UInt64(count)
        toldCount -= count
        if events.startIndex > 1024 { events = ArraySlice(Array(events)) }
    }

    /// Takes out what was not told: somebody else tells it.
    mutating func takeWaiting() -> [SessionEvent] {
        // What is told once more was told before.
        let waiting = Array(events.dropFirst(toldCount + replayCount))
        events.removeLast(waiting.count)
        waitingBytes = 0
        return waiting
    }

    // MARK: Checkpoints

    /// The session as it was after so many events and questions.
    mutating func checkpoint(after number: UInt64, operations: UInt64, blob: [UInt8]) throws(Fault) {
        guard blob.count <= Self.blobLimit else { throw .checkpointSize(blob.count) }
        // Events that were let go of are behind it: it tells how the session stood after them, or before.
        guard number &- before <= UInt64(toldCount) else {
            if !isWhole, number <= before { return }
            throw .checkpoint(after: number)
        }
        let count = Int(truncatingIfNeeded: number &- before)
        drop(count)
        self.blob = blob
        self.operations = operations
        isWhole = true
        // What is still to be swallowed was done by a dead process, behind this checkpoint.
        done = toSwallow
    }

    // MARK: Deeds

    /// - Returns: how many of these bytes, from the first on, were sent before.
    mutating func sends(_ count: Int) -> Int {
        let known = min(count, toSwallow.sentBytes)
        toSwallow.sentBytes -= known
        if isWhole { done.sentBytes += count - known }
        return known
    }

    /// - Returns: how many of these frames, from the first on, were pushed before.
    mutating func pushes(_ count: Int) -> Int {
        let known = min(count, toSwallow.frames)
        toSwallow.frames -= known
        if isWhole { done.frames += count - known }
        return known
    }

    /// - Returns: what came of this when it was done before; nil: it is to be done, then `did`.
    mutating func step(_ kind: UInt32) throws(Fault) -> Step? {
        guard let first = toSwallow.steps.first else { return nil }
        guard first.kind == kind else { throw .differs }
        toSwallow.steps.removeFirst()
        return first
    }

    mutating func did(_ step: Step) {
        guard isWhole else { return }
        done.steps.append(step)
        if done.steps.count > Self.countLimit { loseTold() }
    }

    // MARK: Death

    /// What can become of the session. `goOn`, `openAgain`: all since the checkpoint counts as not told.
    mutating func processDied() -> Verdict {
        defer { isReplaying = false }
        if blob == nil, !isWhole || !done.isEmpty { return .close("it gave no checkpoint") }
        if !isWhole { return .close("it was told more than \(Self.byteLimit >> 10) KiB since its last checkpoint") }
        waitingBytes += toldBytes
        toldBytes = 0
        replayCount += toldCount
        toldCount = 0
        toSwallow = done
        return blob == nil ? .openAgain : .goOn
    }

    /// The next process is being told. True: there is nothing to tell once more.
    mutating func resumes() -> Bool {
        isReplaying = true
        return replayCount == 0
    }

    /// The process has done what all it was told again led to.
    mutating func replayed() throws(Fault) {
        isReplaying = false
        guard toSwallow.isEmpty else { throw .differs }
    }
}
