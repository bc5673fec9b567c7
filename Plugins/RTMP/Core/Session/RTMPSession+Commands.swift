import Formats

extension RTMPSession {
    /// Carries out one command message.
    mutating func command(_ message: RTMPMessage, at now: UInt64) throws(RTMPError) {
        guard commands.take(at: now) else { throw .commandFlood }
        let command = try RTMPCommand(message, limits: limits.amf)
        if phase == .awaitingConnect {
            guard command.name == "connect" else { throw .outOfOrder("\(Self.shown(command.name)) before connect") }
            return try connect(command)
        }
        switch command.name {
        case "connect": throw .outOfOrder("a second connect")
        case "createStream": createStream(command)
        case "deleteStream": leaveStream(command.value(0)?.uint32Value, remove: true, at: now)
        case "closeStream": leaveStream(message.streamID, remove: false, at: now)
        case "publish": try publish(command, on: message.streamID, at: now)
        case "play": try play(command, on: message.streamID)
        case "pause", "pauseRaw": pause(command, on: message.streamID)
        case "seek": answer(command, on: message.streamID, error: "NetStream.Seek.Failed", "a live stream has no other place")
        case "play2": answer(command, on: message.streamID, error: "NetStream.Play.Failed", "play2 is not supported")
        case "FCUnpublish": unpublish(command, at: now)
        case "releaseStream", "FCPublish", "FCSubscribe", "FCUnsubscribe", "_checkbw", "checkBandwidth":
            result(command, .undefined)
        case "getStreamLength": result(command, .number(0))
        case "receiveAudio", "receiveVideo": break
        case "_result", "_error", "onStatus", "close": break
        default: unknown(command)
        }
    }

    /// A name of the peer cut short for a message of ours.
    static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(40)))
    }

    // MARK: - Answers

    /// `_result` with a null command object, where one is wanted.
    func resultChunks(_ command: RTMPCommand, _ value: AMFValue) -> [UInt8] {
        RTMPCommand("_result", transaction: command.transaction, [.null, value]).chunks(streamID: 0)
    }

    private mutating func result(_ command: RTMPCommand, _ value: AMFValue) {
        guard command.transaction != 0 else { return }
        send(resultChunks(command, value))
    }

    private mutating func unknown(_ command: RTMPCommand) {
        counters.ignoredMessages &+= 1
        guard command.transaction != 0 else { return }
        let info: AMFValue = [
            "level": "error", "code": "NetConnection.Call.Failed",
            "description": .string("unknown command \(Self.shown(command.name))"),
        ]
        send(RTMPCommand("_error", transaction: command.transaction, [.null, info]).chunks(streamID: 0))
    }

    /// An error status that does not end the connection.
    mutating func answer(_ command: RTMPCommand, on streamID: UInt32, error code: String, _ text: String) {
        send(RTMPCommand.status(level: "error", code: code, description: text).chunks(streamID: streamID))
    }

    mutating func status(_ code: String, _ text: String, on streamID: UInt32) {
        send(RTMPCommand.status(code: code, description: text).chunks(streamID: streamID))
    }

    /// Tells the peer of a refusal on a stream and closes.
    mutating func refuse(_ refusal: RTMPRefusal, on streamID: UInt32) {
        send(RTMPCommand.status(level: "error", code: refusal.code, description: refusal.description).chunks(streamID: streamID))
        if refusal.legacyPlayFailed { sendPlayFailed(refusal.description, on: streamID) }
        close(.refused(refusal))
    }

    mutating func sendPlayFailed(_ text: String, on streamID: UInt32) {
        send(RTMPCommand.status(level: "error", code: "NetStream.Play.Failed", description: text).chunks(streamID: streamID))
    }

    // MARK: - Message streams

    private mutating func createStream(_ command: RTMPCommand) {
        guard streams.count < limits.messageStreams,
            let id = (1...UInt32(clamping: limits.messageStreams)).first(where: { id in !streams.contains { $0.id == id } })
        else {
            let info: AMFValue = ["level": "error", "code": "NetConnection.Call.Failed", "description": "too many streams"]
            return send(RTMPCommand("_error", transaction: command.transaction, [.null, info]).chunks(streamID: 0))
        }
        streams.append(RTMPMessageStream(id: id))
        send(resultChunks(command, .number(Double(id))))
    }

    func index(_ streamID: UInt32) -> Int? {
        for index in streams.indices where streams[index].id == streamID { return index }
        return nil
    }

    private mutating func leaveStream(_ streamID: UInt32?, remove: Bool, at now: UInt64) {
        guard let streamID, index(streamID) != nil else { return }
        leave(streamID, .stopped)
        if remove { streams.removeAll { $0.id == streamID } }
        idleSince = now
    }

    /// FCUnpublish names the stream and comes on the connection; it ends the publisher of that name.
    private mutating func unpublish(_ command: RTMPCommand, at now: UInt64) {
        let raw = command.value(0)?.stringValue ?? ""
        let name = (try? RTMPStreamAddress(raw))?.name.text
        for stream in streams where stream.role == .publishing && stream.title == name {
            leaveStream(stream.id, remove: false, at: now)
        }
        result(command, .undefined)
    }

    /// Ends what a stream does, and says so.
    mutating func leave(_ streamID: UInt32, _ reason: RTMPStopReason) {
        guard let index = index(streamID) else { return }
        let role = streams[index].role
        streams[index].role = .idle
        if let ended = publishers.firstIndex(where: { $0.stream == streamID }) {
            counters.add(publishers.remove(at: ended).statistics)
        }
        switch role {
        case .idle: return
        case .askingPublish: act(.publishStopped(stream: streamID, reason))
        case .publishing:
            act(.publishStopped(stream: streamID, reason))
            if reason == .stopped {
                status("NetStream.Unpublish.Success", "\(streams[index].title) is no longer published", on: streamID)
            }
        case .askingPlay: act(.playStopped(stream: streamID, reason))
        case .playing, .paused:
            if role == .playing { act(.detach(stream: streamID)) }
            act(.playStopped(stream: streamID, reason))
            if reason == .stopped { status("NetStream.Play.Stop", "\(streams[index].title) stopped", on: streamID) }
        }
    }

    // MARK: - User control

    /// User control messages of the peer (RTMP 1.0 §7.1.7); unknown and short ones are ignored.
    mutating func userControl(_ body: [UInt8], at now: UInt64) throws(RTMPError) {
        guard body.count >= 6, let argument = UInt32(bigEndian: body, at: 2) else {
            counters.ignoredMessages &+= 1
            return
        }
        switch UInt16(body[0]) << 8 | UInt16(body[1]) {
        case RTMPControl.Event.setBufferLength:
            if let index = index(argument), let length = UInt32(bigEndian: body, at: 6) {
                streams[index].bufferMilliseconds = length
            }
        case RTMPControl.Event.pingRequest:
            guard commands.take(at: now) else { throw .commandFlood }
            send(RTMPControl.event(RTMPControl.Event.pingResponse, argument))
        default: break
        }
    }
}
