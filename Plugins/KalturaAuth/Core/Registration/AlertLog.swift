import SluiceJSON

/// Health beacons about refused connections (SPEC §6.2): which are sent, and what they say. Never a token, masked or not.
public struct AlertLog: Sendable {
    private struct Key: Hashable {
        var entry: EntryID
        var reason: RefusalReason
    }

    static let pause: UInt64 = 60_000
    static let capacity = 1000

    private var sent: [Key: UInt64] = [:]

    public init() {}

    /// The beacon of a refusal, not more than once a minute per (entry, reason); nil: none is sent. `now`: milliseconds that never go
    /// back; `wall`: microseconds since 1970.
    public mutating func beacon(
        _ refusal: Refusal, entry: EntryID, server: ServerIndex, partner: Int32?, streamName: String, now: UInt64, wall: Int64
    ) -> APICall? {
        guard let (code, type, parameter) = Self.content(refusal, entry, streamName) else { return nil }
        let key = Key(entry: entry, reason: refusal.cause)
        if let last = sent[key], now &- last < Self.pause { return nil }
        if sent.count >= Self.capacity { sent = sent.filter { now &- $0.value < Self.pause } }
        guard sent.count < Self.capacity else { return nil }
        sent[key] = now
        let alert: JSONValue = [
            "Arguments": ["entryId": .string(entry.text), "alertType": .string(type), "parameter": .string(parameter)],
            "Time": .integer(wall / 1000), "Code": .integer(Int64(code)),
        ]
        let data: JSONValue = ["alerts": [alert], "maxSeverity": 4]
        return APICall(
            "beacon", "add",
            [
                "beacon:objectType": "KalturaBeacon", "beacon:relatedObjectType": "4",
                "beacon:eventType": "\(server.rawValue)_healthData", "beacon:objectId": entry.text,
                "beacon:privateData": data.serialized(), "shouldLog": "1",
            ], actingFor: partner, expects: .anything)
    }

    /// Number, type and parameter of the alert.
    private static func content(_ refusal: Refusal, _ entry: EntryID, _ streamName: String) -> (Int, String, String)? {
        switch refusal.cause {
        case .badStreamName, .entryMismatch, .badStreamIndex:
            return (112, "INCORRECT_STREAM_NAME", StreamName(streamName) == nil ? Token.mask(streamName) : streamName)
        default:
            let said = APIError(code: refusal.detail)
            guard let error = said.alert == nil ? APIError.standing(for: refusal.cause) : said, let alert = error.alert else {
                return nil
            }
            return (alert, error.code, entry.text)
        }
    }
}
