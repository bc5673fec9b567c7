import CSluice
import HostPaths

/// An answer as the host keeps it: checked, bounded copies of what an auth plugin said.
struct Verdict: Sendable, Equatable {
    enum Decision: UInt32, Sendable {
        case abstain = 0
        case allow, deny, failed, later
    }

    struct Attribute: Sendable, Equatable {
        var key: String
        var value: String
    }

    var decision: Decision
    var reason = ""
    var message = ""
    var detail = ""
    var status = ""
    var httpStatus: UInt32 = 0
    var legacyPlayFailed = false
    var principal = ""
    var stream: Name?
    var context = ""
    var ttlMilliseconds: UInt64 = 0
    var recheckMilliseconds: UInt64 = 0
    var notAfter: Int64 = 0
    var maxBitrate: UInt64 = 0
    var maxViewers: UInt64 = 0
    var attributes: [Attribute] = []
    /// Which plugin decided; empty: the host itself.
    var plugin = ""

    init(_ decision: Decision) { self.decision = decision }

    static var allow: Verdict { Verdict(.allow) }

    static func deny(_ reason: String, _ message: String, httpStatus: UInt32 = 403) -> Verdict {
        var verdict = Verdict(.deny)
        verdict.reason = reason
        verdict.message = message
        verdict.httpStatus = httpStatus
        return verdict
    }

    static func failed(_ detail: String) -> Verdict {
        var verdict = Verdict(.failed)
        verdict.reason = "BACKEND_DOWN"
        verdict.message = "the decision could not be made; try again later"
        verdict.detail = detail
        verdict.httpStatus = 503
        return verdict
    }

    /// A copy of a plugin's verdict; nil when it breaks its contract (unknown decision, invalid stream name, too many attributes).
    init?(_ raw: sluice_verdict, action: AuthQuestion.Action) {
        guard let decision = Decision(rawValue: raw.decision), raw.attribute_count <= 64 else { return nil }
        guard decision != .later || action == .connect else { return nil }
        self.decision = decision
        reason = raw.reason.string(limit: 64)
        message = raw.message.string(limit: 512)
        detail = raw.detail.string(limit: 512)
        status = raw.status.string(limit: 64)
        httpStatus = (400...599).contains(raw.http_status) ? raw.http_status : 0
        legacyPlayFailed = raw.flags & SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED != 0
        principal = raw.principal.string(limit: 256)
        if raw.stream.size > 0 {
            guard let name = Name(raw.stream.string(limit: 300)) else { return nil }
            stream = name
        }
        context = raw.context.string(limit: 4096)
        ttlMilliseconds = min(raw.ttl_ms, 86_400_000)
        recheckMilliseconds = raw.recheck_ms
        notAfter = raw.not_after_wall_us
        maxBitrate = raw.max_bitrate
        maxViewers = raw.max_viewers
        attributes = copyPairs(raw.attributes, raw.attribute_count).map { Attribute(key: $0.0, value: $0.1) }
    }

    mutating func set(_ attribute: Attribute) {
        attributes.removeAll { $0.key == attribute.key }
        attributes.append(attribute)
    }

    func attribute(_ key: String) -> String? { attributes.first { $0.key == key }?.value }

    var isDefinitive: Bool { decision == .allow || decision == .deny || decision == .later }
}
