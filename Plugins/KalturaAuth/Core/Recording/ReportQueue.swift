import SluiceJSON

/// Recordings that the back end was not told of yet (SPEC §10.4): in order per asset, repeated with growing pauses up to an hour, for seven
/// days. As text for the disk, so that none is lost with the process. Times are unix seconds. Not thread-safe.
public struct ReportQueue: Sendable {
    /// What a recorder has to do after a report's end.
    public enum Effect: Hashable, Sendable {
        /// The entry has recorded more than is allowed: stop recording it, go on streaming.
        case stopRecording(EntryID)
        /// The partner is of the other scheme now: what was recorded has to be told by that one.
        case change(RecordingReport, RecordingScheme)
        /// It will never be told: the file stays, an operator has to hear of it.
        case givenUp(RecordingReport, String)
    }

    static let firstPause: Int64 = 5
    static let longestPause: Int64 = 3600
    static let life: Int64 = 7 * 86_400
    static let limit = 10_000

    fileprivate struct Lane: Hashable {
        var entry: EntryID
        var server: ServerIndex
        var asset: String
    }

    struct Item: Hashable, Sendable {
        var report: RecordingReport
        var since: Int64
        var dueAt: Int64
        var pause = ReportQueue.firstPause
    }

    fileprivate var lanes: [Lane: [Item]] = [:]
    /// Lanes whose first item is being told.
    private var busy: Set<Lane> = []

    public init() {}

    public var count: Int { lanes.values.reduce(0) { $0 + $1.count } }

    /// A file is complete. One without media is dropped. Whether it was taken: not when the queue is full.
    public mutating func add(_ report: RecordingReport, now: Int64) -> Bool {
        guard report.milliseconds > 0 else { return true }
        guard count < Self.limit else { return false }
        lanes[Lane(report), default: []].append(Item(report: report, since: now, dueAt: now))
        return true
    }

    /// The broadcast is over and its last chunk had no media: the chunk before it ends it, if the back end was not told of that one yet.
    public mutating func ended(_ entry: EntryID, _ server: ServerIndex, _ asset: LiveAsset) {
        let lane = Lane(entry: entry, server: server, asset: asset.id)
        guard var items = lanes[lane], let last = items.indices.last, last > 0 || !busy.contains(lane) else { return }
        items[last].report.isLast = items[last].report.scheme == .chunks
        lanes[lane] = items
    }

    /// Reports to be told now, one per asset at a time. Each is answered by `finished`.
    public mutating func due(_ now: Int64) -> [RecordingReport] {
        var reports: [RecordingReport] = []
        for (lane, items) in lanes where !busy.contains(lane) {
            guard let first = items.first, first.dueAt <= now else { continue }
            busy.insert(lane)
            reports.append(first.report)
        }
        return reports
    }

    /// What became of a report: of its last call, or the first that failed.
    public mutating func finished(_ report: RecordingReport, _ outcome: APIConversation.Outcome, now: Int64) -> Effect? {
        let lane = Lane(report)
        guard busy.remove(lane) != nil, var items = lanes[lane], var item = items.first else { return nil }
        defer { lanes[lane] = items.isEmpty ? nil : items }
        guard case .failure(let failure) = outcome else {
            items.removeFirst()
            return nil
        }
        var code = ""
        if case .error(let error) = failure { code = error.code }
        switch code {
        case "LIVE_STREAM_EXCEEDED_MAX_RECORDED_DURATION":
            items.removeFirst()
            return .stopRecording(report.entry)
        case "KALTURA_RECORDING_ENABLED", "KALTURA_RECORDING_DISABLED":
            items.removeFirst()
            return .change(report, code.hasSuffix("ENABLED") ? .whole : .chunks)
        case "ASSET_ID_NOT_FOUND", "FLAVOR_PARAMS_ID_NOT_FOUND", "RECORDED_ENTRY_LIVE_MISMATCH":
            items.removeFirst()
            return .givenUp(report, code)
        default:
            guard now &- item.since < Self.life else {
                items.removeFirst()
                return .givenUp(report, failure.description)
            }
            item.dueAt = now &+ item.pause
            item.pause = min(item.pause &* 2, Self.longestPause)
            items[0] = item
            return nil
        }
    }

    // MARK: On the disk

    public var text: String {
        let items = lanes.values.joined().map { item in
            [
                "report": item.report.json, "since": .integer(item.since), "due": .integer(item.dueAt),
                "pause": .integer(item.pause),
            ] as JSONValue
        }
        return JSONValue.object(["version": 1, "reports": .array(items)]).serialized()
    }

    /// What cannot be read is left out.
    public init(_ text: String) {
        let limits = JSONLimits(depth: 8, bytes: 32 << 20, values: 1_000_000)
        guard let all = try? JSONValue(parsing: text, limits: limits), all["version"]?.int64Value == 1 else { return }
        for one in (all["reports"]?.arrayValue ?? []).prefix(Self.limit) {
            guard let report = one["report"].flatMap({ RecordingReport(json: $0) }), let since = one["since"]?.int64Value else {
                continue
            }
            var item = Item(report: report, since: since, dueAt: one["due"]?.int64Value ?? since)
            item.pause = min(max(one["pause"]?.int64Value ?? Self.firstPause, Self.firstPause), Self.longestPause)
            lanes[Lane(report), default: []].append(item)
        }
    }
}

extension ReportQueue.Lane {
    fileprivate init(_ report: RecordingReport) {
        self.init(entry: report.entry, server: report.server, asset: report.asset.id)
    }
}
