extension BroadcastAddress {
    /// Reads `text` by the rules of SPEC §2.3.
    ///
    /// Throws BAD_REQUEST (limits, a value that is not text, `p` not a 32-bit integer), INVALID_SERVER_INDEX (`i` neither 0 nor 1)
    /// and NO_ENTRY (`e` given, needed and no entry id).
    public init(_ text: AddressText, rules: AddressRules) throws(Refusal) {
        try Self.checkLength(text)
        let url = AddressURL(text.tcURL)
        let app = AddressURL(text.app)
        let path = url.segments.count >= app.segments.count ? url.segments : app.segments
        application = app.segments.first ?? path.first ?? ""
        var folders = Self.folders(path)
        var stream = text.stream.map(AddressURL.init(stream:))
        if url.isRTSP {
            // The stream is the last part of the address; a server that has cut it off already says the same once more.
            let last = folders.popLast()
            stream = stream ?? last.map(AddressURL.init(stream:))
        }
        streamName = stream?.name

        var pairs = AddressPairs()
        form = .none
        if let id = text.streamID, let given = try AddressPairs(streamID: id) {
            pairs = given
            form = .streamID
        }
        if form == .none, let query = url.query ?? app.query {
            pairs = try AddressPairs(query: query)
            if pairs.named { form = .query }
        }
        if form == .none {
            let joined = folders + (stream?.folders ?? [])
            pairs = try AddressPairs(segments: joined)
            if pairs.named {
                form = .path
                streamName = stream?.lastSegment
            }
        }
        if form == .none, let query = stream?.query {
            pairs = try AddressPairs(query: query)
            if pairs.named { form = .streamKey }
        }

        let host = EntryHost(url.host.isEmpty ? text.host : url.host, suffixes: rules.hostSuffixes)
        namedByHost = host != nil
        partner = try Self.partner(pairs.partner)
        server = try Self.server(pairs.server) ?? host?.server ?? (form == .streamID ? .primary : nil)
        isEncrypted = pairs.passphrase != nil
        token = (pairs.passphrase ?? pairs.token).map(Token.init)
        if let host {
            entry = host.entry
        } else if let named = pairs.entry {
            entry = try Self.entry(named, rules: rules)
        } else if case .full(let found, _) = streamName.flatMap({ StreamName($0) }) {
            entry = found
        } else {
            entry = nil
        }
        if form == .streamID { streamName = try Self.streamName(pairs.index, of: entry) }
    }

    /// SRT names a stream by its entry and `s`, 1 when it is missing.
    private static func streamName(_ index: String?, of entry: EntryID?) throws(Refusal) -> String? {
        guard let number = ASCII.index(Array((index ?? "1").utf8)[...]) else {
            throw Refusal(.badStreamIndex, detail: "s is not a number of 1 to 9 digits")
        }
        return entry.map { "\($0)_\(number)" }
    }

    private static func checkLength(_ text: AddressText) throws(Refusal) {
        let stream = text.stream.map { $0.utf8.count + 1 } ?? 0
        let length = max(text.tcURL.utf8.count, text.app.utf8.count) + stream
        let others = max(text.host.utf8.count, text.streamID?.utf8.count ?? 0)
        guard max(length, others) <= AddressPairs.maximumAddress else {
            throw Refusal(.badRequest, detail: "the address is longer than \(AddressPairs.maximumAddress) bytes")
        }
    }

    /// The parts of a path behind the application; the default instance that some encoders add is none.
    private static func folders(_ path: [String]) -> [String] {
        let rest = path.dropFirst()
        return Array(rest.first == "_definst_" ? rest.dropFirst() : rest)
    }

    private static func partner(_ text: String?) throws(Refusal) -> Int32? {
        guard let text else { return nil }
        let digits = text.utf8.first == ASCII.minus ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(ASCII.isDigit), let value = Int32(text) else {
            throw Refusal(.badRequest, detail: "p is not an integer of 32 bits")
        }
        return value == unknownPartner ? nil : value
    }

    private static func server(_ text: String?) throws(Refusal) -> ServerIndex? {
        switch text {
        case nil: return nil
        case "0": return .primary
        case "1": return .backup
        default: throw Refusal(.invalidServerIndex)
        }
    }

    private static func entry(_ text: String, rules: AddressRules) throws(Refusal) -> EntryID {
        if let entry = EntryID(text) { return entry }
        let prefix = rules.backendID + "-"
        if !rules.backendID.isEmpty, text.hasPrefix(prefix), let entry = EntryID(text.dropFirst(prefix.count)) { return entry }
        throw Refusal(.noEntry, detail: "e is not an entry id")
    }
}

extension AddressURL {
    /// A stream name is never a URL: only its `?` and its slashes are looked at.
    init(stream text: String) {
        let bytes = Array(text.utf8)
        let question = bytes.firstIndex(of: ASCII.question)
        if let question { query = String(decoding: bytes[(question + 1)...], as: UTF8.self) }
        name = String(decoding: bytes[..<(question ?? bytes.endIndex)], as: UTF8.self)
        segments = name.split(separator: "/").map(String.init)
    }

    /// The parts before the last: where an encoder that splits the address early leaves path pairs.
    var folders: [String] { Array(segments.dropLast()) }

    var lastSegment: String { segments.last ?? "" }
}
