import HostIsolation

/// What a plugin's process may send: read the same whole and cut into pieces, and never beyond its bytes.
func fuzzIsolationWire(_ bytes: UnsafeRawBufferPointer) {
    let whole = readMessages(bytes)
    precondition(whole * 16 <= bytes.count)
    precondition(readMessages(UnsafeRawBufferPointer(rebasing: bytes.dropLast(bytes.count / 3))) <= whole)
}
