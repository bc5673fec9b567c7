import Formats
import RTMPCore

/// A blob and what a peer sends after the handover, behind its length (two bytes): a session or a log's muxer that a blob makes says
/// the same blob again, and takes whatever comes next; with no blob (0) the peer's bytes are cut in the middle and the session moved
/// there, which must not matter.
func fuzzRTMPHandover(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let input = [UInt8](bytes)
    let length = min(Int(input[0]) << 8 | Int(input[1]), input.count - 2)
    let blob = Array(input[2..<2 + length])
    let rest = Array(input[(2 + length)...])
    guard length > 0 else { return moveInTheMiddle(rest) }
    if let session = imported(blob) {
        let again = exported(session)
        guard let same = imported(again) else { preconditionFailure("a session's own blob is refused") }
        precondition(exported(same) == again, "a blob changes on its way")
        _ = converse(session, rest)
    }
    useMuxer(blob, rest)
}

private func moveInTheMiddle(_ bytes: [UInt8]) {
    let session = RTMPSession(seed: 1, at: 0)
    var whole = session
    let hello = converse(&whole, [3] + [UInt8](repeating: 0, count: 3072))
    var cut = whole
    let expected = hello + converse(&whole, bytes)
    var actions = hello + converse(&cut, Array(bytes[..<(bytes.count / 2)]))
    guard let moved = imported(exported(cut)) else { preconditionFailure("a session's own blob is refused") }
    cut = moved
    actions += converse(&cut, Array(bytes[(bytes.count / 2)...]))
    precondition(actions == expected, "the handover matters")
}

private func imported(_ blob: [UInt8]) -> RTMPSession? {
    blob.withUnsafeBytes { raw in
        var reader = BlobReader(raw)
        guard let session = try? RTMPSession(from: &reader, bounds: RTMPBounds(RTMPLimits())), (try? reader.end()) != nil else {
            return nil
        }
        return session
    }
}

private func exported(_ session: RTMPSession) -> [UInt8] {
    precondition(session.isSettled, "actions left")
    var blob = BlobWriter()
    session.write(to: &blob)
    return blob.bytes
}

private func converse(_ session: RTMPSession, _ bytes: [UInt8]) -> [RTMPAction] {
    var session = session
    var actions = converse(&session, bytes)
    session.tick(at: 100_000_000_000)
    session.peerClosed()
    actions += session.takeActions()
    precondition(session.isClosed && session.nextDeadline == nil, "still open")
    return actions
}

/// All questions are allowed; what is sent is left out, since acknowledgements depend on the cut.
private func converse(_ session: inout RTMPSession, _ bytes: [UInt8]) -> [RTMPAction] {
    let now: UInt64 = 1_000_000_000
    var actions: [RTMPAction] = []
    session.receive(bytes, at: now)
    while true {
        let taken = session.takeActions()
        if taken.isEmpty { return actions }
        for action in taken {
            switch action {
            case .send: continue
            case .askConnect: session.answerConnect(.allow, at: now)
            case .askPublish(let stream, _): session.answerPublish(stream: stream, .allow, at: now)
            case .askPlay(let stream, _): session.answerPlay(stream: stream, .allow, at: now)
            default: break
            }
            actions.append(action)
        }
    }
}

private func useMuxer(_ blob: [UInt8], _ rest: [UInt8]) {
    let made = blob.withUnsafeBytes { raw in
        var reader = BlobReader(raw)
        return try? RTMPLogMuxer(from: &reader)
    }
    guard var muxer = made else { return }
    var again = BlobWriter()
    muxer.write(to: &again)
    precondition(blob.starts(with: again.bytes), "a blob changes on its way")
    for (index, byte) in rest.prefix(64).enumerated() {
        let time = Int64(byte) << UInt8(index % 56)
        let flags: FrameFlags = byte & 1 == 0 ? .key : []
        _ = rest.withUnsafeBytes {
            muxer.append(FrameTiming(track: UInt32(byte >> 6), pts: time, dts: time, flags: flags), payload: $0)
        }
        var at = 0
        while let size = RTMPRecord.size(of: muxer.record, at: at) { at += size }
        precondition(at == muxer.record.count, "half a record")
    }
}
