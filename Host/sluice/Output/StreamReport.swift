import SluiceJSON

/// One stream of the API as an operator reads it: what comes in, who gets it, who lags.
struct StreamReport {
    let stream: JSONValue
    /// Seconds since 1970.
    let now: Int64

    var lines: [String] {
        var out = [title] + tracks
        out += publisher
        out.append(
            "in         \(Quantity.bitrate(number("bitrate"))), \(Quantity.bytes(number("bytes_in"))), \(number("frames_in")) frames, "
                + "\(number("frames_dropped")) dropped, \(count(number("reconnects"), "reconnect"))")
        out.append(
            "out        \(count(number("players"), "player")), \(Quantity.bytes(number("bytes_out"))), "
                + "\(Quantity.bytes(number("bytes_skipped"))) skipped in \(count(number("jumps"), "jump")), \(number("cuts")) cut"
        )
        for (key, value) in stream["attributes"]?.objectValue ?? [:] {
            out.append("attribute  \(Output.safe(key)) = \(Details.plain(value))")
        }
        out += steps
        out += reports
        out += logs
        out += others
        return out
    }

    private var title: String {
        let began = number("started")
        let age = began > 0 ? ", for " + Quantity.seconds(now - began) : ""
        return Output.safe(stream.cell("app") + "/" + stream.cell("name")) + "  " + Output.safe(stream.cell("state")) + age
    }

    private var tracks: [String] {
        (stream["tracks"]?.arrayValue ?? []).map { track in
            var words = [track.cell("codec")]
            if let width = track["width"]?.intValue, let height = track["height"]?.intValue { words.append("\(width)x\(height)") }
            if track["frame_rate"] != nil { words.append(track.cell("frame_rate") + " fps") }
            if track["sample_rate"] != nil { words.append(track.cell("sample_rate") + " Hz") }
            if track["channels"] != nil { words.append(track.cell("channels") + " ch") }
            let kind = track.cell("kind")
            return Output.safe(kind + String(repeating: " ", count: max(11 - kind.count, 1)) + words.joined(separator: " "))
        }
    }

    private var publisher: [String] {
        guard let publisher = stream["publisher"] else { return ["publisher  nobody"] }
        guard !publisher.cell("session").isEmpty else { return ["publisher  " + Output.safe(publisher.cell("peer"))] }
        var words = publisher.cell("peer") + " by " + publisher.cell("protocol")
        if !publisher.cell("client").isEmpty { words += ", " + publisher.cell("client") }
        if !publisher.cell("principal").isEmpty { words += ", as " + publisher.cell("principal") }
        return ["publisher  " + Output.safe(words + ", session " + publisher.cell("session"))]
    }

    /// What is made of it, and why not.
    private var steps: [String] {
        (stream["steps"]?.arrayValue ?? []).map { step in
            let made = (step["outputs"]?.arrayValue ?? []).map { output in
                output.cell("stream") + (output.cell("reason").isEmpty ? "" : " (\(output.cell("reason")))")
            }
            var words = "\(step.cell("step")) by \(step.cell("plugin")), \(step.cell("state"))"
            if !step.cell("reason").isEmpty { words += ": " + step.cell("reason") }
            if !made.isEmpty { words += ": " + made.joined(separator: ", ") }
            return "step       " + Output.safe(words + ", \(step.cell("frames_lost")) frames lost")
        }
    }

    /// What plugins tell of their steps: a list of objects is a table, all else a line.
    private var reports: [String] {
        (stream["steps"]?.arrayValue ?? []).flatMap { step -> [String] in
            var out: [String] = []
            for (key, value) in step["report"]?.objectValue ?? [:] {
                guard let rows = value.arrayValue, let first = rows.first?.objectValue else {
                    out.append("\(Output.safe(step.cell("step"))) \(Output.safe(key)): \(Output.safe(Details.plain(value)))")
                    continue
                }
                var table = Table(Output.safe(step.cell("step")).uppercased())
                let keys = first.map { $0.0 }
                table.headings += keys.map { Output.safe($0).uppercased().replacing("_", with: " ") }
                table.rows = rows.map { row in [Output.safe(key)] + keys.map { Output.safe(row.cell($0)) } }
                out += [""] + table.lines
            }
            return out
        }
    }

    /// The outputs that write a log, in two tables: what was sent, and how far players lag now.
    private var logs: [String] {
        let logs = outputs.filter { $0["format"] != nil }
        guard !logs.isEmpty else { return [] }
        var sent = Table("OUTPUT", "PLAYERS", "BY THREAD", "SENT", "SKIPPED", "JUMPS", "CUT", "LOG", "RECORDS", "DROPPED")
        sent.rows = logs.map { output in
            let threads = (output["players_by_thread"]?.arrayValue ?? []).map { Details.plain($0) }
            return [
                name(output), output.cell("players"), threads.joined(separator: "+"), bytes(output, "bytes_out"),
                bytes(output, "bytes_skipped"), output.cell("jumps"), output.cell("cuts"), bytes(output, "log_bytes"),
                output.cell("records"), bytes(output, "bytes_dropped"),
            ]
        }
        var lag = Table("LAG NOW", "BEHIND", "WAITING", "P50", "P90", "P99", "MAX")
        lag.rows = logs.map { output in
            [name(output), output.cell("players_behind"), output.cell("players_waiting")]
                + ["p50", "p90", "p99", "max"].map { lagText(output, $0) }
        }
        return [""] + sent.lines + [""] + lag.lines
    }

    /// The outputs without a log serve requests.
    private var others: [String] {
        let others = outputs.filter { $0["format"] == nil }
        guard !others.isEmpty else { return [] }
        return [""] + others.map { "\(Output.safe($0.cell("plugin"))): \($0.cell("frames_lost")) frames lost" }
    }

    private var outputs: [JSONValue] { stream["outputs"]?.arrayValue ?? [] }

    private func name(_ output: JSONValue) -> String {
        output.cell("format") + (output["variant"] == nil ? "" : "/" + output.cell("variant"))
    }

    private func lagText(_ output: JSONValue, _ key: String) -> String {
        guard let lag = output["lag_bytes"]?[key]?.intValue else { return "" }
        let time = output["lag_ms"]?[key]?.intValue.map { " (\(Quantity.milliseconds(Int64($0))))" } ?? ""
        return Quantity.bytes(Int64(lag)) + time
    }

    private func bytes(_ value: JSONValue, _ key: String) -> String {
        value[key]?.intValue.map { Quantity.bytes(Int64($0)) } ?? ""
    }

    private func number(_ key: String) -> Int64 { Int64(stream[key]?.intValue ?? 0) }

    private func count(_ number: Int64, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
}
