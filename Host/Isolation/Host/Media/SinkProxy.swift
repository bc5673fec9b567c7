// SinkProxy: the host's side of a sink whose code runs in another process. To the stream it is a sink like any other: its log and its
// players are the host's and stay when the process dies. A new process is told of it anew and gets media from the next key frame on.
//
// Confined to the stream's lane.

import CSluice

final class SinkProxy: MovableProxy, @unchecked Sendable {
    /// Of one record of frames; a frame that is larger has one of its own.
    static let batchBytes = 1 << 20
    static let batchFrames = 256

    /// A frame among those that are offered again.
    private struct FrameMark: Equatable {
        let track: UInt32
        let dts: Int64
        let arrival: UInt64

        init(_ frame: sluice_frame) { (track, dts, arrival) = (frame.track, frame.dts, frame.arrival_ns) }
    }

    let lane: BorderLane
    let border: MediaBorder
    let services: HostServices
    private let supervisor: Supervisor
    let stream: UInt64
    let log: UInt64
    let sink: UInt64
    private(set) var id: UInt64 = 0
    /// What it was opened for, without the attributes.
    private let opening: [UInt8]
    private var attributes: [UInt8]
    /// The tracks in force; nil: none were told.
    private var tracks: [UInt8]?
    private var videoTracks: Set<UInt32> = []
    private var publisherState: UInt32 = 0
    /// The process has lost media: none is of use before the next key frame.
    private var waitsForKey = false
    /// The last frame that was taken of a batch that will be offered again.
    private var taken: FrameMark?
    /// It is over: the next call says so.
    private var failure: String?
    private var isGivenUp = false
    private var oversized = 0
    /// Attributes of the stream that the process has set: not more than so many.
    private var attributeKeys: Set<String> = []
    static let attributeLimit = 64
    var export = Export.none
    /// Of an import that another generation's sink waits for: hears once whether the process took it, or why not.
    var decision: ((String?) -> Void)?
    /// Another generation is asked whether it takes the sink over: this one does nothing meanwhile.
    private var isMoving = false

    /// How far its state is on the way to another generation.
    enum Export: Equatable {
        case none
        /// Asked for, then here: no frame is passed on meanwhile. Since when, in monotonic nanoseconds.
        case asked(UInt64)
        case here([UInt8], UInt64)
        case refused(String)
    }

    init(_ request: sluice_sink_open, supervisor: Supervisor, border: MediaBorder, services: HostServices) {
        self.supervisor = supervisor
        self.border = border
        self.services = services
        lane = .handle(request.sink)
        (sink, stream, log) = (request.sink, request.stream, request.log)
        var head = request
        head.attribute_count = 0
        var writer = WireWriter(object: 0)
        writer.sinkOpen(head)
        // The object in front and the empty list behind are written each time.
        opening = Array(writer.bytes[8..<writer.bytes.count - 4])
        attributes = Self.fields { $0.pairs(request.attributes, request.attribute_count) }
        id = border.register(self)
    }

    static func fields(_ fill: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter(object: 0)
        fill(&writer)
        return Array(writer.bytes[8...])
    }

    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> SinkProxy? {
        pointer.map { Unmanaged<SinkProxy>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Telling the process

    /// Sees to it that the process knows the sink and its tracks. `false`: there is none now.
    @discardableResult
    func tell() -> Bool {
        if border.knows(id) { return true }
        guard !isMoving, decision == nil else { return false }
        let (opening, attributes) = (opening, attributes)
        let told = border.begin(.sinkOpen, object: id) {
            $0.fields(opening)
            $0.fields(attributes)
        }
        guard told == .sent else { return false }
        if tracks != nil { sendTracks(SLUICE_TRACKS_DISCONTINUITY) }
        if publisherState == SLUICE_SINK_PUBLISHER_LOST { sendPublisher() }
        return true
    }

    /// Its state comes from another generation, with these bytes. Nil, or why not.
    func beginImport(_ blob: sluice_bytes) -> String? {
        let (opening, attributes) = (opening, attributes)
        let told = border.begin(.sinkImport, object: id, reserving: 4096 + Int(clamping: min(blob.size, 8 << 20))) {
            $0.fields(opening)
            $0.fields(attributes)
            $0.blob(blob)
        }
        switch told {
        case .sent: return nil
        case .full, .noProcess: return "the plugin's process is not there"
        case .tooLarge: return "its state is larger than 8 MiB"
        }
    }

    /// What the exporter was told, for a process that has to begin anew.
    func remember(_ list: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32) {
        tracks = Self.fields { $0.tracks(list, stride: stride, count: count) }
        let step = max(Int(stride), MemoryLayout<sluice_track>.stride)
        videoTracks = []
        guard let list else { return }
        for index in 0..<min(Int(count), 64) {
            let track = UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(to: sluice_track.self).pointee
            if track.kind == SLUICE_TRACK_VIDEO { videoTracks.insert(track.id) }
        }
    }

    func tracks(_ list: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32, flags: UInt32) -> Int32 {
        remember(list, stride: stride, count: count)
        // What was exported does not know of them: it is asked again.
        if export != .none { export = .none }
        taken = nil
        if border.knows(id) { sendTracks(flags) } else { tell() }
        return SLUICE_OK
    }

    private func sendTracks(_ flags: UInt32) {
        guard let tracks else { return }
        _ = border.send(.sinkTracks, object: id, insists: true, reserving: tracks.count + 8) {
            $0.u32(flags)
            $0.fields(tracks)
        }
    }

    func publisher(_ state: UInt32) {
        publisherState = state
        sendPublisher()
    }

    private func sendPublisher() {
        let state = publisherState
        _ = border.send(.sinkPublisher, object: id, insists: true) { $0.u32(state) }
    }

    func attributes(_ list: UnsafePointer<sluice_pair>?, _ count: UInt32) {
        attributes = Self.fields { $0.pairs(list, count) }
        let attributes = attributes
        _ = border.send(.sinkAttributes, object: id, insists: true) { $0.fields(attributes) }
    }

    /// `SLUICE_AGAIN`: the process does not keep up, or is being started again: the host keeps the frames, within its limits.
    func frames(
        _ list: UnsafePointer<sluice_frame>?, stride: UInt32, count: UInt32, _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        if let failure { return refuse(error, SLUICE_E_FAILED, failure) }
        guard let list, count > 0 else { return SLUICE_OK }
        if isHeldBack || !tell() { return SLUICE_AGAIN }
        let step = max(Int(stride), MemoryLayout<sluice_frame>.stride)
        func frame(_ index: Int) -> sluice_frame {
            UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(to: sluice_frame.self).pointee
        }
        let count = Int(count)
        var index = 0
        if let taken, let last = (0..<count).first(where: { FrameMark(frame($0)) == taken }) { index = last + 1 }
        if waitsForKey {
            while index < count, !isStart(frame(index)) { index += 1 }
            guard index < count else { return SLUICE_OK }
            waitsForKey = false
        }
        while index < count {
            var end = index
            var size = 0
            repeat {
                size += WireWriter.frameHead + Int(clamping: frame(end).data.size)
                end += 1
            } while end < count && end - index < Self.batchFrames
                && size + WireWriter.frameHead + Int(clamping: frame(end).data.size) <= Self.batchBytes
            let sent = border.send(.sinkFrames, object: id, reserving: min(size + 4, MediaKind.sizeLimit)) { writer in
                writer.u32(UInt32(truncatingIfNeeded: end - index))
                for place in index..<end { writer.frame(frame(place)) }
            }
            switch sent {
            case .sent: break
            case .tooLarge: tellOversized()
            case .full, .noProcess: return SLUICE_AGAIN
            }
            taken = FrameMark(frame(end - 1))
            index = end
        }
        taken = nil
        return SLUICE_OK
    }

    private func isStart(_ frame: sluice_frame) -> Bool {
        frame.flags & SLUICE_FRAME_KEY != 0 && (videoTracks.isEmpty || videoTracks.contains(frame.track))
    }

    private func tellOversized() {
        oversized += 1
        guard oversized == 1 else { return }
        services.write(SLUICE_LOG_WARNING, "frame dropped", "a frame for a plugin in a process of its own is at most 8 MiB")
    }

    /// Its export is on the way; an answer that does not come, or that nobody takes, is not waited for.
    private var isHeldBack: Bool {
        let time: UInt64
        switch export {
        case .asked(let since), .here(_, let since): time = since
        case .none, .refused: return false
        }
        if monotonicNanoseconds() &- time < 2_000_000_000 { return true }
        export = .none
        return false
    }

    /// The last call; the pointer that the host has of it is no more.
    func close(_ reason: sluice_text) {
        _ = border.send(.sinkClose, object: id, insists: true) { $0.text(reason) }
        end()
    }

    /// Its code runs elsewhere from now on.
    func forgetSink() {
        _ = border.send(.sinkForget, object: id, insists: true) { _ in }
        end()
    }

    private func end() {
        border.remove(id)
        Unmanaged.passUnretained(self).release()
    }

    func fail(_ reason: String) { if failure == nil { failure = reason } }

    // MARK: BorderObject

    func processDied(_ reason: String) {
        waitsForKey = true
        taken = nil
        export = .none
        if decision != nil { decide(reason) }
    }

    func processIsBack() {
        // By the operator's wish, before the stream has let go of it.
        if isGivenUp { failure = nil }
        isGivenUp = false
        tell()
    }

    func processGivenUp(_ reason: String) {
        if decision != nil { return decide(reason) }
        guard failure == nil else { return }
        isGivenUp = true
        fail(reason)
    }

    /// Whether the process may set one more attribute.
    func maySet(_ key: String) -> Bool {
        if attributeKeys.count < Self.attributeLimit { attributeKeys.insert(key) }
        return attributeKeys.contains(key)
    }

    func asked(_ kind: RequestKind, _ reader: inout WireReader, _ answer: MediaAnswer) throws {
        answer(SLUICE_E_UNSUPPORTED, "not of a sink")
    }

    func receive(_ kind: MediaKind, _ reader: inout WireReader) throws {
        try receive(kind, &reader, supervisor)
    }

    // MARK: Moving

    func hold() { isMoving = true }

    func goOn() {
        guard isMoving else { return }
        isMoving = false
        tell()
    }

    func abandon() {
        decision = nil
        forgetSink()
    }
}
