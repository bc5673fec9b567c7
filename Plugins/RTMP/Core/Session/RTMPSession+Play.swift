import Formats

extension RTMPSession {
    /// Reads a play command and asks about it. One connection plays one stream at a time; playing again on the same
    /// message stream ends what was played before.
    mutating func play(_ command: RTMPCommand, on streamID: UInt32) throws(RTMPError) {
        guard let index = index(streamID) else { throw .outOfOrder("play on message stream \(streamID)") }
        let isBusy = streams.contains { stream in
            stream.id == streamID
                ? stream.role == .publishing || stream.isAsking
                : stream.isPlaying || stream.isAsking || stream.role == .publishing
        }
        guard !isBusy else {
            let refusal = RTMPRefusal(code: "NetStream.Play.Failed", description: "this connection is in use")
            return refuse(refusal, on: streamID)
        }
        leave(streamID, .stopped)
        let raw = command.value(0)?.stringValue ?? ""
        do throws(RTMPNameFault) {
            let address = try RTMPStreamAddress(raw)
            streams[index].role = .askingPlay
            streams[index].title = address.name.text
            let start = command.value(1)?.doubleValue ?? -2
            let request = RTMPPlayRequest(
                address: address, raw: raw, start: start.isFinite ? start : -2,
                bufferMilliseconds: streams[index].bufferMilliseconds)
            act(.askPlay(stream: streamID, request))
        } catch {
            refuse(RTMPRefusal(code: "NetStream.Play.StreamNotFound", description: "\(error)"), on: streamID)
        }
    }

    /// Answers `askPlay`; does nothing when the question is moot. What is allowed begins with its status messages and
    /// an `attach`.
    public mutating func answerPlay(stream streamID: UInt32, _ decision: RTMPDecision, at now: UInt64) {
        guard let index = index(streamID), streams[index].role == .askingPlay else { return }
        switch decision {
        case .refuse(let refusal): refuse(refusal, on: streamID)
        case .allow:
            streams[index].role = .playing
            lastReceived = max(lastReceived, now)
            send(Self.playStartBytes(stream: streamID, title: streams[index].title))
            act(.attach(stream: streamID))
            resume(at: now)
        }
    }

    /// What a player gets before the log's prefix: StreamBegin, Play.Reset, Play.Start and the permission to sample.
    public static func playStartBytes(stream streamID: UInt32, title: String) -> [UInt8] {
        var out = RTMPControl.event(RTMPControl.Event.streamBegin, streamID)
        out += RTMPCommand.status(code: "NetStream.Play.Reset", description: "resetting \(title)").chunks(streamID: streamID)
        out += RTMPCommand.status(code: "NetStream.Play.Start", description: "playing \(title)").chunks(streamID: streamID)
        let access = RTMPMessage(
            chunkStream: 5, type: RTMPMessageType.dataAMF0, streamID: streamID, timestamp: 0,
            body: AMF0.encode(["|RtmpSampleAccess", true, true]))
        RTMPChunkWriter.append(access, chunkSize: outgoingChunkSize, to: &out)
        return out
    }

    mutating func pause(_ command: RTMPCommand, on streamID: UInt32) {
        guard let index = index(streamID), streams[index].isPlaying else { return }
        let wanted = command.value(0)?.booleanValue ?? (streams[index].role == .playing)
        if wanted, streams[index].role == .playing {
            streams[index].role = .paused
            act(.detach(stream: streamID))
            send(RTMPControl.event(RTMPControl.Event.streamEOF, streamID))
            status("NetStream.Pause.Notify", "paused \(streams[index].title)", on: streamID)
        } else if !wanted, streams[index].role == .paused {
            streams[index].role = .playing
            send(RTMPControl.event(RTMPControl.Event.streamBegin, streamID))
            status("NetStream.Unpause.Notify", "playing \(streams[index].title)", on: streamID)
            act(.attach(stream: streamID))
        }
    }

    /// The stream that the peer plays is over: the player is detached and told. The owner closes the connection, or
    /// leaves it to the peer.
    public mutating func streamEnded(stream streamID: UInt32, at now: UInt64) {
        guard let index = index(streamID), streams[index].isPlaying else { return }
        leave(streamID, .ended)
        send(RTMPControl.event(RTMPControl.Event.streamEOF, streamID))
        status("NetStream.Play.UnpublishNotify", "\(streams[index].title) is no longer published", on: streamID)
        status("NetStream.Play.Stop", "\(streams[index].title) is over", on: streamID)
        idleSince = now
    }

    /// Ends a player from the server's side: it is told, and the connection closes.
    public mutating func endPlay(stream streamID: UInt32, _ refusal: RTMPRefusal) {
        guard let index = index(streamID), streams[index].isPlaying else { return }
        if streams[index].role == .playing {
            streams[index].role = .paused
            act(.detach(stream: streamID))
        }
        refuse(refusal, on: streamID)
    }
}
