/// An error of the API: its code, and what follows from it (SPEC §6.1). Its text, which may hold a session, is not kept.
public struct APIError: Hashable, Sendable, CustomStringConvertible {
    /// Capitals, digits and underscores; anything else is `UNKNOWN`.
    public let code: String
    /// `ERR_CODE` of INVALID_KS.
    public let sessionNumber: Int?

    public init(code: String, sessionNumber: Int? = nil) {
        let isSafe = code.utf8.allSatisfy { ASCII.isDigit($0) || (0x41...0x5A).contains($0) || $0 == ASCII.underscore }
        self.code = isSafe && (1...64).contains(code.utf8.count) ? code : "UNKNOWN"
        self.sessionNumber = sessionNumber
    }

    public var description: String { sessionNumber.map { "\(code) \($0)" } ?? code }

    /// Whether the session is what is wrong.
    public var isAboutSession: Bool { code == "INVALID_KS" || code == "MISSING_KS" }

    /// What the publisher is refused with.
    public var reason: RefusalReason { Self.rules[code]?.reason ?? .backendDown }

    /// The number of the health beacon; nil: none is sent.
    public var alert: Int? { Self.rules[code]?.alert }

    /// What an operator has to mend, when the fault is in our own configuration.
    public var operatorText: String? {
        switch code {
        case "MEDIA_SERVER_NOT_FOUND", "SERVER_NODE_NOT_FOUND": "this server's hostname is not registered with the back end"
        case "INVALID_PARTNER_ID", "START_SESSION_ERROR": "partner_id or admin_secret is wrong"
        case "INVALID_KS", "MISSING_KS":
            switch sessionNumber.flatMap(KSError.init(rawValue:)) {
            case .expired, .loggedOut: "a session that was just made is refused; compare the clocks"
            case .invalid, .invalidPartner, nil: "the session is refused: partner_id or admin_secret is wrong"
            case let other?: "the session is refused: \(other)"
            }
        default: nil
        }
    }

    private struct Rule {
        var reason: RefusalReason
        var alert: Int?
    }

    private static let rules: [String: Rule] = [
        "ENTRY_ID_NOT_FOUND": Rule(reason: .noEntry, alert: 113),
        "INVALID_ENTRY_ID": Rule(reason: .noEntry, alert: 113),
        "LIVE_STREAM_INVALID_TOKEN": Rule(reason: .badToken, alert: 111),
        "LIVE_STREAM_EXCEEDED_MAX_PASSTHRU": Rule(reason: .quota, alert: 115),
        "LIVE_STREAM_EXCEEDED_MAX_TRANSCODED": Rule(reason: .quota, alert: 118),
        "LIVE_STREAM_EXCEEDED_MAX_CONCURRENT_BY_ADMIN_TAG": Rule(reason: .quota, alert: 118),
        "LIVE_STREAM_EXCEEDED_MAX_RTC_STREAMS": Rule(reason: .quota, alert: 118),
        "LIVE_STREAM_ALREADY_BROADCASTING": Rule(reason: .onAirElsewhere, alert: -1),
        "SERVICE_FORBIDDEN_CONTENT_BLOCKED": Rule(reason: .blocked, alert: -1),
        "SERVICE_FORBIDDEN": Rule(reason: .noPermission, alert: 114),
        "ACTION_FORBIDDEN": Rule(reason: .noPermission, alert: 114),
        "ACTION_BLOCKED": Rule(reason: .noPermission, alert: 114),
        "INVALID_STREAM_NAME": Rule(reason: .badStreamName, alert: 112),
        "INGEST_NOT_FOUND_IN_CONVERSION_PROFILE": Rule(reason: .noProfile, alert: -1),
    ]

    /// The code that stands for a reason of our own making, for its beacon.
    static func standing(for reason: RefusalReason) -> APIError? {
        switch reason {
        case .noEntry: APIError(code: "ENTRY_ID_NOT_FOUND")
        case .badToken: APIError(code: "LIVE_STREAM_INVALID_TOKEN")
        case .blocked: APIError(code: "SERVICE_FORBIDDEN_CONTENT_BLOCKED")
        case .noPermission: APIError(code: "SERVICE_FORBIDDEN")
        case .onAirElsewhere: APIError(code: "LIVE_STREAM_ALREADY_BROADCASTING")
        case .noProfile: APIError(code: "INGEST_NOT_FOUND_IN_CONVERSION_PROFILE")
        default: nil
        }
    }
}
