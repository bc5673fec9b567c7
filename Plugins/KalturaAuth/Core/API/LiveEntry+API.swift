import SluiceJSON

extension LiveEntry {
    /// An entry object as the API answers with it (SPEC §5.1), read leniently; nil when it is none: no entry id, no partner.
    ///
    /// Nothing secret is taken over.
    public init?(api object: JSONValue) {
        let fields = APIFields(object: object)
        guard let id = fields.text("id").flatMap({ EntryID($0) }),
            let partner = fields.integer("partnerId").flatMap({ Int32(exactly: $0) })
        else { return nil }
        self.init(id: id, partner: partner)
        name = fields.text("name") ?? ""
        conversionProfile = fields.integer("conversionProfileId") ?? 0
        recordStatus = fields.small("recordStatus") ?? 0
        recordingStatus = fields.small("recordingStatus") ?? 2
        recordedEntry = fields.text("recordedEntryId") ?? ""
        dvrStatus = fields.small("dvrStatus") ?? 0
        dvrWindow = fields.integer("dvrWindow")
        segmentDuration = fields.integer("segmentDuration").flatMap { $0 > 0 ? $0 : nil }
        explicitLive = (fields.integer("explicitLive") ?? 0) != 0
        viewMode = fields.small("viewMode") ?? 1
        adminTags = fields.text("adminTags") ?? ""
    }
    /// The object that `init(api:)` reads this entry from.
    public var apiObject: JSONValue {
        var object: JSONObject = [
            "id": .string(id.text), "partnerId": .integer(Int64(partner)), "name": .string(name),
            "conversionProfileId": .integer(conversionProfile), "recordStatus": .integer(Int64(recordStatus)),
            "recordingStatus": .integer(Int64(recordingStatus)), "recordedEntryId": .string(recordedEntry),
            "dvrStatus": .integer(Int64(dvrStatus)), "explicitLive": .bool(explicitLive), "viewMode": .integer(Int64(viewMode)),
            "adminTags": .string(adminTags),
        ]
        object["dvrWindow"] = dvrWindow.map { .integer($0) }
        object["segmentDuration"] = segmentDuration.map { .integer($0) }
        return .object(object)
    }
}
