import HostIsolation

/// What a plugin's process may write into its media ring: as a record of any kind, and as the whole ring, indices included.
func fuzzIsolationMedia(_ bytes: UnsafeRawBufferPointer) {
    let read = readMediaRecord(bytes)
    precondition(!read || bytes.count >= 12)
    precondition(readMediaRing(bytes) <= bytes.count / 16 + 1)
}
