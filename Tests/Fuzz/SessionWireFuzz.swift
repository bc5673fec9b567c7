import HostIsolation

/// A session's records: never read beyond their bytes, and no more of them from less.
func fuzzSessionWire(_ bytes: UnsafeRawBufferPointer) {
    let whole = readSessionRecords(bytes)
    precondition(readSessionRecords(UnsafeRawBufferPointer(rebasing: bytes.dropLast())) <= whole)
}
