// SessionProxy: the host's side of a session whose code runs in another process. The connection, its publications and its attachment are
// the host's and stay when the process dies: the next one gets the last checkpoint and what came since (see Resume), or the connection is
// closed with the reason. What the process has no room for is kept, and the peer is not read meanwhile.
//
// Confined to the connection's lane.

import CSluice

final class SessionProxy: MovableProxy, @unchecked Sendable {
    /// A question that the process asked, as the host's auth service knows it.
    final class Question {
        unowned let session: SessionProxy
        let number: UInt64
        var operation: UInt64 = 0

        init(_ session: SessionProxy, _ number: UInt64) {
            self.session = session
            self.number = number
        }
    }

    /// How far its state is on the way to another generation.
    enum Export {
        case none
        /// Asked for: it is told nothing meanwhile. When, in monotonic nanoseconds.
        case asked(UInt64)
        case here([UInt8])
        case refused(String)
    }

    let lane: BorderLane
    let border: MediaBorder
    let services: HostServices
    let settings: ProcessSettings
    let connection: UInt64
    private(set) var id: UInt64 = 0
    /// What it was opened with.
    private let info: [UInt8]
    /// Bytes that may wait for the process.
    private let waitingLimit: Int
    private let canBeImported: Bool
    var resume: Resume
    /// What it publishes: no process pushes to what is not its own.
    var publications: Set<UInt64>
    var questions: [UInt64: Question] = [:]
    var export = Export.none
    /// The last timer that a process set while it was told everything once more.
    var heldTimer: UInt64?
    /// How often in a row the process died at this session, without having come through what it was told once more.
    private var suspicions = 0
    private var isResuming = false
    private var isClosing = false
    /// Of an import that another generation's session waits for: hears once whether the process took it, or why not.
    var decision: ((String?) -> Void)?
    /// Another generation is asked whether it takes the session over: this one does nothing meanwhile.
    private var isMoving = false
    /// Why it cannot go on here, should it have to.
    private var lost: String?
    private var waitsForRoom = false
    var isPausedByPlugin = false
    private var isPaused = false

    /// - Parameter blob: of another generation.
    init(
        _ info: sluice_connection_info, blob: [UInt8]? = nil, canBeImported: Bool, settings: ProcessSettings, border: MediaBorder,
        services: HostServices
    ) {
        connection = info.connection
        lane = .handle(info.connection)
        waitingLimit = Int(clamping: min(max(info.unparsed_limit, 256 << 10), 64 << 20))
        self.canBeImported = canBeImported
        self.border = border
        self.services = services
        self.settings = settings
        var writer = WireWriter(object: 0)
        writer.connectionInfo(info)
        self.info = Array(writer.bytes[8...])
        resume = Resume(blob: blob)
        publications = blob == nil ? [] : Set(settings.publications(info.connection))
        id = border.register(self)
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> SessionProxy? {
        pointer.map { Unmanaged<SessionProxy>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Telling the process

    /// Sees to it that the process knows the session.
    func begin() {
        guard !isClosing, !isMoving, !border.knows(id) else { return }
        let (info, before) = (info, resume.before)
        let told: MediaSend
        if let blob = resume.blob {
            let (operations, publications) = (resume.operations, publications)
            told = border.begin(.sessionImport, object: id, reserving: blob.count + info.count + 256) { writer in
                writer.u64(before)
                writer.u64(operations)
                blob.withUnsafeBytes { writer.bytes($0) }
                writer.u32(UInt32(truncatingIfNeeded: min(publications.count, 1024)))
                for handle in publications.prefix(1024) { writer.u64(handle) }
                writer.fields(info)
            }
        } else {
            told = border.begin(.sessionOpen, object: id, reserving: info.count + 64) { $0.fields(info) }
        }
        switch told {
        case .sent: break
        case .full, .noProcess: return
        case .tooLarge:
            let reason = "its state is too large for the plugin's process"
            if decision != nil { return decide(reason) }
            return close(reason)
        }
        if isResuming {
            isResuming = false
            if resume.resumes() { replayEnds() }
        }
        flush()
    }

    func tell(_ event: SessionEvent) {
        guard !isClosing || !event.isBytes else { return }
        resume.add(event)
        if resume.waitingBytes > waitingLimit { return close("the plugin's process does not keep up with what the peer sends") }
        flush()
    }

    func received(_ bytes: UnsafeRawBufferPointer, now: UInt64) {
        let pending = services.net?.pointee.pending?(services.host, connection) ?? 0
        var rest = bytes
        repeat {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(SessionEvent.longest))
            tell(.bytes(Array(piece), now: now, pending: pending))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(SessionEvent.longest))
        } while !rest.isEmpty
    }

    /// Tells what waits, as far as there is room.
    func flush() {
        while !isHeldBack, !waitsForRoom, let event = resume.next {
            let sent = border.send(.sessionEvent, object: id, reserving: event.size + 64) { event.write(&$0) }
            if sent == .full {
                waitsForRoom = border.send(.sessionRoom, object: id, insists: true) { _ in } == .sent
                break
            }
            guard sent == .sent else { break }
            if resume.told() { replayEnds() }
        }
        settleReading()
    }

    func hasRoom() {
        waitsForRoom = false
        flush()
    }

    /// It has come through all that the dead process was told.
    func cameThrough() { suspicions = 0 }

    private func replayEnds() { _ = border.send(.sessionReplayEnd, object: id, insists: true) { _ in } }

    /// While something waits the peer is not read.
    func settleReading() {
        let wanted = isPausedByPlugin || resume.hasNext
        guard wanted != isPaused, !isClosing else { return }
        isPaused = wanted
        _ = services.net?.pointee.pause?(services.host, connection, wanted ? 1 : 0)
    }

    /// Ends the connection; nothing goes to the process any more but the word that it is closed.
    func close(_ reason: String, how: UInt32 = SLUICE_CLOSE_NOW) {
        isClosing = true
        sluice_text.with(String(reason.prefix(256))) { _ = services.net?.pointee.close?(services.host, connection, how, $0) }
    }

    // MARK: The end

    /// The last call: the connection is gone.
    func closed(_ reason: sluice_text) {
        _ = border.send(.sessionClose, object: id, insists: true) { $0.text(reason) }
        end()
    }

    /// Its code runs elsewhere from now on, which is told what this one was not.
    func forgetSession() {
        let waiting = resume.takeWaiting()
        _ = border.send(.sessionForget, object: id, insists: true) { _ in }
        let (connection, services, settings, isPaused) = (connection, services, settings, isPaused)
        let reads = isPaused && !isPausedByPlugin
        if !waiting.isEmpty || reads {
            // Once the connection knows its new code.
            _ = settings.postToLane(connection) {
                for event in waiting { settings.deliver(connection, event) }
                if reads { _ = services.net?.pointee.pause?(services.host, connection, 0) }
            }
        }
        end()
    }

    private func end() {
        isClosing = true
        // The host has withdrawn them.
        questions = [:]
        border.remove(id)
        Unmanaged.passUnretained(self).release()
    }

    // MARK: BorderObject

    func processDied(_ reason: String) {
        export = .none
        heldTimer = nil
        waitsForRoom = false
        if decision != nil { return decide(reason) }
        guard !isClosing else { return }
        if border.suspect == id { suspicions += 1 }
        // Once may be chance; a second time the same bytes would be the end of all sessions.
        if suspicions > 1 { return lose("\(reason); it died of this session's bytes twice") }
        switch resume.processDied() {
        case .close(let why): lose("\(reason); the session cannot go on: \(why)")
        case .goOn where !canBeImported:
            lose("\(reason); the session cannot go on: the plugin has no import_session")
        case .goOn, .openAgain:
            isResuming = true
            settleReading()
        }
    }

    func processIsBack() { begin() }

    func processGivenUp(_ reason: String) {
        if decision != nil { return decide(reason) }
        if !isClosing { lose(reason) }
    }

    /// Nothing leads on here; another generation may have it.
    private func lose(_ reason: String) {
        guard isMoving else { return close(reason) }
        lost = lost ?? reason
    }

    // MARK: Handover

    /// Whether it is told nothing, since its state is on the way. An answer that does not come is not waited for.
    private var isHeldBack: Bool {
        if isMoving { return true }
        switch export {
        case .none: return false
        case .here, .refused: return true
        case .asked(let time):
            if monotonicNanoseconds() &- time < 2_000_000_000 { return true }
            export = .none
            return false
        }
    }

    /// Its state, when it is here; else it is asked for, and the session is told nothing until the next attempt.
    func export(
        _ receive: sluice_blob_receiver?, _ context: UnsafeMutableRawPointer?, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        switch export {
        case .here(let blob):
            blob.withUnsafeBufferPointer { receive?(context, sluice_bytes(data: $0.baseAddress, size: UInt64($0.count))) }
            // If nobody takes it, it goes on here.
            _ = settings.postToLane(connection) { [weak self] in self?.stays() }
            return SLUICE_OK
        case .refused(let reason):
            stays()
            return refuse(error, SLUICE_E_FAILED, reason)
        case .asked:
            if !isHeldBack { flush() }
            return SLUICE_AGAIN
        case .none:
            guard !isClosing else { return refuse(error, SLUICE_E_STALE, "it is closing") }
            guard questions.isEmpty, !resume.isReplaying, !isResuming, !resume.hasNext, border.knows(id),
                border.send(.sessionExport, object: id, insists: true, { _ in }) == .sent
            else { return SLUICE_AGAIN }
            export = .asked(monotonicNanoseconds())
            return SLUICE_AGAIN
        }
    }

    private func stays() {
        guard !isMoving else { return }
        export = .none
        flush()
    }

    func hold() { isMoving = true }

    func goOn() {
        guard isMoving else { return }
        isMoving = false
        export = .none
        if let lost { return close(lost) }
        begin()
        flush()
    }

    func abandon() {
        decision = nil
        _ = border.send(.sessionForget, object: id, insists: true) { _ in }
        end()
    }

    func exported(_ status: Int32, _ reason: String, _ blob: [UInt8]) {
        guard case .asked = export else { return }
        switch status {
        case SLUICE_OK: export = .here(blob)
        case SLUICE_AGAIN: stays()
        default: export = .refused(reason)
        }
    }
}

extension SessionEvent {
    var isBytes: Bool { if case .bytes = self { true } else { false } }
}
