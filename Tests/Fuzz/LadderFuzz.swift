import Formats

/// Nothing traps, and what is read is read again from what it is written as.
func fuzzLadder(_ bytes: UnsafeRawBufferPointer) {
    guard let ladder = try? Ladder(text: String(decoding: bytes, as: UTF8.self)) else { return }
    guard let again = try? Ladder(text: ladder.text), again == ladder else {
        preconditionFailure("a ladder that is read as another")
    }
}
