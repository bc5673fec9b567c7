import KalturaCore

/// An address text in one line: `tcUrl` and `app` as an encoder would split them, then the stream.
func address(_ tcURL: String, _ stream: String? = nil, app: String? = nil) -> AddressText {
    let path =
        tcURL.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first.map(String.init) ?? ""
    return AddressText(tcURL: tcURL, app: app ?? path, stream: stream)
}

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

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
