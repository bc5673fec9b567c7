import KalturaCore

/// The input is `tcUrl`, `app`, stream, host and SRT stream id, divided by zero bytes: nothing traps, and what is accepted is well-formed.
func fuzzKalturaAddress(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0, maxSplits: 4, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    func part(_ i: Int) -> String { parts.count > i ? parts[i] : "" }
    let text = AddressText(
        tcURL: part(0), app: part(1), stream: parts.count > 2 ? part(2) : nil, host: part(3),
        streamID: parts.count > 4 ? part(4) : nil)
    var configuration = Configuration()
    configuration.address.hostSuffixes = ["live.example.test"]
    configuration.address.backendID = "site7"
    let rules = IngestRules(configuration)

    let shown = MaskedAddress(text, rules: configuration.address).description
    precondition(shown.utf8.count < 4096, "a masked address is long")
    _ = rules.connect(text)
    _ = rules.publish(text)
    _ = rules.play(text)

    guard let parsed = try? BroadcastAddress(text, rules: configuration.address) else { return }
    guard (try? BroadcastAddress(text, rules: configuration.address)) == parsed else {
        preconditionFailure("parsing is not stable")
    }
    if let entry = parsed.entry { precondition(EntryID(entry.text) == entry, "an entry id that is none") }
    guard let credentials = try? parsed.credentials(configuration.address) else { return }
    precondition(credentials.partner != BroadcastAddress.unknownPartner, "the unknown partner is named")
    let context = AuthenticatedEntry(
        entry: LiveEntry(id: credentials.entry, partner: credentials.partner ?? 1), server: credentials.server)
    guard let verdict = try? rules.admit(context, text) else { return }
    precondition(verdict.key.entry == credentials.entry, "admitted under another entry")
    precondition(verdict.key.name.utf8.count <= 64, "a long name")
    guard verdict.key.server == .primary else { return }
    precondition(StreamName(verdict.key.name) == .full(verdict.key.entry, index: verdict.key.index), "a name that is none")
}
