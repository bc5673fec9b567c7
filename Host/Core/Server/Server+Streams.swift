import CSluice
import HostMedia
import HostNet
import HostPaths
import NIOCore
import SluiceJSON

extension Server {
    // MARK: Publishing

    /// [lane of the session] Puts a publisher on its stream.
    func publish(
        _ grant: Grant, session: Session, protocolName: String, description: String
    ) throws(StreamRegistry.PublishRefusal) -> Publication {
        guard let policy = policy(grant.key.app) else { throw .tooMany(0) }
        let begun = try streams.publish(
            grant.key, now: now,
            makeStream: { LiveStream(key: grant.key, lane: session.lane, policy: policy, grant: grant, server: self) },
            makePublication: {
                Publication(
                    stream: $0, grant: grant, session: session, protocolName: protocolName, description: description,
                    startedWall: wallMicroseconds)
            })
        let publication = begun.publication
        publication.handle = publications.insert(publication)
        session.publications[publication.handle] = publication
        session.connection.isPublisher = true
        session.changeWords { $0.publishes.append(grant.key.description) }
        session.guardGrant(grant, what: "publish")
        let stream = publication.stream
        if let replaced = begun.replaced { takeOver(replaced, stream) }
        if stream.lane.isCurrent {
            stream.begin(publication)
        } else {
            stream.lane.post { stream.begin(publication) }
        }
        return publication
    }

    /// [lane] Puts a publication of the host's own on its stream: a source's, or a step's. It never takes a name from anybody.
    /// `ended` hears when somebody else ends it, on any thread.
    func publish(
        own key: StreamKey, origin: PublicationOrigin, lane: Lane, verdict: Verdict, ended: @escaping @Sendable (String) -> Void
    ) throws(StreamRegistry.PublishRefusal) -> Publication {
        guard let policy = policy(key.app) else { throw .tooMany(0) }
        let question = AuthQuestion(action: .publish, app: key.app, stream: key.stream)
        let grant = Grant(question: question, verdict: verdict, key: key, expires: .max)
        let begun = try streams.publish(
            key, now: now, isOwn: true,
            makeStream: { LiveStream(key: key, lane: lane, policy: policy, grant: grant, server: self) },
            makePublication: {
                Publication(
                    stream: $0, grant: grant, origin: origin, lane: lane, startedWall: wallMicroseconds, notify: ended)
            })
        let publication = begun.publication
        publication.handle = publications.insert(publication)
        let stream = publication.stream
        if stream.lane.isCurrent {
            stream.begin(publication)
        } else {
            stream.lane.post { stream.begin(publication) }
        }
        return publication
    }

    private func takeOver(_ replaced: Publication, _ stream: LiveStream) {
        guard replaced.finish() else { return }
        publications.remove(replaced.handle)
        replaced.notify(replaced.handle, "another publisher took over \(stream.key)")
        log.notice("publisher taken over", ["stream": stream.key.description, "peer": replaced.peer])
    }

    /// [any] A publication ends: by its plugin, its connection's end, or a limit.
    func unpublish(_ publication: Publication, reason: String) {
        guard publication.finish() else { return }
        publications.remove(publication.handle)
        guard streams.unpublish(publication) else { return }
        let stream = publication.stream
        if stream.lane.isCurrent {
            stream.lost(publication, reason: reason)
        } else {
            stream.lane.post { stream.lost(publication, reason: reason) }
        }
    }

    /// [any] Ends a publication from outside and tells its session.
    func end(_ publication: Publication, reason: String) {
        publication.notify(publication.handle, reason)
        unpublish(publication, reason: reason)
    }

    // MARK: Playing

    /// Whether some output of the app writes that format.
    func offers(format: String, variant: String, app: Name) -> Bool {
        guard let policy = policy(app) else { return false }
        return outputs(of: policy).contains { $0.formats.contains(PluginOutput.Format(format: format, variant: variant)) }
    }

    /// [lane of the session] Brings a session to its stream, or to the list of those who wait for it.
    func play(_ session: Session, _ wanted: PlayerWish) {
        let said = session.words.pairs.first { $0.key == "plays" }.map { Self.codecs($0.value) }
        var asked = wanted
        asked.codecs = said ?? players(of: [session.generation.id]).first?.codecs ?? []
        let wish = playable(asked)
        if wish.grant !== asked.grant { session.attachment = SessionAttachment(wish: wish) }
        guard let policy = policy(wish.grant.key.app) else { return session.playerEnds("there is no such app") }
        let (stream, waits) = streams.streamOrWait(wish.grant.key, session, wish)
        if let stream {
            stream.lane.post { stream.add(session, wish) }
        } else if !waits {
            return session.playerEnds("too many players wait")
        } else {
            session.playerWaits()
        }
        let wait = TimeAmount.nanoseconds(Int64(clamping: wish.wait ?? policy.waitNanoseconds))
        session.attachment?.wait(
            session.lane.loop.scheduleTask(in: wait) { [weak self, weak session] in
                guard let self, let session, session.attachment?.sink == nil else { return }
                // On air by now: it is about to join, or kept for a rendition, which has a limit of its own.
                guard self.streams[wish.grant.key]?.snapshot.tracks == nil else { return }
                _ = self.streams.stopWaiting(wish.grant.key, session.playerID)
                session.playerEnds("the stream \(wish.grant.key) is not on air")
            })
    }

    // MARK: Telling

    func streamEvent(_ type: String, _ stream: LiveStream, _ words: JSONObject) {
        var object: JSONObject = ["app": .string(stream.key.app.text), "stream": .string(stream.key.stream.text)]
        var text = ["stream": stream.key.description]
        for (key, value) in words {
            object[key] = value
            text[key] = value.stringValue ?? ""
        }
        log.info(type.replacing(".", with: " "), text)
        events.emit(type, object)
    }

    func sessionOpened(_ session: Session) {
        events.emit(
            "session.opened",
            ["id": .string(String(session.handle)), "plugin": .string(session.plugin), "peer": .string(session.peer)])
    }

    func sessionClosed(_ session: Session, _ reason: String) {
        var words = ["plugin": session.plugin, "peer": "\(session.peer):\(session.peerPort)", "reason": reason]
        for pair in session.words.pairs where words[pair.key] == nil { words[pair.key] = pair.value }
        log.info("session closed", words)
        events.emit(
            "session.closed",
            [
                "id": .string(String(session.handle)), "plugin": .string(session.plugin), "peer": .string(session.peer),
                "reason": .string(reason),
            ])
    }

    /// A sink has closed: whoever is parked on it is answered.
    func parkedGone(sink: UInt64, plugin: String) {
        parking.releaseAll(owner: RoutedExchange.parkOwner(plugin: plugin, sink: sink), HTTPAnswers.gone)
    }
}
