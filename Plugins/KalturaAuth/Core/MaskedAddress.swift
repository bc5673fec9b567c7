/// A broadcast address as diagnostics may show it: only parts that are known to be harmless, everything else as `…`.
///
/// Built from what is allowed rather than by striking out what is secret: a token pasted into the wrong place stays hidden too.
public struct MaskedAddress: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ text: AddressText, rules: AddressRules) {
        let url = AddressURL(String(text.tcURL.prefix(AddressPairs.maximumAddress)))
        let app = AddressURL(String(text.app.prefix(AddressPairs.maximumAddress)))
        var shown = ["rtmp", "rtmps", "rtmpt", "rtsp", "srt", "http", "https"].contains(url.scheme) ? url.scheme + "://" : "…://"
        shown += Self.host(url.host.isEmpty ? text.host : url.host) + "/"
        let name = app.segments.first ?? url.segments.first ?? ""
        if text.streamID == nil || !name.isEmpty { shown += rules.serves(name) ? name : Token.mask(name) }
        var first = text
        first.tcURL = String(first.tcURL.prefix(AddressPairs.maximumAddress))
        first.streamID = first.streamID.map { String($0.prefix(AddressPairs.maximumAddress)) }
        if let address = try? BroadcastAddress(first, rules: rules) {
            shown += Self.pairs(of: address)
        } else {
            shown += "?…"
        }
        if let stream = text.stream { shown += " " + Self.stream(stream) }
        description = shown
    }

    private static func host(_ host: String) -> String {
        let harmless = host.utf8.allSatisfy { EntryID.isNameCharacter($0) || [0x2D, 0x2E, 0x3A].contains($0) }
        return harmless && host.utf8.count <= 255 ? host : "…"
    }

    private static func pairs(of address: BroadcastAddress) -> String {
        var pairs: [String] = []
        if let partner = address.partner { pairs.append("p=\(partner)") }
        if let entry = address.entry { pairs.append("e=\(entry)") }
        if let server = address.server { pairs.append("i=\(server.rawValue)") }
        if let token = address.token { pairs.append("t=\(token.masked)") }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private static func stream(_ text: String) -> String {
        let url = AddressURL(stream: String(text.prefix(AddressPairs.maximumAddress)))
        let name = StreamName(url.lastSegment) == nil ? Token.mask(url.lastSegment) : url.lastSegment
        return url.query == nil ? name : name + "?…"
    }
}
