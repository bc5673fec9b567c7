/// What a good connect leaves for the later questions of its connection: the entry and the server index, never the token.
///
/// It travels through the host as JSON text.
public struct ConnectContext: Hashable, Sendable {
    public var entry: LiveEntry
    public var server: ServerIndex

    public init(entry: LiveEntry, server: ServerIndex) {
        self.entry = entry
        self.server = server
    }

    /// The text; about 200 bytes.
    public var text: String {
        var fields: [(String, JSON)] = [
            ("entry", .string(entry.id.text)), ("partner", .integer(Int64(entry.partner))),
            ("server", .integer(Int64(server.rawValue))), ("name", .string(entry.name)),
            ("profile", .integer(entry.conversionProfile)), ("record", .integer(Int64(entry.recordStatus))),
            ("recording", .integer(Int64(entry.recordingStatus))), ("dvr", .integer(Int64(entry.dvrStatus))),
        ]
        if let window = entry.dvrWindow { fields.append(("dvrWindow", .integer(window))) }
        if let segment = entry.segmentDuration { fields.append(("segment", .integer(segment))) }
        return JSON.object(fields).text
    }

    /// Reads `text`; nil when it is not one of ours.
    public init?(_ text: String) {
        guard let json = try? JSON(text), let id = json["entry"]?.string.flatMap({ EntryID($0) }),
            let partner = json["partner"]?.integer.flatMap({ Int32(exactly: $0) }),
            let server = json["server"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap({ ServerIndex(rawValue: $0) })
        else { return nil }
        func small(_ key: String) -> Int32? { json[key]?.integer.flatMap { Int32(exactly: $0) } }
        var entry = LiveEntry(id: id, partner: partner)
        entry.name = json["name"]?.string ?? ""
        entry.conversionProfile = json["profile"]?.integer ?? 0
        entry.recordStatus = small("record") ?? 0
        entry.recordingStatus = small("recording") ?? 2
        entry.dvrStatus = small("dvr") ?? 0
        entry.dvrWindow = json["dvrWindow"]?.integer
        entry.segmentDuration = json["segment"]?.integer
        self.init(entry: entry, server: server)
    }
}
