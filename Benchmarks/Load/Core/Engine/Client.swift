import CLoad
import Glibc

/// One connection of the load: its socket, what waits to be sent, what it has read, how it behaves.
///
/// A subclass speaks a protocol. It owns no thread and no timer: the engine calls it when its socket or its time has come.
class Client {
    enum State { case idle, connecting, joining, running, leaving, ended }

    let engine: Engine
    let index: Int
    /// Replaces `%d` in the URL.
    let stream: Int
    let behaviour: Behaviour
    /// Whether everything is parsed and checked, or only what comes up to the first key frame.
    let parses: Bool
    var check: StreamCheck
    var tally = Tally()
    /// Nobody waits for it to become ready any more.
    var hasSettled = false
    private(set) var state = State.idle
    /// Changes with each join and departure.
    private(set) var life: UInt32 = 0
    /// Changes with each connection.
    private(set) var generation: UInt32 = 0
    var output: [UInt8] = []
    private var sent = 0
    private var socket: Int32 = -1
    private var interest: UInt32 = 0
    private var reads = true

    init(engine: Engine, index: Int, stream: Int, behaviour: Behaviour = .healthy, parses: Bool? = nil) {
        self.engine = engine
        self.index = index
        self.stream = stream
        self.behaviour = behaviour
        self.parses = parses ?? (behaviour == .churn || index % max(1, engine.options.parseEvery) == 0)
        check = StreamCheck()
    }

    // MARK: What a protocol does

    /// Forgets what belonged to the last connection.
    func begin() {}
    /// The socket is connected: put the first bytes into `output`.
    func opened() {}
    /// Bytes came.
    func take(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {}
    /// How many of the next bytes may be dropped unseen.
    var droppable: Int { 0 }
    /// Bytes were dropped unseen.
    func dropped(_ count: Int) {}
    /// The peer has closed; true when that is in order and the client sees to what follows.
    func closedByPeer() -> Bool { false }
    /// The time asked for with `wake(at:)` has come.
    func work() {}
    /// Bytes are counted; answers may be put into `output`.
    func counted(_ count: Int) {}
    /// The connection is gone.
    func closed() {}
    /// It has ended for good, as a failure.
    func failed(_ reason: String) {}
    /// Whether it is part of another client and not counted by itself.
    var isFollower: Bool { false }
    /// The longest time in which it had nothing, in nanoseconds.
    var longestSilence: UInt64 { tally.longestSilence }
    func windowOpens() {}
    func windowCloses() {}

    // MARK: Life

    /// Connects.
    func open() {
        reads = true
        life &+= 1
        tally.begin(at: cload_now())
        check = StreamCheck(tag: engine.tag(stream: stream), since: tally.started)
        begin()
        connect()
    }

    private func connect() {
        generation &+= 1
        output = []
        sent = 0
        let buffer = behaviour == .stalled || behaviour == .trickle ? engine.options.receiveBuffer : 0
        socket = cload_connect(engine.address, engine.options.target.port, engine.source(index), Int32(clamping: buffer))
        guard socket >= 0 else { return end(systemError(-socket)) }
        state = .connecting
        interest = CLOAD_READABLE | CLOAD_WRITABLE
        if cload_watch(engine.poller, socket, key, interest) < 0 { end("cannot be watched") }
    }

    /// The client plays (or publishes) from here on.
    func ready() {
        guard !tally.isReady, state == .joining || state == .running else { return }
        tally.ready = cload_now()
        state = .running
        engine.becameReady(self)
        behave()
    }

    /// Ends it for good, as a failure.
    func end(_ reason: String) {
        guard state != .ended else { return }
        if state == .leaving { return depart(.close) }
        life &+= 1
        shut(.close)
        state = .ended
        closed()
        engine.ended(self, reason)
    }

    /// Leaves as it likes, which is no failure. After a half-close it reads on until the server closes too, for a second at most.
    func leave(_ manner: Departure) {
        guard state != .ended, state != .idle else { return }
        guard manner == .halfClose, state == .running else { return depart(manner) }
        cload_half_close(socket)
        state = .leaving
        wake(at: engine.now + second, .leave)
    }

    private func depart(_ manner: Departure) {
        life &+= 1
        shut(manner)
        state = .idle
        closed()
        engine.left(self)
    }

    /// Closes the connection, to go on with another later.
    func hangUp() { shut(.close) }

    /// Goes on with another connection.
    func reconnect() {
        shut(.close)
        connect()
    }

    func wake(at time: UInt64, _ reason: Schedule.Reason = .work) {
        engine.schedule.add(Schedule.Entry(due: time, client: index, life: life, reason: reason))
    }

    private func shut(_ manner: Departure) {
        if socket >= 0 {
            if manner == .reset { cload_reset(socket) } else { cload_close(socket) }
        }
        socket = -1
        generation &+= 1
        output = []
        sent = 0
    }

    private var key: UInt64 { UInt64(UInt32(truncatingIfNeeded: index)) | UInt64(generation) << 32 }

    // MARK: Behaviour

    private func behave() {
        switch behaviour {
        case .healthy, .churn: break
        case .stalled: setReads(false)
        case .trickle:
            setReads(false)
            wake(at: engine.now + second, .trickle)
        case .halfclose: cload_half_close(socket)
        case .reset: wake(at: engine.now + UInt64.random(in: 0...100) * millisecond, .leave)
        }
    }

    /// Reads one byte.
    func trickle() {
        guard state == .running else { return }
        let count = cload_discard(socket, 1)
        if count == 0 || count < 0 && count != -Int(EAGAIN) { return end("closed by server") }
        if count > 0 { account(count) }
        wake(at: engine.now + second, .trickle)
    }

    /// Whether the server has given up on a player that does not read: reads all that is left and looks what comes after it.
    func wasCut() -> Bool {
        guard state == .running, !reads else { return false }
        for _ in 0..<1000 {
            let count = cload_discard(socket, Engine.mostDropped)
            if count == -Int(EAGAIN) { return false }
            if count <= 0 { return true }
        }
        return false
    }

    private func setReads(_ value: Bool) {
        reads = value
        updateInterest()
    }

    // MARK: Input and output

    /// Something happened to the socket.
    func handle(_ flags: UInt32) {
        if state == .connecting {
            let failure = cload_socket_error(socket)
            guard failure == 0 else { return end(systemError(failure)) }
            state = .joining
            opened()
            return flush()
        }
        if flags & CLOAD_HUNG_UP != 0, !reads { return end("closed by server") }
        if flags & (CLOAD_READABLE | CLOAD_HUNG_UP) != 0, reads { readable() }
        if flags & CLOAD_WRITABLE != 0, socket >= 0 { flush() }
    }

    private func readable() {
        let most = droppable
        let dropping = most > 0
        let count =
            dropping
            ? cload_discard(socket, min(most, Engine.mostDropped))
            : cload_receive(socket, engine.scratch.baseAddress, engine.scratch.count)
        guard count > 0 else {
            if count == -Int(EAGAIN) || count == -Int(EINTR) { return }
            if count == 0, state != .leaving, closedByPeer() { return }
            return end(count == 0 ? "closed by server" : systemError(Int32(clamping: -count)))
        }
        if !dropping { engine.now = cload_now() }
        account(count)
        if dropping {
            dropped(count)
        } else {
            do {
                try take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(engine.scratch)[..<count]))
            } catch {
                engine.referee.counts.protocolErrors += 1
                return end(error.description)
            }
        }
        if !output.isEmpty, socket >= 0, interest & CLOAD_WRITABLE == 0 { flush() }
    }

    private func account(_ count: Int) {
        tally.received(count, at: engine.now, counting: engine.referee.isCounting)
        counted(count)
    }

    /// Sends what waits.
    func flush() {
        guard socket >= 0, state != .connecting else { return }
        while sent < output.count {
            let count = output.withUnsafeBytes { all in
                let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                return cload_send(socket, rest.baseAddress, rest.count)
            }
            if count == -Int(EINTR) { continue }
            if count == -Int(EAGAIN) { break }
            guard count >= 0 else { return end("send failed: " + systemError(Int32(clamping: -count))) }
            sent += count
        }
        if sent == output.count {
            output.removeAll(keepingCapacity: true)
            sent = 0
        }
        updateInterest()
    }

    /// Bytes that wait to be sent.
    var backlog: Int { output.count - sent }

    private func updateInterest() {
        guard socket >= 0 else { return }
        let wanted = (reads ? CLOAD_READABLE : 0) | (output.isEmpty ? 0 : CLOAD_WRITABLE)
        guard wanted != interest else { return }
        interest = wanted
        _ = cload_rewatch(engine.poller, socket, key, wanted)
    }
}
