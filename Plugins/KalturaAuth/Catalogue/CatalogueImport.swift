import KalturaCore
import SluiceJSON

/// Partners, conversion profiles and entries of a JSON text in the shape of the API's own objects (SPEC §12, last point).
///
/// Partners that are not positive (the built-in ones) are passed over. A text that holds a mistake is refused whole.
struct CatalogueImport {
    private(set) var batch = CatalogueBatch()
    private var passedOver: [JSONValue] = []

    init(_ json: JSONValue) throws(CatalogueError) {
        guard ["partners", "conversionProfiles", "entries"].contains(where: { json[$0]?.arrayValue != nil }) else {
            throw .invalid("the text has neither \"partners\" nor \"conversionProfiles\" nor \"entries\"")
        }
        for item in json["partners"]?.arrayValue ?? [] { try partner(item) }
        for item in json["conversionProfiles"]?.arrayValue ?? [] { try profile(item) }
        for item in json["entries"]?.arrayValue ?? [] { try entry(item) }
    }

    /// The numbers of what it holds, and what was passed over.
    var report: JSONValue {
        [
            "partners": .integer(Int64(batch.partners.count)), "profiles": .integer(Int64(batch.profiles.count)),
            "flavors": .integer(Int64(batch.profiles.reduce(0) { $0 + $1.flavors.count })),
            "entries": .integer(Int64(batch.entries.count)), "passed_over": .array(passedOver),
        ]
    }

    private mutating func partner(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.lenientInteger else { throw .invalid("a partner has no id") }
        guard id > 0, id <= Int64(Int32.max) else {
            passedOver.append(.string("partner \(id)"))
            return
        }
        let values = [
            "name": text(json, "name"), "blocked": flag(json, "blocked", false),
            "live_enabled": flag(json, "liveEnabled", true), "max_passthrough": integer(json, "maxPassthrough"),
            "max_transcoded": integer(json, "maxTranscoded"), "admin_secret": text(json, "adminSecret"),
            "new_recording": flag(json, "newRecording", false),
        ]
        batch.partners.append(CatalogueRecord(.integer(id), values))
    }

    private mutating func profile(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.lenientInteger else { throw .invalid("a conversion profile has no id") }
        let values = [
            "partner_id": integer(json, "partnerId"), "name": text(json, "name"), "template_xml": text(json, "templateXml"),
        ]
        var record = CatalogueRecord(.integer(id), values)
        for flavor in json["flavors"]?.arrayValue ?? [] {
            guard let number = flavor["id"]?.lenientInteger else { throw .invalid("a flavor of profile \(id) has no id") }
            record.flavors.append([
                "id": .integer(number), "system_name": text(flavor, "systemName"), "tags": text(flavor, "tags"),
                "stream_suffix": text(flavor, "streamSuffix"), "origin": .integer(flavor["origin"]?.lenientInteger ?? 0),
                "width": integer(flavor, "width"), "height": integer(flavor, "height"),
                "video_kbps": integer(flavor, "videoBitrate"), "audio_kbps": integer(flavor, "audioBitrate"),
                "frame_rate": real(flavor, "frameRate"), "max_frame_rate": real(flavor, "maxFrameRate"),
                "codec": text(flavor, "codec"), "profile": text(flavor, "profile"),
            ])
        }
        batch.profiles.append(record)
    }

    private mutating func entry(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.stringValue.flatMap({ EntryID($0) }) else {
            throw .invalid("an entry has no id, or no valid one")
        }
        guard let partner = json["partnerId"]?.lenientInteger else { throw .invalid("entry \(id) has no partnerId") }
        let secret = try json["streamPassword"]?.stringValue.map { (token) throws(CatalogueError) in try TokenSecret(token: token)
        }
        let values: [String: StoredValue] = [
            "partner_id": .integer(partner), "name": text(json, "name"), "token": StoredValue(secret?.plain),
            "srt_pass": text(json, "srtPass"), "profile_id": integer(json, "conversionProfileId"),
            "enabled": flag(json, "enabled", true), "record_status": .integer(json["recordStatus"]?.lenientInteger ?? 0),
            "recording_status": .integer(json["recordingStatus"]?.lenientInteger ?? 2),
            "dvr_status": .integer(json["dvrStatus"]?.lenientInteger ?? 0), "dvr_window_min": integer(json, "dvrWindow"),
            "segment_ms": integer(json, "segmentDuration"), "explicit_live": flag(json, "explicitLive", false),
            "view_mode": .integer(json["viewMode"]?.lenientInteger ?? 1),
        ]
        batch.entries.append(CatalogueRecord(.text(id.text), values))
    }

    private func text(_ json: JSONValue, _ key: String) -> StoredValue { StoredValue(json[key]?.stringValue) }
    private func integer(_ json: JSONValue, _ key: String) -> StoredValue { StoredValue(json[key]?.lenientInteger) }
    private func real(_ json: JSONValue, _ key: String) -> StoredValue { json[key]?.doubleValue.map(StoredValue.real) ?? .null }
    private func flag(_ json: JSONValue, _ key: String, _ otherwise: Bool) -> StoredValue {
        StoredValue(json[key]?.lenientBool ?? otherwise)
    }
}

extension CatalogueStore {
    /// Takes a JSON text into the catalogue; rows of the same id are replaced. Answers the numbers taken and what was passed over.
    func importJSON(_ json: JSONValue) throws(CatalogueError) -> JSONValue {
        let taken = try CatalogueImport(json)
        try put(taken.batch)
        return taken.report
    }
}
