import Formats
import RTMPCore

/// A whole session whose questions are all allowed: however the input is cut, the same actions come out, frames lie within
/// their messages, and what is published can be muxed and is read by the chunk layer again.
func fuzzRTMPSession(_ bytes: UnsafeRawBufferPointer) {
    let input = [UInt8](bytes)
    let whole = runSession(input, piece: 1 << 30)
    let cut = runSession(input, piece: 5)
    precondition(whole == cut, "the cut matters")
    var muxer = RTMPMuxer(variant: input.first.map { $0 & 1 == 0 } ?? true ? .enhanced : .legacy)
    var records = RTMPControl.setChunkSize(UInt32(RTMPSession.outgoingChunkSize))
    var isOver = false
    for action in whole {
        precondition(!isOver, "an action after close")
        switch action {
        case .tracks(_, let tracks):
            precondition(tracks.count <= RTMPLimits().tracks, "too many tracks")
            precondition(Set(tracks.map(\.id)).count == tracks.count, "a track id twice")
            muxer.setTracks(tracks)
            records += muxer.prefix(at: 0)
        case .frame(_, let timing, let message, let payload):
            precondition(!payload.isEmpty && payload.lowerBound >= 0 && payload.upperBound <= message.count, "payload outside")
            message.withUnsafeBytes { raw in
                _ = muxer.frame(timing, payload: UnsafeRawBufferPointer(rebasing: raw[payload]), into: &records)
            }
        case .data(_, let data): muxer.data(data, into: &records)
        case .close: isOver = true
        default: break
        }
    }
    var reader = RTMPChunkReader(messageLimit: 1 << 24, pendingLimit: 1 << 24, streamLimit: 8)
    records.withUnsafeBytes { raw in
        var offset = 0
        do {
            while let message = try reader.next(raw, &offset) {
                precondition(message.streamID == RTMPMuxer.streamID, "other stream")
            }
        } catch {
            preconditionFailure("own records are not read: \(error)")
        }
    }
    precondition(reader.pendingBytes == 0, "half a record")
}

/// Everything but the bytes sent, which depend on the cut through acknowledgements.
private func runSession(_ input: [UInt8], piece: Int) -> [RTMPAction] {
    var session = RTMPSession(seed: 1, at: 0)
    var actions: [RTMPAction] = []
    session.receive([3] + [UInt8](repeating: 0, count: 3072), at: 0)
    for start in stride(from: 0, to: input.count, by: piece) {
        session.receive(Array(input[start..<min(input.count, start + min(piece, input.count))]), at: 1_000_000_000)
        while true {
            let taken = session.takeActions()
            if taken.isEmpty { break }
            for action in taken {
                switch action {
                case .send: continue
                case .askConnect: session.answerConnect(.allow, at: 1_000_000_000)
                case .askPublish(let stream, _): session.answerPublish(stream: stream, .allow, at: 1_000_000_000)
                case .askPlay(let stream, _): session.answerPlay(stream: stream, .allow, at: 1_000_000_000)
                default: break
                }
                actions.append(action)
            }
        }
    }
    session.tick(at: 100_000_000_000)
    session.peerClosed()
    actions += session.takeActions().filter { if case .send = $0 { false } else { true } }
    precondition(session.isClosed && session.nextDeadline == nil, "still open")
    return actions
}
