import SluiceJSON

extension Field {
    /// What can be set of a partner.
    static let partner: [Field] = [
        Field(column: "name", name: "name", kind: .text(200), help: "what people call the account", optional: true),
        Field(column: "blocked", name: "blocked", kind: .flag, help: "refuse all of its publishers: BLOCKED", optional: false),
        Field(
            column: "live_enabled", name: "live_enabled", kind: .flag, help: "whether it may publish at all",
            optional: false),
        Field(
            column: "max_passthrough", name: "max_passthrough", kind: .integer(0...1_000_000),
            help: "most entries on air at once that are passed through; empty: any", optional: true),
        Field(
            column: "max_transcoded", name: "max_transcoded", kind: .integer(0...1_000_000),
            help: "most entries on air at once that are transcoded; empty: any", optional: true),
        Field(
            column: "new_recording", name: "new_recording", kind: .flag, help: "whole-file recording instead of chunks",
            optional: false),
    ]

    /// What can be set of an entry, beside its partner and its token.
    static let entry: [Field] = [
        Field(column: "name", name: "name", kind: .text(200), help: "what people call the channel", optional: true),
        Field(column: "enabled", name: "enabled", kind: .flag, help: "whether the entry is known at all", optional: false),
        Field(
            column: "profile_id", name: "profile", kind: .integer(1...Int64(Int32.max)), help: "the transcoding profile's id",
            optional: true),
        Field(
            column: "valid_from", name: "valid_from", kind: .integer(0...4_102_444_800),
            help: "unix seconds of the first moment to publish", optional: true),
        Field(
            column: "valid_to", name: "valid_to", kind: .integer(0...4_102_444_800),
            help: "unix seconds after which nobody may publish", optional: true),
        Field(
            column: "allowed_sources", name: "allowed_sources", kind: .sources,
            help: "addresses or prefixes that may publish; empty: any", optional: true),
        Field(
            column: "record_status", name: "record", kind: .choice(["off", "append", "session"]),
            help: "recording: none, one over broadcasts, one per broadcast", optional: false),
        Field(
            column: "recording_status", name: "recording_status", kind: .choice(["stopped", "paused", "active", "disabled"]),
            help: "the momentary switch of the recording", optional: false),
        Field(column: "dvr_status", name: "dvr", kind: .flag, help: "let viewers go back", optional: false),
        Field(
            column: "dvr_window_min", name: "dvr_minutes", kind: .integer(1...10_080), help: "how far back, in minutes",
            optional: true),
        Field(
            column: "segment_ms", name: "segment_ms", kind: .integer(1000...20_000), help: "length of a segment, in ms",
            optional: true),
        Field(
            column: "explicit_live", name: "explicit_live", kind: .flag, help: "the publisher decides when viewers see it",
            optional: false),
        Field(
            column: "view_mode", name: "view_mode", kind: .choice(["preview", "everyone"]), help: "who sees it",
            optional: false),
    ]

    /// A partner as listings show it; never its secret.
    static func partnerJSON(id: StoredValue, entries: StoredValue, _ value: (String) -> StoredValue) -> JSONValue {
        var members: JSONObject = ["id": .integer(id.integer ?? 0)]
        for field in partner { members[field.name] = field.json(value(field.column)) }
        members["entries"] = .integer(entries.integer ?? 0)
        return .object(members)
    }

    /// An entry as listings show it; its token only masked.
    static func entryJSON(_ value: (String) -> StoredValue) -> JSONValue {
        var members: JSONObject = [
            "id": .string(value("id").text ?? ""), "partner": .integer(value("partner_id").integer ?? 0),
            "token": .string(TokenSecret.shown(token: value("token").text, sha256: value("token_sha256").text)),
        ]
        for field in entry { members[field.name] = field.json(value(field.column)) }
        return .object(members)
    }
}
