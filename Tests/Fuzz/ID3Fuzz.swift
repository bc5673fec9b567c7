import Formats

/// Nothing traps, and what is read is read again from what it is written as.
func fuzzID3(_ bytes: UnsafeRawBufferPointer) {
    guard let tag = ID3Tag(Array(bytes)), let written = tag.bytes() else { return }
    guard ID3Tag(written) == tag else { preconditionFailure("a tag that cannot be written again") }
}
