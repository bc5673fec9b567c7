import CLoad

/// A viewer of an HLS stream: one keep-alive connection per rendition, one request at a time.
///
/// It plays the first variant; audio with a playlist of its own is fetched by a second connection, the follower, which counts as
/// part of its leader. Follows parts by blocking reload where the server has them.
final class HLSViewer: Client {
    private enum Request: Equatable {
        case start, playlist(blocking: Bool), map
        case piece(seconds: Double)
    }

    private static let retry = second / 2
    private static let mostFailures = 10
    private static let longestBody = 64 << 20
    private let leader: HLSViewer?
    private var follower: HLSViewer?
    private var http = HTTPReader()
    private var request: Request?
    private var path = ""
    private var playlistPath = ""
    private var body: [UInt8] = []
    private var isRefused = false
    private var closes = false
    private var position: PlaylistPosition?
    private var playlist: MediaPlaylist?
    private var pieces: ArraySlice<PlaylistPosition.Piece> = []
    private var map: String?
    private var tracks: MovieTracks?
    private var failures = 0
    private var clock = PlaybackClock()

    init(engine: Engine, index: Int, stream: Int, behaviour: Behaviour, leader: HLSViewer? = nil) {
        self.leader = leader
        super.init(engine: engine, index: index, stream: stream, behaviour: behaviour, parses: leader?.parses)
    }

    override var isFollower: Bool { leader != nil }
    override var longestSilence: UInt64 { max(clock.longestEmpty, follower?.clock.longestEmpty ?? 0) }
    override func windowOpens() { clock.windowOpens() }
    override func windowCloses() { clock.look(at: engine.now) }

    override func begin() {
        request = nil
        position = nil
        playlist = nil
        pieces = []
        map = nil
        tracks = nil
        failures = 0
        clock = PlaybackClock()
        path = playlistPath
        if leader == nil { path = engine.options.target.path(stream: stream) }
    }

    override func opened() {
        http = HTTPReader()
        closes = false
        send(request ?? (leader == nil ? .start : .playlist(blocking: false)), path)
    }

    override func closed() { follower?.leave(.close) }

    override func closedByPeer() -> Bool {
        if request == nil {
            closes = true
            hangUp()
            return true
        }
        guard body.isEmpty, !http.isInside, failures < Self.mostFailures else { return false }
        failures += 1
        reconnect()
        return true
    }

    // MARK: Requests

    private func send(_ request: Request, _ path: String) {
        self.request = request
        self.path = path
        body.removeAll(keepingCapacity: true)
        isRefused = false
        if closes { return reconnect() }
        let text = """
            GET \(path) HTTP/1.1\r
            Host: \(engine.options.target.address)\r
            User-Agent: sluice-load\r
            Accept: */*\r
            \r\n
            """
        output += Array(text.utf8)
    }

    override var droppable: Int {
        if case .piece = request, !parses { return http.droppable }
        return 0
    }

    override func dropped(_ count: Int) {
        http.dropped(count)
        do { try pump() } catch { fail(error) }
    }

    override func take(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
        http.append(bytes)
        try pump()
    }

    private func fail(_ fault: WireFault) {
        engine.referee.counts.protocolErrors += 1
        end(fault.description)
    }

    private func pump() throws(WireFault) {
        while state == .joining || state == .running || state == .leaving, let event = try http.next() {
            switch event {
            case .head(let head):
                closes = head.closes
                isRefused = head.status / 100 != 2
                if isRefused, !tally.isReady, leader == nil { throw .httpStatus(head.status) }
            case .body(let piece):
                if case .piece = request, !parses { continue }
                guard body.count + piece.count <= Self.longestBody else { throw .tooLong(what: "HTTP body", bytes: body.count) }
                body += piece
            case .end: try finish()
            }
        }
    }

    private func finish() throws(WireFault) {
        guard let done = request else { return }
        request = nil
        if isRefused { return refused(done) }
        failures = 0
        switch done {
        case .start: try start()
        case .playlist: try reloaded()
        case .map:
            if parses { tracks = try MovieTracks(parsing: body) }
            advance()
        case .piece(let seconds):
            try judge()
            clock.fetched(seconds, at: engine.now)
            if !tally.isReady { ready() }
            advance()
        }
    }

    /// After joining: a piece is given up, a playlist asked for again.
    private func refused(_ request: Request) {
        engine.referee.refused()
        failures += 1
        if failures > Self.mostFailures { return end("\(failures) requests refused one after the other") }
        if case .piece = request { return advance() }
        wake(at: engine.now + Self.retry)
    }

    override func work() {
        guard state == .running || state == .joining, request == nil else { return }
        send(.playlist(blocking: false), playlistPath)
        flush()
    }

    private func start() throws(WireFault) {
        guard let multivariant = try MultivariantPlaylist(parsing: body) else {
            playlistPath = path
            return try reloaded()
        }
        playlistPath = try resolve(multivariant.variant, in: path)
        if let audio = multivariant.audio { follow(try resolve(audio, in: path)) }
        send(.playlist(blocking: false), playlistPath)
    }

    private func follow(_ path: String) {
        let follower =
            follower ?? HLSViewer(engine: engine, index: engine.clients.count, stream: stream, behaviour: behaviour, leader: self)
        if self.follower == nil { engine.add(follower) }
        self.follower = follower
        follower.playlistPath = path
        follower.open()
    }

    private func resolve(_ uri: String, in path: String) throws(WireFault) -> String {
        guard let found = ResourcePath.resolve(uri, in: path, address: engine.options.target.address) else {
            throw .playlist("leads to another server: \(uri)")
        }
        return found
    }

    // MARK: Following the playlist

    private func reloaded() throws(WireFault) {
        let playlist = try engine.playlists.playlist(body)
        self.playlist = playlist
        if position == nil { position = PlaylistPosition(joining: playlist) }
        guard var next = position else { return wake(at: engine.now + Self.retry) }
        let step = next.advance(in: playlist)
        position = next
        if step.missed > 0 { engine.referee.missed(step.missed) }
        pieces = step.pieces[...]
        if pieces.isEmpty { return reload(unchanged: true) }
        advance()
    }

    /// Fetches what comes next: an initialization segment, a piece, a newer playlist.
    private func advance() {
        guard let piece = pieces.first else { return reload(unchanged: false) }
        do {
            if let wanted = piece.map, wanted != map {
                map = wanted
                return send(.map, try resolve(wanted, in: playlistPath))
            }
            pieces.removeFirst()
            send(.piece(seconds: piece.duration), try resolve(piece.uri, in: playlistPath))
        } catch {
            fail(error)
        }
    }

    private func reload(unchanged: Bool) {
        guard let playlist, let position else { return }
        if playlist.isEnded { return end("end of stream") }
        guard playlist.isLowLatency else {
            // RFC 8216 §6.3.4: after the target duration, or half of it when nothing was new.
            return wake(at: engine.now + nanoseconds(playlist.targetDuration / (unchanged ? 2 : 1)))
        }
        let separator: Character = playlistPath.contains("?") ? "&" : "?"
        send(.playlist(blocking: true), "\(playlistPath)\(separator)_HLS_msn=\(position.segment)&_HLS_part=\(position.part)")
    }

    // MARK: Checks

    private func judge() throws(WireFault) {
        guard parses, let tracks else { return }
        let samples = try samples()
        body.withUnsafeBytes { bytes in
            for sample in samples {
                guard let track = tracks[sample.track] else { continue }
                let time = UInt32(
                    truncatingIfNeeded: sample.decodeTime.multipliedReportingOverflow(by: 1000).partialValue
                        / UInt64(track.timescale))
                let data = UnsafeRawBufferPointer(rebasing: bytes[sample.range])
                engine.referee.sample(data, isVideo: track.isVideo, timestamp: time, arrived: engine.now, check: &check)
            }
        }
    }

    private func samples() throws(WireFault) -> [FragmentSample] {
        try body.withUnsafeBytes { bytes -> Result<[FragmentSample], WireFault> in
            do throws(WireFault) { return .success(try Fragments.samples(bytes)) } catch { return .failure(error) }
        }.get()
    }

    override func counted(_ count: Int) { leader?.tally.received(count, at: engine.now, counting: engine.referee.isCounting) }
    override func failed(_ reason: String) { leader?.end("audio: " + reason) }
}
