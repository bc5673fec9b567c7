import SluiceJSON

/// One plugin of the API as an operator reads it: what it is, then one line for each of its generations and what keeps it alive.
struct PluginReport {
    let plugin: JSONValue

    var lines: [String] {
        var head = plugin.objectValue ?? JSONObject()
        for key in ["leases", "generations", "budgets"] { head[key] = nil }
        if let budgets { head["calls"] = .string(budgets) }
        var out = Details.lines(.object(head))
        guard !generations.isEmpty else { return out }
        out += [""] + table.lines
        let processes = processes
        if !processes.rows.isEmpty { out += [""] + processes.lines }
        for one in generations {
            out += notes.compactMap { key, words in
                let value = one.cell(key)
                return value.isEmpty ? nil : "generation \(one.cell("generation")), \(words): \(Output.safe(value))"
            }
        }
        return out
    }

    private var generations: [JSONValue] { plugin["generations"]?.arrayValue ?? [] }

    private let notes = [("sandbox", "sandbox"), ("last_death", "last death"), ("last_error", "last error")]

    private var budgets: String? {
        guard let budgets = plugin["budgets"] else { return nil }
        func number(_ key: String) -> String { budgets.cell(key) }
        var text =
            "\(number("soft_overruns")) over \(number("soft_ms")) ms, \(number("hard_overruns")) over \(number("hard_ms")) ms"
        if let hanging = budgets["hanging"]?.intValue, hanging > 0 { text += ", \(hanging) hang now" }
        if let last = budgets["last"] {
            text += "; the last: \(last.cell("function")), \(last.cell("ms")) ms on \(last.cell("thread"))"
        }
        return Output.safe(text)
    }

    private var table: Table {
        let isProcess = generations.contains { $0["pid"] != nil }
        var table = Table("GENERATION", "STATE", "VERSION", "SHA256")
        let hasFigures = generations.contains { $0["memory"] != nil }
        if isProcess { table.headings += ["PROCESS", "PID", "STARTS"] }
        if hasFigures { table.headings += ["MEMORY", "CPU"] }
        table.headings.append("HELD BY")
        table.rows = generations.map { one in
            var row = [one.cell("generation"), one.cell("state"), one.cell("version"), String(one.cell("sha256").prefix(12))]
            if isProcess { row += process(one) }
            if hasFigures {
                row += [
                    Quantity.bytes(Int64(one["memory"]?.intValue ?? 0)),
                    Quantity.milliseconds(Int64(one["cpu_ms"]?.intValue ?? 0)),
                ]
            }
            return row + [held(one)]
        }
        return table
    }

    private func process(_ one: JSONValue) -> [String] {
        guard one["pid"] != nil else { return ["", "", ""] }
        return [one.cell("process"), one.cell("pid"), String((one["restarts"]?.intValue ?? 0) + 1)]
    }

    /// Those of single streams or groups.
    private var processes: Table {
        var table = Table("PROCESS OF", "STATE", "PID", "STARTS", "MEMORY", "CPU", "TRANSFORMS", "LAST DEATH")
        let all: [JSONValue] = generations.flatMap { $0["processes"]?.arrayValue ?? [] }
        table.rows = all.map { (one: JSONValue) -> [String] in
            let used: String = one["cpu_percent"] == nil ? "" : one.cell("cpu_percent") + " %"
            let memory: String = Quantity.bytes(Int64(one["memory"]?.intValue ?? 0))
            let head: [String] = [one.cell("of")] + process(one)
            return head + [memory, used, one.cell("transforms"), Output.safe(one.cell("last_death"))]
        }
        return table
    }

    /// `2 sessions, 1 sink`; nothing keeps it alive when this is empty.
    private func held(_ one: JSONValue) -> String {
        let leases = (one["leases"]?.objectValue ?? [:]).compactMap { key, value -> String? in
            guard let count = value.intValue, count > 0 else { return nil }
            return count == 1 && key.hasSuffix("s") ? "1 \(key.dropLast())" : "\(count) \(key)"
        }
        return leases.joined(separator: ", ")
    }
}
