/// How an entry's broadcast is recorded (SPEC §10.3): what a recorder has to ask before it begins, and at each answer to a registration.
///
/// Nothing records yet: these types are what a recorder drives, by its files' paths and durations.
public enum RecordingScheme: String, Hashable, Sendable {
    case off
    /// Chunks of a quarter of an hour, each told by `appendRecording` (§10.4).
    case chunks
    /// One file per rendition and broadcast, told by `setRecordedContent`, of the primary only (§10.5).
    case whole

    /// `isEnabled`: `recording` in this server's configuration. `permission`: what the back end answered to `permissionCall`.
    public init(_ entry: LiveEntry, _ server: ServerIndex, isEnabled: Bool, permission: APIConversation.Outcome) {
        guard isEnabled, entry.recordStatus != 0, entry.recordingStatus == 2 else {
            self = .off
            return
        }
        var isOn = false
        if case .success(let answer) = permission { isOn = APIFields(object: answer).integer("status") == 1 }
        self = !isOn ? .chunks : server == .primary ? .whole : .off
    }

    /// Whether the partner's recordings are of the new scheme; any error means no (§5.2). Once per broadcast.
    public static func permissionCall(_ entry: LiveEntry, actsForOthers: Bool) -> APICall {
        APICall(
            "permission", "get", ["permissionName": "FEATURE_LIVE_STREAM_KALTURA_RECORDING"],
            actingFor: actsForOthers ? entry.partner : nil, expects: .anything)
    }

    /// The live assets of an entry: id, number of the rendition, whether it is the recording's anchor.
    public static func assetsCall(_ entry: LiveEntry, actsForOthers: Bool) -> APICall {
        APICall(
            "flavorasset", "list",
            ["filter:objectType": "KalturaLiveAssetFilter", "filter:entryIdEqual": entry.id.text],
            actingFor: actsForOthers ? entry.partner : nil, expects: .anything)
    }
}
