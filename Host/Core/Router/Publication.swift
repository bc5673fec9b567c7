import CSluice
import HostMedia
import HostPaths
import Synchronization

/// One publisher on one stream, from its publish to its end. Its connection's lane pushes; the stream's lane takes.
final class Publication: @unchecked Sendable {
    let stream: LiveStream
    let grant: Grant
    let protocolName: String
    let description: String
    let startedWall: Int64
    let lane: Lane
    /// The handle that the plugin knows it by; set once, before anybody sees the publication.
    var handle: UInt64 = 0
    /// Tells the session that somebody else ended it; on the session's lane.
    let notify: @Sendable (_ handle: UInt64, _ reason: String) -> Void
    /// 0: none, it is the host's own.
    let connection: UInt64
    let peer: String
    let origin: PublicationOrigin
    /// Whose session or source it is of; empty: a step's. No other plugin pushes to it, or ends it.
    let plugin: String
    /// The operator ended it: who publishes by itself does not at once begin again.
    private let kicked = Atomic<Bool>(false)
    private let over = Atomic<Bool>(false)

    init(
        stream: LiveStream, grant: Grant, session: Session, protocolName: String, description: String, startedWall: Int64
    ) {
        self.stream = stream
        self.grant = grant
        self.protocolName = protocolName
        self.description = description
        self.startedWall = startedWall
        lane = session.lane
        connection = session.handle
        peer = session.peer
        notify = { [weak session] handle, reason in session?.publicationEnded(handle, reason) }
        origin = .session
        plugin = session.plugin
    }

    /// One of the host's own: a source's, or a step's.
    init(
        stream: LiveStream, grant: Grant, origin: PublicationOrigin, lane: Lane, startedWall: Int64,
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.stream = stream
        self.grant = grant
        self.origin = origin
        self.lane = lane
        self.startedWall = startedWall
        self.notify = { _, reason in notify(reason) }
        protocolName = origin.kind
        description = ""
        connection = 0
        plugin = if case .source(let id) = origin { id } else { "" }
        peer = origin.text
    }

    /// [lane of the publisher] What comes next, from its tracks on, does not continue what came.
    func breaks() {
        if stream.lane.isCurrent {
            stream.breaks(self)
        } else {
            stream.lane.post { self.stream.breaks(self) }
        }
    }

    var isOver: Bool { over.load(ordering: .acquiring) }

    var isKicked: Bool { kicked.load(ordering: .acquiring) }

    /// Before it is ended: it is the operator who does.
    func kick() { kicked.store(true, ordering: .releasing) }

    /// Ends it once; true for the one who did.
    func finish() -> Bool { over.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged }

    /// [lane of the connection] Frames from the plugin.
    func push(_ frames: UnsafePointer<sluice_frame>, stride: Int, count: Int, now: UInt64, wall: Int64) {
        if stream.lane.isCurrent {
            for index in 0..<count {
                let pointer = UnsafeRawPointer(frames).advanced(by: index * stride).assumingMemoryBound(to: sluice_frame.self)
                stream.ingest(pointer.pointee, from: self, now: now, wall: wall)
            }
            return
        }
        var kept: [StoredFrame] = []
        for index in 0..<count {
            let pointer = UnsafeRawPointer(frames).advanced(by: index * stride).assumingMemoryBound(to: sluice_frame.self)
            if let frame = StoredFrame(keeping: pointer.pointee) { kept.append(frame) }
        }
        nonisolated(unsafe) let batch = kept
        stream.lane.post {
            for frame in batch {
                self.stream.ingest(frame.raw, from: self, now: now, wall: wall)
                frame.release()
            }
        }
    }

    /// [lane of the connection] All tracks. Refused ones leave the last in force.
    func setTracks(_ tracks: [TrackSet.Track]) throws(TrackSet.Refusal) {
        _ = try TrackSet(tracks)
        if stream.lane.isCurrent {
            stream.setTracks(tracks, from: self)
        } else {
            stream.lane.post { self.stream.setTracks(tracks, from: self) }
        }
    }
}
