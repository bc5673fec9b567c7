import CLoad

/// A run of load from the first connection to the result: connect, wait until all play, warm up, the window, the result.
public final class Run {
    private enum Phase { case connecting, joining, warming, window, done }

    private let engine: Engine
    private var phase = Phase.connecting
    private var opened = 0
    private var next: UInt64 = 0
    private var windowStart: UInt64 = 0
    private var windowEnd: UInt64 = 0
    private var cpuStart = 0.0
    private var cpuEnd = 0.0
    private var begun: UInt64 = 0
    /// Clients that connect at the start, in this order.
    private var steady: [Int] = []

    public init(options: Options) throws(UsageError) {
        engine = try Engine(options: options)
        let file = options.mode == .publish ? try Self.load(options.file) : nil
        for i in 0..<options.count {
            let stream = options.first + i % max(1, options.streams)
            let behaviour = i < options.behaviours.count ? options.behaviours[i] : .healthy
            engine.add(Self.client(engine, i, stream, behaviour, file))
            if behaviour == .churn { engine.churn.add(i) } else { steady.append(i) }
        }
    }

    private static func load(_ path: String) throws(UsageError) -> FLVFile {
        guard let bytes = readFile(path) else { throw UsageError("cannot read \(path)") }
        do { return try FLVFile(parsing: bytes) } catch { throw UsageError("\(path): \(error)") }
    }

    private static func client(_ engine: Engine, _ i: Int, _ stream: Int, _ behaviour: Behaviour, _ file: FLVFile?) -> Client {
        if let file { return RTMPPublisher(engine: engine, index: i, stream: stream, file: file) }
        return switch engine.options.mode {
        case .hls: HLSViewer(engine: engine, index: i, stream: stream, behaviour: behaviour)
        case .http: HTTPPlayer(engine: engine, index: i, stream: stream, behaviour: behaviour)
        default: RTMPPlayer(engine: engine, index: i, stream: stream, behaviour: behaviour)
        }
    }

    /// Runs to the end and prints events and the result. Returns the exit status.
    public func run() -> Int32 {
        begun = cload_now()
        while phase != .done {
            engine.now = cload_now()
            advance()
            if phase != .done { engine.turn(until: wake) }
        }
        let report = Report(engine: engine, seconds: seconds, cpu: cpuEnd - cpuStart)
        say(report.line)
        return report.isClean ? 0 : 1
    }

    private var seconds: Double { windowEnd > windowStart ? Double(windowEnd - windowStart) / 1e9 : 0 }

    private var wake: UInt64 {
        var wake = engine.now + 100 * millisecond
        switch phase {
        case .connecting: wake = min(wake, arrival(opened))
        case .warming, .window: wake = min(wake, next, engine.churn.next())
        case .joining, .done: break
        }
        return wake
    }

    private func arrival(_ i: Int) -> UInt64 { begun + UInt64(Double(i) / engine.options.rate * 1e9) }

    private func advance() {
        if phase == .connecting { connect() }
        if phase == .joining, engine.settled >= steady.count || engine.now >= next {
            event("ready")
            phase = .warming
            next = engine.now + nanoseconds(engine.options.warmUp)
        }
        if phase == .warming, engine.now >= next { openWindow() }
        if phase == .window { churn() }
        let allEnded = !steady.isEmpty && engine.ended == steady.count && engine.churn.isEmpty
        if phase == .window && engine.now >= next || cload_stopped() != 0 || allEnded || isChurnOver {
            if phase == .window { closeWindow() }
            phase = .done
        }
    }

    private var isChurnOver: Bool { steady.isEmpty && engine.churn.isOver }

    private func connect() {
        while opened < steady.count, arrival(opened) <= engine.now {
            engine.clients[steady[opened]].open()
            opened += 1
        }
        if opened == steady.count {
            phase = .joining
            next = cload_now() + nanoseconds(engine.options.readyTimeout)
        }
    }

    private func churn() {
        while let (index, stay) = engine.churn.arrival(at: engine.now) {
            let client = engine.clients[index]
            client.open()
            client.wake(at: engine.now + stay, .leave)
        }
    }

    private func openWindow() {
        phase = .window
        cpuStart = cload_cpu_seconds()
        engine.now = cload_now()
        windowStart = engine.now
        for client in engine.clients {
            client.tally.windowOpens(at: engine.now)
            client.windowOpens()
        }
        engine.referee.isCounting = true
        engine.churn.begin(at: engine.now)
        next = windowStart + nanoseconds(engine.options.seconds)
        event("start")
    }

    private func closeWindow() {
        engine.now = cload_now()
        windowEnd = engine.now
        cpuEnd = cload_cpu_seconds()
        engine.referee.isCounting = false
        engine.churn.finish()
        for client in engine.clients where client.state != .ended {
            client.tally.windowCloses(at: windowEnd)
            client.windowCloses()
        }
        event("end")
    }

    private func event(_ name: String) {
        var line = JSONLine()
        line.add("ev", name)
        line.add("t", Double(cload_now()) / 1e9, digits: 6)
        say(line.line)
    }
}
