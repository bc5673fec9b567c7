import Formats
import SluiceJSON

/// A recorded file that the back end has to be told of (SPEC §10.4, §10.5), on storage that it shares with this server.
public struct RecordingReport: Hashable, Sendable {
    public var entry: EntryID
    public var partner: Int32
    public var server: ServerIndex
    public var asset: LiveAsset
    /// The VOD entry that receives it; empty: none yet.
    public var recordedEntry: String
    public var scheme: RecordingScheme
    /// Of an absolute path.
    public var file: String
    public var milliseconds: Int64
    /// Of chunks: it ends the broadcast.
    public var isLast = false

    public init(
        _ entry: LiveEntry, _ server: ServerIndex, _ asset: LiveAsset, scheme: RecordingScheme, file: String, milliseconds: Int64
    ) {
        self.entry = entry.id
        partner = entry.partner
        recordedEntry = entry.recordedEntry
        self.server = server
        self.asset = asset
        self.scheme = scheme
        self.file = file
        self.milliseconds = milliseconds
    }

    /// The calls that tell it, one after the other; each has to succeed before the next.
    public func calls(actsForOthers: Bool) -> [APICall] {
        let actingFor = actsForOthers ? partner : nil
        var calls: [APICall] = []
        if isLast, server == .primary, asset.isAnchor, !recordedEntry.isEmpty {
            calls.append(
                APICall("media", "cancelReplace", ["entryId": recordedEntry], actingFor: actingFor, expects: .anything))
        }
        var call = APICall("livestream", scheme == .whole ? "setRecordedContent" : "appendRecording", [:], actingFor: actingFor)
        func add(_ name: String, _ value: String) { call.parameters.append(APICall.Parameter(name: name, value: value)) }
        add("entryId", entry.text)
        if scheme == .chunks { add("assetId", asset.id) }
        add("mediaServerIndex", scheme == .whole ? "0" : "\(server.rawValue)")
        add("resource:objectType", "KalturaServerFileResource")
        add("resource:localFilePath", file)
        add("duration", Self.seconds(milliseconds))
        if scheme == .chunks {
            add("isLastChunk", isLast ? "1" : "0")
        } else {
            add("recordedEntryId", recordedEntry)
            add("flavorParamsId", "\(asset.flavor)")
        }
        return calls + [call]
    }

    /// `12.345`: the API counts seconds.
    static func seconds(_ milliseconds: Int64) -> String {
        let part = String(1000 + max(milliseconds, 0) % 1000).dropFirst()
        return "\(max(milliseconds, 0) / 1000).\(part)"
    }

    /// The job file that stands for the call where a folder for such files is configured: its name and its text (§10.4).
    public func job(unixMilliseconds: Int64, workMode: String) -> (name: String, text: String) {
        let fields: [(String, String)] = [
            ("entryId", entry.text), ("assetId", asset.id), ("partnerId", "\(partner)"), ("index", "\(server.rawValue)"),
            ("duration", Self.seconds(milliseconds)), ("isLastChunk", isLast ? "1" : "0"), ("filepath", file),
            ("workMode", workMode),
        ]
        let upload = XMLElement(name: "upload", children: fields.map { XMLElement(name: $0, text: $1) })
        return ("\(entry)_\(asset.id)_\(unixMilliseconds).xml", "<?xml version=\"1.0\"?>\n\(upload.serialized())\n")
    }

    // MARK: As text

    var json: JSONValue {
        [
            "entry": .string(entry.text), "partner": .integer(Int64(partner)), "server": .integer(Int64(server.rawValue)),
            "asset": .string(asset.id), "flavor": .integer(asset.flavor), "anchor": .bool(asset.isAnchor),
            "recorded": .string(recordedEntry), "scheme": .string(scheme.rawValue), "file": .string(file),
            "ms": .integer(milliseconds), "last": .bool(isLast),
        ]
    }

    init?(json: JSONValue) {
        guard let entry = json["entry"]?.stringValue.flatMap({ EntryID($0) }),
            let partner = json["partner"]?.int64Value.flatMap({ Int32(exactly: $0) }),
            let server = json["server"]?.int64Value.flatMap({ UInt8(exactly: $0) }).flatMap(ServerIndex.init(rawValue:)),
            let asset = json["asset"]?.stringValue, let flavor = json["flavor"]?.int64Value,
            let scheme = json["scheme"]?.stringValue.flatMap(RecordingScheme.init), let file = json["file"]?.stringValue,
            let milliseconds = json["ms"]?.int64Value
        else { return nil }
        (self.entry, self.partner, self.server, self.scheme, self.file) = (entry, partner, server, scheme, file)
        self.asset = LiveAsset(id: asset, flavor: flavor, isAnchor: json["anchor"]?.boolValue ?? false)
        self.milliseconds = milliseconds
        recordedEntry = json["recorded"]?.stringValue ?? ""
        isLast = json["last"]?.boolValue ?? false
    }
}
