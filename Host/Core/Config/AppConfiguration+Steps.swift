import SluiceJSON

extension AppConfiguration {
    /// The keys of a step that are the host's; all others are the plugin's.
    static let stepKeys = ["use", "as", "from"]

    mutating func read(steps table: TableReader) {
        let readers = table.tables("step")
        for (index, reader) in readers.enumerated() {
            if let step = Self.step(reader, index) { steps.append(step) }
        }
        for step in steps where steps.contains(where: { $0.name == step.name && $0.index < step.index }) {
            readers[step.index].refuse(
                readers[step.index].object["as"] == nil ? "use" : "as",
                "\(readers[step.index].name): another step is called \"\(step.name)\"; say as = \"…\"")
        }
        let names = steps.map(\.name)
        for step in steps {
            guard case .step(let name, _) = step.from, !names.contains(name) else { continue }
            readers[step.index].refuse(
                "from", "\(readers[step.index].name) from: no step \"\(name)\"",
                suggestion: Suggestion.nearest(to: name, among: ["source"] + names))
        }
        for step in steps {
            guard let way = cycle(from: step) else { continue }
            readers[step.index].refuse("from", "\(readers[step.index].name) from: a cycle: \(way.joined(separator: " ← "))")
        }
        for (index, reader) in table.tables("source").enumerated() {
            guard let source = Self.source(reader, index) else { continue }
            if sources.contains(where: { $0.stream == source.stream }) {
                reader.refuse("stream", "\(reader.name) stream: another source of the app publishes \"\(source.stream)\"")
            }
            sources.append(source)
        }
    }

    private static func step(_ table: TableReader, _ index: Int) -> StepConfiguration? {
        let use = table.read("use", "a plugin id") { $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil } }
        let name = table.read("as", "1 to 32 of a-z, 0-9 and -, not \"source\"") {
            $0.stringValue.flatMap { PluginID.isValid($0) && $0 != "source" ? $0 : nil }
        }
        let from = table.read("from", "\"source\", \"STEP\" or \"STEP/LABEL\"") {
            $0.stringValue.flatMap(StepConfiguration.Input.init)
        }
        if table.object["use"] == nil { table.missing("use", "\"transcode\"") }
        guard let use else { return nil }
        var settings = table.object
        for key in stepKeys { settings[key] = nil }
        return StepConfiguration(use: use, name: name ?? use, from: from ?? .source, settings: settings, index: index)
    }

    private static func source(_ table: TableReader, _ index: Int) -> SourceConfiguration? {
        let use = table.read("use", "a plugin id") { $0.stringValue.flatMap { PluginID.isValid($0) ? $0 : nil } }
        let stream = table.string("stream")
        if table.object["use"] == nil { table.missing("use", "\"pattern\"") }
        if table.object["stream"] == nil { table.missing("stream", "\"test\"") }
        let settings = table.read("settings", "a table") { $0.objectValue }
        table.finish()
        if let stream, let reason = AppName.refusal(stream) {
            table.refuse("stream", "\(table.name) stream \(ConfigurationPath.quoted(stream)): \(reason)")
        }
        guard let use, let stream else { return nil }
        return SourceConfiguration(use: use, stream: stream, settings: settings ?? JSONObject(), index: index)
    }

    /// The way from a step back to itself, told once per cycle: at its first step.
    private func cycle(from start: StepConfiguration) -> [String]? {
        var way = [start.name]
        var step = start
        while case .step(let name, _) = step.from, let before = steps.first(where: { $0.name == name }) {
            way.append(name)
            guard name != start.name else { return before.index == start.index ? way : nil }
            // Into another cycle, or into this one by a step before its first.
            guard way.count <= steps.count, before.index > start.index else { return nil }
            step = before
        }
        return nil
    }
}

extension StepConfiguration.Input {
    /// Reads `source`, `STEP` or `STEP/LABEL`.
    init?(_ text: String) {
        guard text != "source" else {
            self = .source
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, PluginID.isValid(name), name != "source" else { return nil }
        guard parts.count == 2 else {
            self = .step(name, label: nil)
            return
        }
        guard StepLabel.isValid(parts[1]) else { return nil }
        self = .step(name, label: parts[1])
    }
}

/// What a step's output may be called: it becomes a part of a stream's name.
public enum StepLabel {
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit.
    public static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
