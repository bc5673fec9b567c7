/// Why a connection, a publish or a play was refused (SPEC §3.5); the raw value is what logs, events and the API show.
public enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    case badRequest = "BAD_REQUEST"
    case missingEntry = "MISSING_ENTRY"
    case missingToken = "MISSING_TOKEN"
    case missingPartner = "MISSING_PARTNER"
    case missingIndex = "MISSING_INDEX"
    case invalidServerIndex = "INVALID_SERVER_INDEX"
    case badToken = "BAD_TOKEN"
    case blocked = "BLOCKED"
    case noPermission = "NO_PERMISSION"
    case partnerMismatch = "PARTNER_MISMATCH"
    case noEntry = "NO_ENTRY"
    case badStreamName = "BAD_STREAM_NAME"
    case entryMismatch = "ENTRY_MISMATCH"
    case badStreamIndex = "BAD_STREAM_INDEX"
    case duplicate = "DUPLICATE"
    case onAirElsewhere = "ON_AIR_ELSEWHERE"
    case quota = "QUOTA"
    case noProfile = "NO_PROFILE"
    case backendDown = "BACKEND_DOWN"

    /// What an RTMP `connect` is refused with, whatever the reason.
    public static let rtmpConnectCode = "NetConnection.Connect.Rejected"

    /// The `code` of the `onStatus` that refuses an RTMP publish.
    public var rtmpPublishCode: String {
        switch self {
        case .badToken: "NetStream.Publish.Unauthorized"
        case .blocked, .noPermission, .partnerMismatch, .quota, .noProfile, .backendDown: "NetStream.Publish.Denied"
        default: "NetStream.Publish.BadName"
        }
    }

    /// The status of an HTTP answer (WHIP).
    public var httpStatus: Int {
        switch self {
        case .badRequest, .missingEntry, .missingToken, .missingPartner, .missingIndex, .invalidServerIndex: 400
        case .badStreamName, .entryMismatch, .badStreamIndex: 400
        case .badToken: 401
        case .blocked, .noPermission, .partnerMismatch: 403
        case .noEntry: 404
        case .duplicate, .onAirElsewhere: 409
        case .noProfile: 422
        case .quota: 429
        case .backendDown: 503
        }
    }

    /// The rejection code of an SRT handshake.
    public var srtReject: Int {
        switch self {
        case .badRequest, .missingEntry, .missingToken, .missingPartner, .missingIndex, .invalidServerIndex: 1400
        case .badToken: 1401
        case .quota: 1402
        case .blocked, .noPermission, .partnerMismatch: 1403
        case .noEntry: 1404
        case .badStreamName, .entryMismatch, .badStreamIndex, .noProfile: 1406
        case .duplicate, .onAirElsewhere: 1409
        case .backendDown: 1503
        }
    }

    /// The status of an RTSP answer.
    public var rtspStatus: Int {
        switch self {
        case .quota: 453
        case .noProfile: 415
        default: httpStatus
        }
    }

    /// What the client is told: what to do, in words that hold no value it sent.
    public var clientText: String {
        switch self {
        case .badRequest: "the broadcast address cannot be read; copy the whole address again"
        case .missingEntry: "the address names no entry; add e=<entry id>, or use the entry's own stream name"
        case .missingToken: "the address has no token; copy the whole address again, with its t= part"
        case .missingPartner: "the address names no partner; add p=<partner id>"
        case .missingIndex: "the address does not say primary or backup; add i=0 or i=1"
        case .invalidServerIndex: "the server index must be i=0 (primary) or i=1 (backup)"
        case .badToken: "the token for this entry is wrong; copy the address again"
        case .blocked: "this account is blocked; ask its administrator"
        case .noPermission: "this is not allowed here and now for this entry; ask the account's administrator"
        case .partnerMismatch: "this server does not serve the partner named in the address; check p="
        case .noEntry: "there is no such entry, or it is switched off; check the entry id and the partner"
        case .badStreamName: "the stream name must be the entry id, an underscore and a number, as 0_ab12cd34_1"
        case .entryMismatch: "the stream name belongs to another entry than the address; copy both again"
        case .badStreamIndex: "the number at the end of the stream name is out of range; begin with 1"
        case .duplicate: "this stream is on air already; stop the other encoder or use another stream number"
        case .onAirElsewhere: "this entry is on air on another server; stop it there first"
        case .quota: "the account's limit of simultaneous broadcasts is reached; stop one, then try again"
        case .noProfile: "no rendition of the entry's profile accepts this input; check the stream number"
        case .backendDown: "the entry cannot be checked at the moment; try again in some seconds"
        }
    }
}
