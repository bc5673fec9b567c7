import KalturaCore
import SluiceJSON

/// Diagnostics (SPEC §14). None of them asks the catalogue: they answer while it is away.
extension AdminService {
    /// The ring of refusals (SPEC §3.3), oldest first.
    var rejectionList: JSONValue {
        let ring = diagnostics.rejections()
        let items = ring.all.map { rejection in
            [
                "time": .string(UTCTime.text(microseconds: rejection.time)),
                "reason": .string(rejection.refusal.cause.rawValue), "shown": .string(rejection.refusal.reason.rawValue),
                "source": .string(rejection.source), "address": .string(rejection.address.description),
                "detail": .string(rejection.refusal.detail),
            ] as JSONValue
        }
        return ["total": .integer(Int64(clamping: ring.total)), "rejections": .array(items)]
    }

    /// Who publishes.
    var liveList: JSONValue {
        let items = diagnostics.publishers().map { publisher in
            [
                "id": .string(String(publisher.connection)), "entry": .string(publisher.entry.text),
                "partner": .integer(Int64(publisher.partner)),
                "server": publisher.server == .primary ? "primary" : "backup", "stream": .string(publisher.stream),
                "live": .bool(publisher.isLive), "scheme": .string(publisher.scheme), "source": .string(publisher.source),
                "address": .string(publisher.address.description),
                "since": .string(UTCTime.text(microseconds: publisher.since)),
            ] as JSONValue
        }
        return ["publishers": .array(items)]
    }

    /// `{"what": "0_ab12cd34"}`: an entry, a stream or a connection's id.
    func kill(_ json: JSONValue) throws(CatalogueError) -> JSONValue {
        guard let what = json["what"]?.stringValue, !what.isEmpty else {
            throw .invalid("\"what\" is missing: an entry, a stream or a connection's id")
        }
        let count = diagnostics.end(what)
        guard count > 0 else { throw .notFound("publisher of that entry, stream or id; see: sluice kaltura live") }
        return ["ending": .integer(Int64(count))]
    }

    /// `info`: the server as a whole. Nothing is said of a GPU.
    var info: JSONValue {
        let server = diagnostics.server()
        let live = diagnostics.publishers().filter(\.isLive)
        var found: JSONObject = ["version": .string(server.version), "hostName": .string(server.hostname)]
        if let started = server.started {
            found["dateStarted"] = .string(UTCTime.text(microseconds: started))
            found["timeRunning"] = .integer(max(server.now - started, 0) / 1_000_000)
        }
        if let usage = server.cpuUsage { found["cpuUsage"] = .number(usage) }
        found["inputStreamsCount"] = .integer(Int64(live.count))
        found["outputStreamsCount"] = .integer(Int64(outputs.values.reduce(0) { $0 + $1.count }))
        found["entriesCount"] = .integer(Int64(Set(live.map(\.entry)).count))
        return .object(found)
    }

    /// The reference's names: `info`, `entries`, `errors`, `killConnection?clientId=`.
    func reference(_ request: AdminRequest) -> AdminResponse {
        switch (request.method, request.path.last) {
        case ("GET", "info"): return AdminResponse(200, info)
        case ("GET", "entries"): return AdminResponse(200, referenceEntries)
        case ("GET", "errors"): return AdminResponse(200, referenceErrors)
        case ("POST", "killConnection"):
            let id = request["clientId"].flatMap { UInt64($0) }
            let known = id.map { diagnostics.end(String($0)) } ?? 0
            return AdminResponse(known > 0 ? 200 : 404, ["Succeed": .bool(known > 0)])
        default: return .problem(405, "\(request.method) is not possible here")
        }
    }

    /// By their time in microseconds since 1970; of several at once each later one is a microsecond on.
    private var referenceErrors: JSONValue {
        var errors = JSONObject()
        var last = Int64.min
        for rejection in diagnostics.rejections().all {
            last = max(rejection.time, last &+ 1)
            errors[String(last)] = [
                "ConnectionUrl": .string(rejection.address.description), "message": .string(rejection.refusal.description),
                "IP": .string(rejection.source), "Time": .string(UTCTime.text(microseconds: rejection.time)),
            ]
        }
        return .object(errors)
    }

    /// What is on air of each entry and nobody publishes, by entry and suffix.
    private var outputs: [String: JSONObject] {
        let publishers = diagnostics.publishers()
        let inputs = Set(publishers.map(\.stream))
        var outputs: [String: JSONObject] = [:]
        for publisher in publishers where publisher.isLive {
            let id = publisher.entry.text
            for (name, stream) in diagnostics.others(publisher) where !inputs.contains(name) && name.hasPrefix(id + "_") {
                var output = JSONObject()
                Self.add(stream, to: &output)
                outputs[id, default: JSONObject()][String(name.dropFirst(id.utf8.count + 1))] = .object(output)
            }
        }
        return outputs
    }

    /// Per entry its inputs and outputs by suffix.
    private var referenceEntries: JSONValue {
        let now = diagnostics.server().now
        let outputs = outputs
        var entries = JSONObject()
        for publisher in diagnostics.publishers() {
            let id = publisher.entry.text
            var inputs = entries[id]?["inputs"]?.objectValue ?? JSONObject()
            var input: JSONObject = [
                "Properties": [
                    "ConectionUrl": .string(publisher.address.description), "IP": .string(publisher.source),
                    "Id": .string(String(publisher.connection)),
                    "timeRunningSeconds": .integer(max(now - publisher.since, 0) / 1_000_000),
                ]
            ]
            if let stream = diagnostics.stream(publisher) { Self.add(stream, to: &input) }
            inputs[String(publisher.stream.dropFirst(id.utf8.count + 1))] = .object(input)
            entries[id] = [
                "currentTime": .string(UTCTime.text(microseconds: now)), "inputs": .object(inputs),
                "outputs": .object(outputs[id] ?? JSONObject()),
            ]
        }
        return .object(entries)
    }

    private static func add(_ stream: Diagnostics.Stream, to input: inout JSONObject) {
        input["Encoder"] = [
            "videoCodec": .string(stream.videoCodec), "audioCodec": .string(stream.audioCodec),
            "videoBitrate": .integer(Int64(stream.videoBitrate)), "audioBitrate": .integer(Int64(stream.audioBitrate)),
            "frameRate": .number(stream.frameRate), "width": .integer(Int64(stream.width)),
            "height": .integer(Int64(stream.height)),
        ]
        input["IOPerformance"] = ["bitrate": .integer(Int64(clamping: stream.bitrate))]
    }
}
