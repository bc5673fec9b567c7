// MediaBorder: the media side of a plugin in a process of its own: its objects (sinks, sessions, sources, transforms), and the rings of
// the process' present life. It outlives deaths. Nobody waits here but the pump, its reading thread; the process is not trusted.

import CSluice
import Synchronization

final class MediaBorder: @unchecked Sendable {
    /// What must be said, and the ring has no room for; a process that lets more gather does not read and is ended.
    static let owedLimit = 4 << 20

    private struct Entry {
        let object: any BorderObject
        /// The life of the process that knows it; 0: none.
        var life: UInt64 = 0
    }

    private struct State {
        var life: UInt64 = 0
        var rings: MediaRings?
        /// The process is active: records may be sent.
        var isOpen = false
        var objects: [UInt64: Entry] = [:]
        var nextObject: UInt64 = 1
        var owed: [MediaRecord] = []
        var owedBytes = 0
        var trouble: String?
        var suspect: UInt64 = 0
    }

    /// Where records of no object go; set once, before there is a process.
    var common: (any BorderObject)?
    private let state = Mutex(State())
    private let postToLane: @Sendable (UInt64, @escaping @Sendable () -> Void) -> Bool
    private let outbox: Outbox
    private let wakeSupervisor: @Sendable () -> Void
    /// The supervisor's.
    private var pump: MediaPump?

    init(
        outbox: Outbox, postToLane: @escaping @Sendable (UInt64, @escaping @Sendable () -> Void) -> Bool,
        wakeSupervisor: @escaping @Sendable () -> Void
    ) {
        self.outbox = outbox
        self.postToLane = postToLane
        self.wakeSupervisor = wakeSupervisor
    }

    // MARK: Objects

    /// [any] Takes an object in; its number is for all lives. The process hears of it by `begin`.
    func register(_ object: any BorderObject) -> UInt64 {
        state.withLock { state in
            defer { state.nextObject += 1 }
            state.objects[state.nextObject] = Entry(object: object)
            return state.nextObject
        }
    }

    /// [any] Nothing is called any more for the object; what the process still says of it is dropped.
    func remove(_ id: UInt64) { state.withLock { _ = $0.objects.removeValue(forKey: id) } }

    // MARK: Sending

    /// [any] Tells this life of the process of an object, by the first record of it. `.sent` with nothing sent: it knows it already.
    func begin(
        _ kind: MediaKind, object: UInt64, reserving size: Int = 240, _ fill: (inout WireWriter) -> Void
    ) -> MediaSend {
        if knows(object) { return .sent }
        guard state.withLock({ $0.isOpen }) else { return .noProcess }
        return put(kind, object, begins: true, insists: true, size, fill)
    }

    /// [any] Sends one record of an object that this life of the process knows. Never waits.
    /// - Parameter insists: it has to arrive: without room now it is kept, and sent before anything else. For what is small and rare.
    func send(
        _ kind: MediaKind, object: UInt64, insists: Bool = false, reserving size: Int = 240, _ fill: (inout WireWriter) -> Void
    ) -> MediaSend {
        guard knows(object) else { return .noProcess }
        return put(kind, object, begins: false, insists: insists, size, fill)
    }

    /// [any] Whether the process is there and knows the object.
    func knows(_ object: UInt64) -> Bool {
        state.withLock { state in state.isOpen && state.objects[object]?.life == state.life }
    }

    /// [any] Whether there is a process in service.
    var isOpen: Bool { state.withLock { $0.isOpen } }

    private func put(
        _ kind: MediaKind, _ object: UInt64, begins: Bool, insists: Bool, _ size: Int, _ fill: (inout WireWriter) -> Void
    ) -> MediaSend {
        var writer = WireWriter(object: object, reserving: size)
        fill(&writer)
        guard let bytes = writer.record() else { return .tooLarge }
        let record = MediaRecord(kind: kind, object: object, bytes: bytes)
        let result = state.withLock { state -> MediaSend in
            guard state.isOpen, let rings = state.rings, let entry = state.objects[object] else { return .noProcess }
            if begins {
                if entry.life == state.life { return .sent }
            } else if entry.life != state.life {
                return .noProcess
            }
            guard settle(&state), write(record, rings, &state) else {
                guard state.isOpen else { return .noProcess }
                guard insists else { return .full }
                owe(record, &state)
                if begins { state.objects[object]?.life = state.life }
                return .sent
            }
            if begins { state.objects[object]?.life = state.life }
            return .sent
        }
        return result
    }

    private func write(_ record: MediaRecord, _ rings: MediaRings, _ state: inout State) -> Bool {
        do {
            return try record.bytes.withUnsafeBytes { try rings.producer.write(record.kind.rawValue, $0) }
        } catch {
            state.isOpen = false
            state.trouble = "it wrote into its ring what it must not: \(error); it was ended"
            wakeSupervisor()
            return false
        }
    }

    private func owe(_ record: MediaRecord, _ state: inout State) {
        state.owed.append(record)
        state.owedBytes += record.bytes.count
        state.rings?.wakeReader()
        // One record may be larger than all that may be owed.
        guard state.owedBytes > Self.owedLimit, state.owed.count > 1 else { return }
        state.isOpen = false
        state.trouble = "it does not read its media; it was ended"
        wakeSupervisor()
    }

    /// Writes what is owed. `false`: some of it still is.
    private func settle(_ state: inout State) -> Bool {
        guard !state.owed.isEmpty, let rings = state.rings else { return true }
        var written = 0
        for record in state.owed {
            guard write(record, rings, &state) else { break }
            state.owedBytes -= record.bytes.count
            written += 1
        }
        state.owed.removeFirst(written)
        return state.owed.isEmpty
    }

    /// [pump] Tries again to write what is owed. `true`: some of it still is.
    func settleOwed() -> Bool { state.withLock { $0.isOpen && !settle(&$0) } }
    var owes: Bool { state.withLock { !$0.owed.isEmpty } }

    func answer(_ message: [UInt8]?, life: UInt64) {
        state.withLock { state in
            guard state.rings != nil, state.life == life else { return }
            _ = outbox.send(message)
        }
    }

    // MARK: Receiving, from the pump

    /// An object that the process of this life knows.
    private func object(_ id: UInt64, _ life: UInt64) -> (any BorderObject)? {
        if id == 0 { return common }
        return state.withLock { state in
            guard let entry = state.objects[id], entry.life == life else { return nil }
            return entry.object
        }
    }

    /// [pump] Records of one object, to its lane. `done` is called when they were handled, or dropped.
    func deliver(_ records: [MediaRecord], of id: UInt64, life: UInt64, done: @escaping @Sendable () -> Void) {
        guard let object = object(id, life) else {
            for record in records { refuseRequest(record, life) }
            return done()
        }
        guard case .handle(let handle) = object.lane else {
            handOver(records, of: id, life: life)
            return done()
        }
        let isPosted = postToLane(handle) {
            self.handOver(records, of: id, life: life)
            done()
        }
        guard !isPosted else { return }
        for record in records { refuseRequest(record, life) }
        done()
    }

    /// [lane] Calls the object, which may be gone in between.
    private func handOver(_ records: [MediaRecord], of id: UInt64, life: UInt64) {
        for record in records {
            guard let object = object(id, life) else {
                refuseRequest(record, life)
                continue
            }
            do {
                try record.reading { reader in
                    guard record.kind == .request else { return try object.receive(record.kind, &reader) }
                    let number = try reader.u64()
                    guard let kind = RequestKind(rawValue: try reader.u32()) else { throw WireError.unknownKind(.max) }
                    try object.asked(kind, &reader, MediaAnswer(border: self, life: life, request: number))
                }
            } catch {
                return fail("it sent what it must not: \(error); it was ended", life: life)
            }
        }
    }

    private func refuseRequest(_ record: MediaRecord, _ life: UInt64) {
        guard record.kind == .request, let number = try? record.reading({ try $0.u64() }) else { return }
        MediaAnswer(border: self, life: life, request: number)(SLUICE_E_STALE, "it is gone")
    }

    /// [any] The process of that life did what none of ours does: it has to end.
    func fail(_ reason: String, life: UInt64) {
        // The supervisor is there as long as the rings are.
        state.withLock { state in
            guard state.life == life, state.rings != nil else { return }
            state.isOpen = false
            state.trouble = state.trouble ?? reason
            wakeSupervisor()
        }
    }

    // MARK: Lives, on the supervisor's thread

    /// Why the process has to be ended, once.
    func takeTrouble() -> String? {
        state.withLock { state in
            defer { state.trouble = nil }
            return state.trouble
        }
    }

    /// New rings, for a process that is about to be started.
    func prepare() throws(RingError) -> MediaRings {
        let rings = try MediaRings.create()
        let life = state.withLock { state in
            state.life += 1
            state.rings = rings
            state.trouble = nil
            return state.life
        }
        guard let made = MediaPump(self, rings, life: life) else {
            state.withLock { $0.rings = nil }
            throw .noMemory
        }
        pump = made
        return rings
    }

    /// The process is active for the first time: objects may be told to it.
    func open() { state.withLock { $0.isOpen = $0.rings != nil } }

    /// The process is active again.
    func isBack() {
        open()
        tell { $0.processIsBack() }
    }

    /// [any] The object that the process was at when it died the last time, as it said itself; 0: none.
    var suspect: UInt64 { state.withLock { $0.suspect } }

    /// The process has ended: what it wrote before is delivered, then each object hears of it.
    func end(_ reason: String) {
        state.withLock { $0.isOpen = false }
        pump?.stop()
        pump = nil
        state.withLock { state in
            state.suspect = state.rings?.handled ?? 0
            state.rings = nil
            state.owed = []
            state.owedBytes = 0
            state.trouble = nil
        }
        common?.processDied(reason)
        tell { $0.processDied(reason) }
    }

    /// No process will come.
    func giveUp(_ reason: String) { tell { $0.processGivenUp(reason) } }

    private func tell(_ what: @escaping @Sendable (any BorderObject) -> Void) {
        let objects = state.withLock { $0.objects.map { ($0.key, $0.value.object) } }
        for (id, object) in objects {
            let call: @Sendable () -> Void = { if self.state.withLock({ $0.objects[id] != nil }) { what(object) } }
            if case .handle(let handle) = object.lane { _ = postToLane(handle, call) } else { call() }
        }
    }
}
