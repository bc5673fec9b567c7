import RTMPCore

/// The handshake: one answer of 3,073 bytes at most, the same however the input is cut, and never more taken than there is.
func fuzzRTMPHandshake(_ bytes: UnsafeRawBufferPointer) {
    // The input stands for the places that decide: version, C1's version field and both digest offsets.
    var hello = [UInt8](repeating: 0, count: 3073)
    for (index, byte) in bytes.enumerated() where index < 3073 {
        hello[index < 16 ? index : index < 24 ? 773 + index - 16 : index] = byte
    }
    let rest = [UInt8](bytes.dropFirst(24).prefix(100))
    let whole = shakeHands(hello + rest, piece: 1 << 20)
    let cut = shakeHands(hello + rest, piece: 100)
    precondition(whole.answer == cut.answer && whole.left == cut.left, "the cut matters")
    precondition(whole.answer.isEmpty || whole.answer.count == 3073, "answer of another size")
    precondition(whole.answer.isEmpty == (hello[0] != 3), "answer without version 3")
    if hello[0] == 3 { precondition(whole.left == rest.count, "took more than the handshake") }
}

private func shakeHands(_ bytes: [UInt8], piece: Int) -> (answer: [UInt8], left: Int) {
    var handshake = RTMPHandshake(seed: 1)
    var answer: [UInt8] = []
    var taken = 0
    for start in stride(from: 0, to: bytes.count, by: piece) {
        let isFine = bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes { raw -> Bool in
            var offset = 0
            defer { taken += offset }
            do {
                while offset < raw.count, !handshake.isDone { answer += try handshake.receive(raw, &offset) ?? [] }
            } catch {
                return false
            }
            return true
        }
        if !isFine { break }
    }
    return (answer, bytes.count - taken)
}
