import SluiceJSON

/// What a stream and its outputs look like in the API. A test holds it against an answer.
extension OpenAPI {
    typealias Member = (name: String, type: String, about: String)

    /// Members that every stream has.
    static let streamMembers: [Member] = [
        ("app", "string", "First half of the address."), ("name", "string", "Second half of the address."),
        ("state", "string", "live, lingering or ended."), ("started", "integer", "Seconds since 1970."),
        ("reconnects", "integer", "How often a publisher came back."),
        ("tracks", "array", "id, kind, codec, and what is known of geometry and sound."),
        ("players", "integer", "Players of all outputs that write a log."),
        ("bytes_in", "integer", "Bytes taken from publishers."), ("frames_in", "integer", "Frames taken from publishers."),
        ("frames_dropped", "integer", "Frames refused."), ("times_repaired", "integer", "Timestamps that did not increase."),
        ("time_jumps", "integer", "Timestamps that jumped."), ("bitrate", "integer", "Bits per second, measured."),
        ("bytes_out", "integer", "Bytes sent to players by the outputs that are open."),
        ("bytes_skipped", "integer", "Bytes that slow players jumped over."),
        ("jumps", "integer", "Jumps of slow players to a later key frame."),
        ("cuts", "integer", "Players closed because they were slow, stalled, or failed while sending."),
    ]

    /// Members that a stream has when there is something to say.
    static let optionalStreamMembers: [Member] = [
        (
            "publisher", "object",
            "session (empty for the server's own: sources and steps), peer, protocol, client, principal, since; absent while it lingers."
        ),
        ("group", "string", "The group whose variant it is."), ("attributes", "object", "Attributes set on the stream."),
        ("outputs", "array", "The open outputs; only where one stream is asked for."),
        ("steps", "array", "What is made of it: step, plugin, state, outputs, failures, report; only for one stream."),
    ]

    /// Members that every output has.
    static let outputMembers: [Member] = [
        ("plugin", "string", "Who writes it."), ("players", "integer", "Players that have joined."),
        ("frames_lost", "integer", "Frames for which the plugin was too slow."),
    ]

    /// Members of an output that writes a log; all counts since it was opened for its first player.
    static let logMembers: [Member] = [
        ("format", "string", "Format of the log."), ("variant", "string", "Variant of the format; absent for the plain one."),
        ("players_by_thread", "array", "Players on each I/O thread."),
        ("players_behind", "integer", "Players whose socket did not take all at the last try."),
        ("players_waiting", "integer", "Players that wait for the next key frame."),
        ("bytes_out", "integer", "Bytes sent to players."), ("bytes_skipped", "integer", "Bytes that slow players jumped over."),
        ("jumps", "integer", "Jumps of slow players to a later key frame."),
        ("cuts", "integer", "Players closed because they were slow, stalled, or failed while sending."),
        ("records", "integer", "Records written to the log."),
        ("bytes_dropped", "integer", "Bytes of records for which the log had no room."),
        ("log_bytes", "integer", "Memory held for all players together."),
        ("lag_bytes", "object", "p50, p90, p99 and max over the players, now: bytes that they have still to get."),
        ("lag_ms", "object", "lag_bytes in milliseconds at the stream's bit rate; absent while that is not known."),
    ]

    static var schemas: JSONObject {
        let output: JSONObject = object(outputMembers, optional: logMembers)
        var stream = object(streamMembers, optional: optionalStreamMembers)
        if var properties = stream["properties"]?.objectValue, var outputs = properties["outputs"]?.objectValue {
            outputs["items"] = ["$ref": "#/components/schemas/Output"]
            properties["outputs"] = .object(outputs)
            stream["properties"] = .object(properties)
        }
        return ["Stream": .object(stream), "Output": .object(output)]
    }

    private static func object(_ members: [Member], optional: [Member]) -> JSONObject {
        let properties = (members + optional).map { member in
            (member.name, JSONValue.object(["type": .string(member.type), "description": .string(member.about)]))
        }
        return [
            "type": "object", "required": .array(members.map { .string($0.name) }), "properties": .object(JSONObject(properties)),
        ]
    }
}
