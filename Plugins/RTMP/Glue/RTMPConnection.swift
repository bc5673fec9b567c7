// RTMPConnection: one peer: the core's session on one side, the host's connection on the other. It carries actions out and answers
// back; every decision is the core's or the host's.

import Formats
import FormatsKit
import RTMPCore
import SluiceKit

final class RTMPConnection: ProtocolSession, Exportable {
    private let plugin: RTMPPlugin
    let connection: Connection
    var session: RTMPSession
    /// What the host knows of the message streams; a few, so a list: a thousand players have a thousand of these.
    var roles: [RTMPRole] = []
    var operations: [AuthOperation] = []
    /// The message stream that plays or waits, and the one that shall play once the last attachment has ended.
    var playing: UInt32?
    var wanted: UInt32?
    var isAttached = false
    private(set) var isPumping = false
    /// What the host's timer is set to; 0 when it is off.
    var armedFor: UInt64 = 0
    /// Bytes since the last checkpoint, and whether something else has happened since; only in a process of its own.
    var unkeptBytes: UInt64 = 0
    var isUnkept = false

    /// Brings a session and a connection together; says nothing to the host.
    init(plugin: RTMPPlugin, connection: Connection, session: RTMPSession) {
        self.plugin = plugin
        self.connection = connection
        self.session = session
    }

    /// For a peer that has just come.
    convenience init(plugin: RTMPPlugin, connection: Connection, now: UInt64) {
        let bounds = Self.bounds(plugin, connection)
        self.init(
            plugin: plugin, connection: connection,
            session: RTMPSession(bounds: bounds, seed: UInt64.random(in: 0...(.max)), at: now))
        arm()
        isUnkept = true
        keep()
    }

    /// The host's limits for this connection, and the plugin's own.
    static func bounds(_ plugin: RTMPPlugin, _ connection: Connection) -> RTMPBounds {
        var limits = RTMPLimits()
        limits.messageBytes = Int(clamping: connection.messageLimit)
        limits.pendingBytes = Int(clamping: connection.unparsedLimit)
        limits.untrustedPendingBytes = Int(clamping: connection.unparsedLimitBefore / 2)
        limits.untrustedMessageBytes = Int(clamping: connection.unparsedLimitBefore / 2)
        limits.amf.depth = plugin.settings.amfDepth
        limits.amf.values = plugin.settings.amfValues
        limits.handshakeNanoseconds = connection.handshakeNanoseconds
        limits.publisherSilenceNanoseconds = connection.publisherSilentNanoseconds
        return plugin.bounds(limits)
    }

    private var now: UInt64 { connection.host.monotonicNanoseconds }

    // MARK: ProtocolSession

    func receive(_ bytes: UnsafeRawBufferPointer, at now: UInt64) {
        unkeptBytes &+= UInt64(bytes.count)
        session.receive(bytes, at: now)
        pump()
    }

    func timer(at now: UInt64) {
        armedFor = 0
        session.tick(at: now)
        pump()
    }

    func attachment(_ state: Attachment, reason: String) {
        isUnkept = true
        switch state {
        case .waiting: break
        case .attached: isAttached = true
        case .detached:
            isAttached = false
            playing = nil
            if let next = wanted {
                wanted = nil
                attach(next)
            }
        case .ended:
            let stream = playing
            playing = nil
            wanted = nil
            guard let stream else { break }
            if isAttached {
                session.streamEnded(stream: stream, at: now)
            } else {
                session.endPlay(stream: stream, RTMPRefusal(code: "NetStream.Play.StreamNotFound", description: reason))
            }
            isAttached = false
        }
        pump()
    }

    func publicationEnded(_ handle: sluice_handle, reason: String) {
        guard let stream = roles.first(where: { $0.publication?.handle == handle })?.stream else { return }
        isUnkept = true
        roles[stream].publication = nil
        session.endPublish(stream: stream, RTMPRefusal(code: "NetStream.Publish.BadName", description: reason))
        pump()
    }

    func stop(reason: String) {
        for stream in roles.filter({ $0.publication != nil }).map(\.stream) {
            session.endPublish(stream: stream, RTMPRefusal(code: "NetStream.Unpublish.Success", description: reason))
        }
        session.end(reason)
        pump()
    }

    func drain(reason: String, limit: UInt64) {
        guard session.requestReconnect(tcUrl: nil, description: reason) else { return }
        pump()
    }

    func closed(reason: String) {
        session.peerClosed()
        for operation in operations { operation.cancel() }
        operations = []
    }

    // MARK: Actions

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        while true {
            let actions = session.takeActions()
            guard !actions.isEmpty else { break }
            for action in actions { carryOut(action) }
        }
        arm()
        isPumping = false
        keep()
    }

    /// A deadline that moves away, as with every message of a publisher, is looked at again when the earlier one has come.
    private func arm() {
        let next = session.nextDeadline ?? 0
        guard next == 0 || armedFor == 0 || next < armedFor else { return }
        guard next != armedFor else { return }
        armedFor = next
        connection.setTimer(next == 0 ? nil : next)
    }

    private func carryOut(_ action: RTMPAction) {
        switch action {
        case .send(let bytes): return connection.send(bytes)
        case .frame(let stream, let timing, let message, let payload): return push(stream, timing, message, payload)
        case .tracks(let stream, let tracks): setTracks(stream, tracks)
        case .data(let stream, let data): return push(stream, data)
        case .askConnect(let request): askConnect(request)
        case .askPublish(let stream, let request): askPublish(stream, request)
        case .askPlay(let stream, let request): askPlay(stream, request)
        case .publishStarted: break
        case .publishStopped(let stream, let reason):
            let ended = roles[stream].publication
            roles[stream].publication = nil
            ended?.end(reason: Self.text(reason))
        case .attach(let stream): attach(stream)
        case .detach(let stream): detach(stream)
        case .playStopped(let stream, _): playStopped(stream)
        case .close(let reason): connection.close(reason: reason.description)
        }
        isUnkept = true
    }

    private static func text(_ reason: RTMPStopReason) -> String {
        switch reason {
        case .stopped: "unpublished"
        case .ended: "ended"
        case .closed(let why): why.description
        }
    }

    // MARK: Media

    private func push(_ stream: UInt32, _ timing: FrameTiming, _ message: [UInt8], _ payload: Range<Int>) {
        guard let publication = roles[stream].publication else { return }
        message.withUnsafeBytes { bytes in
            guard payload.upperBound <= bytes.count, payload.lowerBound >= 0 else { return }
            publication.push(FrameTimes(timing), UnsafeRawBufferPointer(rebasing: bytes[payload]))
        }
    }

    private func setTracks(_ stream: UInt32, _ tracks: [TrackDescription]) {
        guard let publication = roles[stream].publication else { return }
        var all = tracks.map { Track($0) }
        all.append(RTMPDataTrack.track)
        do throws(PluginError) {
            try publication.setTracks(all)
        } catch {
            session.endPublish(stream: stream, RTMPRefusal(code: "NetStream.Publish.Denied", description: error.text))
        }
    }

    private func push(_ stream: UInt32, _ data: RTMPData) {
        guard let publication = roles[stream].publication, let body = RTMPDataTrack.payload(data) else { return }
        body.withUnsafeBytes { _ = publication.push(RTMPDataTrack.times(data), $0) }
    }

    // MARK: Questions

    private func ask(_ inquiry: AuthInquiry, refused: @escaping (RTMPRefusal) -> Void, _ done: @escaping (AuthAnswer) -> Void) {
        do throws(PluginError) {
            let operation = try connection.ask(inquiry) { [weak self] answer in
                guard let self else { return }
                self.operations.removeAll { $0.isOver }
                self.isUnkept = true
                done(answer)
                self.pump()
            }
            operations.append(operation)
        } catch {
            refused(RTMPRefusal(code: "NetStream.Failed", description: error.text))
        }
    }

    private func inquiry(_ action: AuthQuestion.Action, _ request: RTMPConnectRequest) -> AuthInquiry {
        let address = request.address
        let scheme = connection.tls ? "rtmps" : address.scheme.isEmpty ? "rtmp" : address.scheme
        var inquiry = AuthInquiry(action, protocolName: "rtmp", scheme: scheme, app: address.app.text)
        inquiry.hostName = address.host.lowercased()
        inquiry.port = address.port.map(UInt32.init) ?? 0
        inquiry.path = address.path
        inquiry.url = request.tcUrl
        inquiry.rawApp = request.app
        inquiry.query = address.query.pairs.map { ($0.key, $0.value) }
        return inquiry
    }

    private func askConnect(_ request: RTMPConnectRequest) {
        var words = [("app", request.address.app.text), ("client", String(request.flashVer.prefix(64)))]
        let plays = request.capabilities.plays
        if !plays.isEmpty { words.append(("plays", plays.map(\.description).joined(separator: " "))) }
        connection.describe(words)
        ask(
            inquiry(.connect, request),
            refused: { [weak self] in
                guard let self else { return }
                session.answerConnect(.refuse($0), at: now)
            },
            { [weak self] answer in
                guard let self else { return }
                let refusal = Self.refusal(answer, "NetConnection.Connect.Rejected")
                session.answerConnect(answer.decision == .deny ? .refuse(refusal) : .allow, at: now)
            })
    }

    private static func refusal(_ answer: AuthAnswer, _ code: String) -> RTMPRefusal {
        RTMPRefusal(
            code: answer.status.isEmpty ? code : answer.status,
            description: answer.message.isEmpty ? "not allowed" : answer.message, legacyPlayFailed: answer.legacyPlayFailed)
    }

    private func askPublish(_ stream: UInt32, _ request: RTMPPublishRequest) {
        guard let connect = session.connectRequest else { return }
        var question = inquiry(.publish, connect)
        question.stream = request.address.name.text
        question.rawStream = request.raw
        question.query += request.address.query.pairs.map { ($0.key, $0.value) }
        let refuse: (RTMPRefusal) -> Void = { [weak self] in
            guard let self else { return }
            session.answerPublish(stream: stream, .refuse($0), at: now)
        }
        ask(question, refused: refuse) { [weak self] answer in
            guard let self else { return }
            guard answer.decision == .allow else { return refuse(Self.refusal(answer, "NetStream.Publish.Denied")) }
            do throws(PluginError) {
                roles[stream].publication = try connection.publish(
                    grant: answer.grant, protocolName: "rtmp", description: String(connect.flashVer.prefix(128)))
                session.answerPublish(stream: stream, .allow, at: now)
            } catch {
                let code = error.code == SLUICE_E_DUPLICATE ? "NetStream.Publish.BadName" : "NetStream.Publish.Denied"
                refuse(RTMPRefusal(code: code, description: error.text))
            }
        }
    }

    private func askPlay(_ stream: UInt32, _ request: RTMPPlayRequest) {
        roles[stream].request = request
        let refuse: (RTMPRefusal) -> Void = { [weak self] in
            guard let self else { return }
            session.answerPlay(stream: stream, .refuse($0), at: now)
        }
        askPlay(request, refused: refuse) { [weak self] answer in
            guard let self else { return }
            guard answer.decision == .allow else { return refuse(Self.refusal(answer, "NetStream.Play.Failed")) }
            roles[stream].grant = answer.grant
            session.answerPlay(stream: stream, .allow, at: now)
        }
    }

    private func askPlay(
        _ request: RTMPPlayRequest, refused: @escaping (RTMPRefusal) -> Void, _ done: @escaping (AuthAnswer) -> Void
    ) {
        guard let connect = session.connectRequest else { return }
        var question = inquiry(.play, connect)
        question.stream = request.address.name.text
        question.rawStream = request.raw
        question.query += request.address.query.pairs.map { ($0.key, $0.value) }
        ask(question, refused: refused, done)
    }

    // MARK: Playing

    /// The first attach uses the grant of the answer; one after a pause asks again.
    private func attach(_ stream: UInt32) {
        guard playing == nil else {
            wanted = stream
            return
        }
        let grant = roles[stream].grant
        guard grant != 0 else { return askAgain(stream) }
        roles[stream].grant = 0
        playing = stream
        do throws(PluginError) {
            try connection.attach(grant: grant, format: "rtmp", variant: variant(stream), head: [])
        } catch {
            playing = nil
            session.endPlay(stream: stream, RTMPRefusal(code: "NetStream.Play.Failed", description: error.text))
        }
    }

    private func askAgain(_ stream: UInt32) {
        guard let request = roles[stream].request else { return }
        let refuse: (RTMPRefusal) -> Void = { [weak self] in self?.session.endPlay(stream: stream, $0) }
        askPlay(request, refused: refuse) { [weak self] answer in
            guard let self else { return }
            guard answer.decision == .allow else { return refuse(Self.refusal(answer, "NetStream.Play.Failed")) }
            roles[stream].grant = answer.grant
            attach(stream)
        }
    }

    private func variant(_ stream: UInt32) -> String {
        let declared = session.connectRequest?.capabilities.isEnhanced ?? false
        guard declared || plugin.settings.fourCC == .always || stream > 1 else { return "legacy" }
        return String(stream)
    }

    private func detach(_ stream: UInt32) {
        if wanted == stream { wanted = nil }
        guard playing == stream else { return }
        connection.detach()
    }

    private func playStopped(_ stream: UInt32) {
        roles[stream].request = nil
        roles[stream].grant = 0
        detach(stream)
    }
}
