import KalturaCore
import SluiceJSON

/// Answers for people: tables for listings, one line for changes.
enum CommandText {
    static func text(_ json: JSONValue, _ command: Command) -> String {
        switch (command.method, command.collection) {
        case ("GET", "partners"): json["partners"].map { partners($0.arrayValue ?? [], json) } ?? details(json)
        case ("GET", "entries"): json["entries"].map { entries($0.arrayValue ?? [], json) } ?? details(json)
        case ("GET", "live"): live(json["publishers"]?.arrayValue ?? [])
        case ("GET", "info"): details(json)
        case ("POST", "kill"): "\(plain(json["ending"])) connections are being closed\n"
        case ("GET", _): rejections(json["rejections"]?.arrayValue ?? [])
        case ("POST", "import"): imported(json)
        case ("POST", "copy"): copied(json)
        case ("DELETE", _): "removed \(plain(json["removed"]))\n"
        case ("POST", _): changed(json, command, "added")
        default: changed(json, command, "changed")
        }
    }

    private static func changed(_ json: JSONValue, _ command: Command, _ verb: String) -> String {
        var text = "\(command.words[0]) \(plain(json["id"])) \(verb)\n"
        if let token = json["generated_token"]?.stringValue {
            let query = "p=\(plain(json["partner"]))&e=\(plain(json["id"]))&i=0&t=\(token)"
            text += "token: \(token) (shown this once)\n"
            text += "publish to: rtmp://HOST/kLive?\(query) with the stream name \(plain(json["id"]))_1\n"
        }
        return text
    }

    private static func partners(_ rows: [JSONValue], _ json: JSONValue) -> String {
        guard !rows.isEmpty else { return "no partners; add one: sluice kaltura partner add ID\n" }
        let head = ["PARTNER", "STATE", "ENTRIES", "PASSTHROUGH", "TRANSCODED", "NAME"]
        let table = rows.map { row in
            let state = row["blocked"] == .bool(true) ? "blocked" : row["live_enabled"] == .bool(false) ? "not live" : "active"
            return [
                plain(row["id"]), state, plain(row["entries"]), limit(row["max_passthrough"]), limit(row["max_transcoded"]),
                plain(row["name"]),
            ]
        }
        return TextTable.text([head] + table) + more(json, rows)
    }

    private static func entries(_ rows: [JSONValue], _ json: JSONValue) -> String {
        guard !rows.isEmpty else { return "no entries; add one: sluice kaltura entry add ID --partner ID --generate-token\n" }
        let head = ["ENTRY", "PARTNER", "STATE", "TOKEN", "NAME"]
        let table = rows.map { row in
            let state = row["enabled"] == .bool(true) ? "enabled" : "disabled"
            return [plain(row["id"]), plain(row["partner"]), state, plain(row["token"]), plain(row["name"])]
        }
        return TextTable.text([head] + table) + more(json, rows)
    }

    private static func rejections(_ rows: [JSONValue]) -> String {
        guard !rows.isEmpty else { return "no refused connections since the server started\n" }
        let keys = ["time", "reason", "source", "address", "detail"]
        return TextTable.text([keys.map { $0.uppercased() }] + rows.map { row in keys.map { plain(row[$0]) } })
    }

    private static func live(_ rows: [JSONValue]) -> String {
        guard !rows.isEmpty else { return "nobody publishes\n" }
        let keys = ["stream", "partner", "live", "id", "source", "since", "address"]
        return TextTable.text([keys.map { $0.uppercased() }] + rows.map { row in keys.map { plain(row[$0]) } })
    }

    private static func imported(_ json: JSONValue) -> String {
        let numbers = ["partners", "profiles", "flavors", "entries"].map { "\(plain(json[$0])) \($0)" }
        let passed = (json["passed_over"]?.arrayValue ?? []).map { plain($0) }
        return "imported \(numbers.joined(separator: ", "))\n"
            + (passed.isEmpty ? "" : "passed over: \(passed.joined(separator: ", "))\n")
    }

    private static func copied(_ json: JSONValue) -> String {
        let numbers = ["partners", "profiles", "entries"].map { "\(plain(json[$0])) \($0)" }
        return "copied \(numbers.joined(separator: ", ")) from \(plain(json["from"])) to \(plain(json["to"]))\n"
    }

    private static func details(_ json: JSONValue) -> String {
        TextTable.text((json.objectValue ?? [:]).map { [$0.key, plain($0.value)] })
    }

    private static func more(_ json: JSONValue, _ rows: [JSONValue]) -> String {
        json["more"] == .bool(true) ? "there are more: --after \(plain(rows.last?["id"]))\n" : ""
    }

    private static func limit(_ value: JSONValue?) -> String { value == .null ? "any" : plain(value) }

    private static func plain(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: "-"
        case .string(let text): text
        case .bool(let flag): flag ? "yes" : "no"
        case .some(let other): other.serialized()
        }
    }
}
