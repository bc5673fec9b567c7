import Testing

@testable import HostIsolation

/// A session's way from one process into the next: whatever dies when, what comes out is what comes out when nothing dies.
@Suite struct ResumeTests {
    /// What the world has seen of a session.
    struct Outcome: Equatable {
        var sent: [UInt8] = []
        var frames: [UInt8] = []
        var steps: [UInt32] = []
    }

    /// What a process tells the host.
    enum Deed {
        case send([UInt8])
        case push([UInt8])
        case step(UInt32)
        case checkpoint(after: UInt64, blob: [UInt8])
    }

    /// A plugin's session: a function of the bytes, that can be written down.
    struct Session {
        var sum: UInt8 = 7
        var count: UInt8 = 0
        var told: UInt64
        let every: Int

        init(_ blob: [UInt8]?, told: UInt64, every: Int) {
            if let blob { (sum, count) = (blob[0], blob[1]) }
            self.told = told
            self.every = every
        }

        mutating func receive(_ event: SessionEvent) -> [Deed] {
            told += 1
            var deeds: [Deed] = []
            if case .bytes(let bytes, _, _) = event {
                for byte in bytes {
                    sum = sum &* 31 &+ byte
                    count &+= 1
                    deeds.append(.send([sum, byte]))
                    if count % 3 == 0 { deeds.append(.push([sum])) }
                    if count % 7 == 0 { deeds.append(.step(UInt32(sum))) }
                }
            }
            if every > 0, told % UInt64(every) == 0 { deeds.append(.checkpoint(after: told, blob: [sum, count])) }
            return deeds
        }
    }

    /// The host's side, and processes that die after so many deeds.
    struct World {
        var resume = Resume(blob: [7, 0])
        var seen = Outcome()
        var deaths = 0

        mutating func run(_ events: [SessionEvent], every: Int, dies: (Int) -> Bool) throws -> String? {
            var session = Session(resume.blob, told: resume.before, every: every)
            var number = 0
            var later = events[...]
            while !later.isEmpty || resume.hasNext {
                if let event = later.popFirst() { resume.add(event) }
                // Two come before the process has done anything.
                if later.count % 2 == 1, !later.isEmpty { continue }
                var deeds: [Deed] = []
                var isThrough = false
                while let event = resume.next {
                    deeds += session.receive(event)
                    if resume.told() { isThrough = true }
                }
                var isDead = false
                for deed in deeds {
                    number += 1
                    if dies(number) {
                        isDead = true
                        break
                    }
                    try take(deed)
                }
                guard isDead else {
                    if isThrough { try resume.replayed() }
                    continue
                }
                deaths += 1
                guard deaths < 1000 else { return "it does not get on" }
                switch resume.processDied() {
                case .close(let reason): return reason
                case .goOn, .openAgain:
                    session = Session(resume.blob, told: resume.before, every: every)
                    if resume.resumes() { try resume.replayed() }
                }
            }
            return nil
        }

        private mutating func take(_ deed: Deed) throws {
            switch deed {
            case .send(let bytes): seen.sent += bytes.dropFirst(resume.sends(bytes.count))
            case .push(let frames): seen.frames += frames.dropFirst(resume.pushes(frames.count))
            case .step(let kind):
                if try resume.step(kind) == nil {
                    seen.steps.append(kind)
                    resume.did(Resume.Step(kind: kind))
                }
            case .checkpoint(let number, let blob): try resume.checkpoint(after: number, operations: 0, blob: blob)
            }
        }
    }

    /// What `#expect` can't be given, since it changes something.
    private func expect<Value: Equatable>(_ found: Value, _ wanted: Value, line: Int = #line) {
        #expect(found == wanted, "line \(line)")
    }

    private static func events(_ count: Int, size: Int = 3) -> [SessionEvent] {
        (0..<count).map { (index: Int) -> SessionEvent in
            if index % 5 == 4 { return SessionEvent.timer(now: UInt64(index)) }
            let bytes = (0..<size).map { (at: Int) -> UInt8 in UInt8(truncatingIfNeeded: index * 13 + at) }
            return SessionEvent.bytes(bytes, now: UInt64(index), pending: 0)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 5, 8])
    func oneDeathAnywhere(every: Int) throws {
        let events = Self.events(40)
        var whole = World()
        let closed = try whole.run(events, every: every) { _ in false }
        #expect(closed == nil)
        for moment in 1...200 {
            var world = World()
            let closed = try world.run(events, every: every) { $0 == moment }
            #expect(closed == nil)
            #expect(world.seen == whole.seen, "death at \(moment)")
            #expect(world.deaths <= 1)
        }
    }

    /// Each life is long enough to come to a checkpoint.
    @Test(arguments: [1, 2, 3])
    func manyDeaths(every: Int) throws {
        let events = Self.events(60)
        var whole = World()
        _ = try whole.run(events, every: every) { _ in false }
        for step in [61, 64, 83, 97] {
            var world = World()
            let closed = try world.run(events, every: every) { $0 % step == step - 1 }
            #expect(closed == nil)
            #expect(world.seen == whole.seen, "a death at each \(step)th deed")
            #expect(world.deaths > 1)
        }
    }

    /// Byte by byte, and all at once.
    @Test func howeverItComes() throws {
        let bytes: [UInt8] = (0..<120).map { UInt8($0) }
        func run(_ size: Int, _ dies: (Int) -> Bool) throws -> Outcome {
            var world = World()
            let events = stride(from: 0, to: bytes.count, by: size).map {
                SessionEvent.bytes(Array(bytes[$0..<min($0 + size, bytes.count)]), now: 1, pending: 0)
            }
            let closed = try world.run(events, every: 2, dies: dies)
            #expect(closed == nil)
            return world.seen
        }
        let whole = try run(120) { _ in false }
        for size in [1, 2, 3, 7, 60, 120] {
            for moment in 1..<180 {
                let outcome = try run(size) { $0 == moment }
                #expect(outcome == whole, "pieces of \(size), death at \(moment)")
            }
        }
    }

    @Test func limits() throws {
        let piece = SessionEvent.bytes([UInt8](repeating: 1, count: 64 << 10), now: 0, pending: 0)
        var resume = Resume(blob: [1])
        for _ in 0..<4 {
            resume.add(piece)
            _ = resume.told()
        }
        var copy = resume
        expect(copy.processDied(), .goOn)
        #expect(copy.waitingBytes == 256 << 10)
        resume.add(.bytes([1], now: 0, pending: 0))
        _ = resume.told()
        copy = resume
        expect(copy.processDied(), .close("it was told more than 256 KiB since its last checkpoint"))
        // One that comes late, of before what was let go of, changes nothing; the next one does.
        try resume.checkpoint(after: 3, operations: 0, blob: [2])
        #expect(resume.blob == [1])
        try resume.checkpoint(after: 5, operations: 9, blob: [2])
        expect(resume.processDied(), .goOn)
        #expect(resume.blob == [2] && resume.operations == 9 && resume.before == 5)
    }

    @Test func withoutACheckpoint() {
        var resume = Resume()
        resume.add(.bytes([1, 2], now: 0, pending: 0))
        expect(resume.told(), false)
        expect(resume.processDied(), .openAgain)
        #expect(resume.next == .bytes([1, 2], now: 0, pending: 0))
        expect(resume.resumes(), false)
        expect(resume.told(), true)
        expect(resume.sends(3), 0)
        expect(resume.processDied(), .close("it gave no checkpoint"))
    }

    @Test func whatCannotBe() throws {
        var resume = Resume(blob: [])
        resume.add(.timer(now: 1))
        #expect(throws: Resume.Fault.checkpoint(after: 1)) { try resume.checkpoint(after: 1, operations: 0, blob: []) }
        _ = resume.told()
        try resume.checkpoint(after: 1, operations: 0, blob: [1])
        #expect(throws: Resume.Fault.checkpoint(after: 0)) { try resume.checkpoint(after: 0, operations: 0, blob: []) }
        #expect(throws: Resume.Fault.checkpoint(after: .max)) { try resume.checkpoint(after: .max, operations: 0, blob: []) }
        let large = [UInt8](repeating: 0, count: Resume.blobLimit + 1)
        #expect(throws: Resume.Fault.checkpointSize(large.count)) {
            try resume.checkpoint(after: 1, operations: 0, blob: large)
        }
        resume.add(.timer(now: 2))
        _ = resume.told()
        expect(try resume.step(4), nil)
        resume.did(Resume.Step(kind: 4, status: -3, reason: "no"))
        expect(resume.processDied(), .goOn)
        var other = resume
        #expect(throws: Resume.Fault.differs) { try other.step(5) }
        #expect(throws: Resume.Fault.differs) { try other.replayed() }
        expect(try resume.step(4), Resume.Step(kind: 4, status: -3, reason: "no"))
        try resume.replayed()
    }

    @Test func whatWaitsCanBeTaken() {
        var resume = Resume(blob: [])
        for number in 0..<4 { resume.add(.timer(now: UInt64(number))) }
        _ = resume.told()
        expect(resume.takeWaiting(), [.timer(now: 1), .timer(now: 2), .timer(now: 3)])
        #expect(!resume.hasNext)
    }
}
