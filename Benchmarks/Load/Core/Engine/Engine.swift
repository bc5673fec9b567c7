import CLoad

/// The event loop: clients, their sockets, their times. One thread; it stops when its run says so.
public final class Engine {
    static let mostDropped = 1 << 20
    let options: Options
    let referee: Referee
    let address: UInt32
    let poller: Int32
    /// CLOCK_MONOTONIC of this turn, in nanoseconds.
    var now = cload_now()
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    var schedule = Schedule()
    private(set) var clients: ContiguousArray<Client> = []
    var firstKey = Samples()
    var publishing = PublishTally()
    /// Clients that are ready or will never be, failures, departures.
    private(set) var settled = 0
    private(set) var failed = 0
    private(set) var ended = 0
    private(set) var cut = 0
    var churn: Churn
    var playlists = PlaylistCache()
    private let events = UnsafeMutablePointer<cload_event>.allocate(capacity: 512)

    public init(options: Options) throws(UsageError) {
        self.options = options
        referee = Referee(longestStep: UInt32(clamping: Int(options.gap * 1000)))
        address = cload_resolve(options.target.host)
        guard address != 0 else { throw UsageError("cannot resolve \(options.target.host)") }
        poller = cload_poller()
        guard poller >= 0 else { throw UsageError("epoll: \(systemError(-poller))") }
        churn = Churn(rate: options.churnRate, joins: options.joins)
    }

    deinit {
        scratch.deallocate()
        events.deallocate()
    }

    func add(_ client: Client) { clients.append(client) }

    /// The tag that marks of a stream carry; 0 when the URL does not say which stream it is.
    func tag(stream: Int) -> UInt8 { options.target.isNumbered ? Mark.tag(stream: stream) : 0 }

    /// Players of a loopback server come from 127.0.0.2–251, so that ports do not run out; 0 leaves it to the kernel.
    func source(_ index: Int) -> UInt32 {
        options.spreads && address >> 24 == 127 ? 0x7f00_0002 + UInt32(truncatingIfNeeded: index % 250) : 0
    }

    /// Waits for sockets until `wake` or the next scheduled time, and serves them.
    func turn(until wake: UInt64) {
        now = cload_now()
        let due = min(wake, schedule.next)
        let count = cload_wait(poller, events, 512, due > now ? due - now : 0)
        now = cload_now()
        for i in 0..<max(0, Int(count)) {
            let index = Int(UInt32(truncatingIfNeeded: events[i].key))
            guard index < clients.count, clients[index].generation == UInt32(events[i].key >> 32) else { continue }
            clients[index].handle(events[i].flags)
        }
        if schedule.next <= now { runSchedule() }
    }

    private func runSchedule() {
        now = cload_now()
        while let entry = schedule.take(at: now) {
            let client = clients[entry.client]
            guard client.life == entry.life else { continue }
            switch entry.reason {
            case .work: client.work()
            case .trickle: client.trickle()
            case .leave where client.state == .leaving: client.leave(.close)
            case .leave: client.leave(client.behaviour == .reset ? .reset : churn.nextDeparture())
            case .rejoin: client.open()
            }
        }
    }

    // MARK: What clients tell

    func becameReady(_ client: Client) {
        if client.isFollower { return }
        firstKey.add(nanoseconds: client.tally.ready - client.tally.started)
        if client.behaviour != .churn, !client.hasSettled { settle(client) }
    }

    func left(_ client: Client) {
        if client.isFollower { return }
        switch client.behaviour {
        case .churn: churn.left(client.index)
        case .reset:
            churn.resets += 1
            client.wake(at: now + second, .rejoin)
        default: break
        }
    }

    func ended(_ client: Client, _ reason: String) {
        guard cload_stopped() == 0 else { return }
        if client.isFollower { return client.failed(reason) }
        if client.behaviour == .churn {
            churn.failed += 1
            churn.left(client.index)
        } else {
            ended += 1
            if !client.hasSettled { settle(client) }
            if client.behaviour != .healthy, client.tally.isReady {
                cut += 1
                return
            }
        }
        failed += 1
        if failed <= 5 { complain("connection \(client.index): \(reason)") }
    }

    private func settle(_ client: Client) {
        client.hasSettled = true
        settled += 1
    }
}
