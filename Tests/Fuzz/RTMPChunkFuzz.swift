import RTMPCore

/// The chunk layer: however the input is cut, the same messages come out, and what comes out can be written and read again.
func fuzzRTMPChunk(_ bytes: UnsafeRawBufferPointer) {
    let whole = chunkMessages(bytes, piece: bytes.count)
    let cut = chunkMessages(bytes, piece: 3)
    precondition(whole.messages == cut.messages && whole.error == cut.error, "the cut matters")
    precondition(whole.pending <= 3 << 16, "held more than the budget")
    var written = RTMPControl.setChunkSize(1000)
    var expected: [RTMPMessage] = []
    for var message in whole.messages where message.type > 2 {
        message.chunkStream = 3 + message.chunkStream % 8
        RTMPChunkWriter.append(message, chunkSize: 1000, to: &written)
        expected.append(message)
    }
    let again = written.withUnsafeBytes { chunkMessages($0, piece: $0.count) }
    precondition(again.messages == expected && again.error == nil, "own chunks are not read")
}

private func chunkMessages(
    _ bytes: UnsafeRawBufferPointer, piece: Int
) -> (messages: [RTMPMessage], error: RTMPError?, pending: Int) {
    var reader = RTMPChunkReader(messageLimit: 1 << 17, pendingLimit: 1 << 16, streamLimit: 16)
    var messages: [RTMPMessage] = []
    var start = 0
    do throws(RTMPError) {
        while start < bytes.count {
            let end = min(bytes.count, start + max(1, piece))
            var offset = 0
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            while let message = try reader.next(part, &offset) { messages.append(message) }
            precondition(offset == part.count, "input left over")
            start = end
        }
    } catch {
        return (messages, error, reader.pendingBytes)
    }
    return (messages, nil, reader.pendingBytes)
}
