/// One live channel as a back end answers for it: the fields of SPEC §5.1 that we use, the same in every mode.
///
/// It holds no token. The last three fields exist in local catalogue mode only.
public struct LiveEntry: Hashable, Sendable {
    public var id: EntryID
    public var partner: Int32
    public var name = ""
    /// 0: none.
    public var conversionProfile: Int64 = 0
    /// 0 off, 1 appended, 2 per session.
    public var recordStatus: Int32 = 0
    /// 0 stopped, 1 paused, 2 active, 3 disabled.
    public var recordingStatus: Int32 = 2
    /// The VOD entry that receives the recording; empty when there is none.
    public var recordedEntry = ""
    /// 0 live window only, 1 DVR.
    public var dvrStatus: Int32 = 0
    /// Minutes; nil: the default window.
    public var dvrWindow: Int64?
    /// Milliseconds; nil: the server's own choice.
    public var segmentDuration: Int64?
    public var explicitLive = false
    /// 0 preview, 1 everyone.
    public var viewMode: Int32 = 1
    public var adminTags = ""
    /// Unix seconds; nil: open.
    public var validFrom: Int64?
    /// Unix seconds, first moment that is too late; nil: open.
    public var validTo: Int64?
    /// Where publishers may come from; empty: anywhere.
    public var allowedSources = SourceList()

    public init(id: EntryID, partner: Int32) {
        self.id = id
        self.partner = partner
    }

    /// Why this entry may not be published from `source` at `now` (unix seconds), or nil when it may.
    ///
    /// Asked of cached entries too, so that one publisher's success opens nothing for an address that is not allowed.
    public func objection(source: String, now: Int64) -> Refusal? {
        if let validFrom, now < validFrom { return Refusal(.noPermission, detail: "valid_from is not reached") }
        if let validTo, now >= validTo { return Refusal(.noPermission, detail: "valid_to is past") }
        guard allowedSources.contains(source) else { return Refusal(.noPermission, detail: "the source is not allowed") }
        return nil
    }
}
