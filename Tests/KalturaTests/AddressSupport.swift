import KalturaCore

/// An address text in one line: `tcUrl` and `app` as an encoder would split them, then the stream.
func address(_ tcURL: String, _ stream: String? = nil, app: String? = nil) -> AddressText {
    let path =
        tcURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first.map(String.init) ?? ""
    return AddressText(tcURL: tcURL, app: app ?? path, stream: stream)
}

/// An SRT address: what the handshake brings.
func srt(_ id: String) -> AddressText { AddressText(tcURL: "srt://h:7045", app: "", streamID: id) }

/// What parsing gives, or the reason of the refusal.
func reason(_ text: AddressText, _ rules: AddressRules = AddressRules()) -> RefusalReason? {
    do throws(Refusal) {
        _ = try BroadcastAddress(text, rules: rules).credentials(rules)
        return nil
    } catch {
        return error.reason
    }
}

extension AddressRules {
    static var withSuffix: AddressRules {
        var rules = AddressRules()
        rules.hostSuffixes = ["live.example.test"]
        return rules
    }
}
