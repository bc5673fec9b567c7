import KalturaCore

/// The input as the plugin's configuration: refused, or within every bound that the schema states.
func fuzzKalturaConfiguration(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let read = try? Configuration(json: text) else { return }
    precondition((1...3600).contains(read.stallSeconds), "stall_seconds")
    precondition((0...999_999_999).contains(read.maxStreamIndex), "max_stream_index")
    precondition(read.cache.positiveMilliseconds <= 600_000, "auth_cache_ms")
    precondition(read.cache.graceMilliseconds <= 86_400_000, "grace_seconds")
    precondition(read.minDVRWindow <= read.maxDVRWindow, "DVR windows")
    precondition(read.address.ownPartner.map { $0 > 0 } ?? true, "partner_id")
    guard let again = try? Configuration(json: text) else { preconditionFailure("refused at the second reading") }
    precondition(again == read, "another configuration at the second reading")
}
