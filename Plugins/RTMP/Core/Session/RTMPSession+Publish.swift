import Formats

extension RTMPSession {
    /// Reads a publish command and asks about it.
    mutating func publish(_ command: RTMPCommand, on streamID: UInt32, at now: UInt64) throws(RTMPError) {
        guard let index = index(streamID) else { throw .outOfOrder("publish on message stream \(streamID)") }
        guard streams[index].role == .idle else {
            let refusal = RTMPRefusal(code: "NetStream.Publish.BadName", description: "this message stream is in use")
            return refuse(refusal, on: streamID)
        }
        guard !streams.contains(where: { $0.isPlaying || $0.role == .askingPlay }) else {
            let refusal = RTMPRefusal(code: "NetStream.Publish.Denied", description: "this connection plays already")
            return refuse(refusal, on: streamID)
        }
        let raw = command.value(0)?.stringValue ?? ""
        do throws(RTMPNameFault) {
            let address = try RTMPStreamAddress(raw)
            let type = command.value(1)?.stringValue ?? "live"
            guard ["live", "record", "append"].contains(type) else {
                let refusal = RTMPRefusal(code: "NetStream.Publish.BadName", description: "unknown publish type")
                return refuse(refusal, on: streamID)
            }
            streams[index].role = .askingPublish
            streams[index].title = address.name.text
            act(.askPublish(stream: streamID, RTMPPublishRequest(address: address, raw: raw, type: type)))
        } catch {
            refuse(RTMPRefusal(code: "NetStream.Publish.BadName", description: "\(error)"), on: streamID)
        }
    }

    /// Answers `askPublish`; does nothing when the question is moot.
    public mutating func answerPublish(stream streamID: UInt32, _ decision: RTMPDecision, at now: UInt64) {
        guard let index = index(streamID), streams[index].role == .askingPublish else { return }
        switch decision {
        case .refuse(let refusal): refuse(refusal, on: streamID)
        case .allow:
            trust()
            streams[index].role = .publishing
            publishers.append(RTMPPublisher(stream: streamID, limits: limits, now: now))
            send(RTMPControl.event(RTMPControl.Event.streamBegin, streamID))
            status("NetStream.Publish.Start", "\(streams[index].title) is now published", on: streamID)
            act(.publishStarted(stream: streamID))
            resume(at: now)
        }
    }

    /// Ends a publisher from the server's side: the peer is told, and the connection closes.
    public mutating func endPublish(stream streamID: UInt32, _ refusal: RTMPRefusal) {
        guard let index = index(streamID), streams[index].role == .publishing else { return }
        refuse(refusal, on: streamID)
    }
}
