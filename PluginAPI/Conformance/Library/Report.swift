import SluiceJSON

/// What came of all cases that were run.
public struct Report: Sendable, Equatable {
    /// The library's file name, id and version.
    public let library: String
    public let id: String
    public let version: String
    /// What the random cases began with; the same seed gives the same bytes.
    public let seed: UInt64
    public let wanted: Level
    /// Only a selection of the level's cases was run: no level is reached by it.
    public let isPartial: Bool
    public let results: [CaseResult]

    public func count(_ outcome: CaseResult.Outcome) -> Int { results.reduce(0) { $0 + ($1.outcome == outcome ? 1 : 0) } }
    public var passed: Bool { count(.failed) == 0 }

    /// The highest level up to the wanted one whose cases, and those below it, have not failed; nil: not even `loads`, or a selection.
    public var reached: Level? {
        guard !isPartial else { return nil }
        let failed = results.filter { $0.outcome == .failed }.map(\.level).min()
        guard let failed else { return wanted }
        return Level.allCases.last { $0 < failed && $0 <= wanted }
    }

    // MARK: Formats

    public var text: String {
        var lines = ["\(library): \(id) \(version), seed \(seed)"]
        for result in results {
            let word = [.passed: "ok  ", .failed: "FAIL", .notApplicable: "-   "][result.outcome] ?? ""
            let padding = String(repeating: " ", count: max(1, 32 - result.name.utf8.count))
            let what = result.outcome == .notApplicable ? "not applicable: \(result.reasons.first ?? "")" : result.asks
            lines.append("\(word)  \(result.name)\(padding)\(what) (\(result.milliseconds) ms)")
            if result.outcome == .failed { lines += result.reasons.map { "      \($0)" } }
            lines += result.notes.map { "      note: \($0)" }
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line: counts and the level.
    public var summary: String {
        let counts = "\(count(.passed)) good, \(count(.failed)) failed, \(count(.notApplicable)) not applicable"
        guard !isPartial else { return "\(results.count) cases: \(counts). A selection: no level" }
        return "\(results.count) cases: \(counts). Level: \(reached?.name ?? "none")"
            + (passed ? "" : " (wanted: \(wanted.name))")
    }

    public var json: String {
        let cases = results.map { result in
            JSONValue.object([
                "name": .string(result.name), "group": .string(result.group), "level": .string(result.level.name),
                "asks": .string(result.asks), "outcome": .string(result.outcome.rawValue),
                "reasons": .array(result.reasons.map { .string($0) }), "notes": .array(result.notes.map { .string($0) }),
                "milliseconds": .integer(Int64(result.milliseconds)),
            ])
        }
        let root: JSONObject = [
            "library": .string(library), "id": .string(id), "version": .string(version), "seed": .string(String(seed)),
            "wanted": .string(wanted.name), "reached": reached.map { .string($0.name) } ?? .null,
            "passed": .integer(Int64(count(.passed))), "failed": .integer(Int64(count(.failed))),
            "notApplicable": .integer(Int64(count(.notApplicable))), "cases": .array(cases),
        ]
        return JSONValue.object(root).serialized(pretty: true) + "\n"
    }

    /// JUnit's XML, one suite per group, for what reads test reports.
    public var junit: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append(
            "<testsuites name=\"\(Self.escaped("sluice conform \(id)"))\" tests=\"\(results.count)\" failures=\"\(count(.failed))\">"
        )
        var groups: [String] = []
        for result in results where !groups.contains(result.group) { groups.append(result.group) }
        for group in groups {
            let members = results.filter { $0.group == group }
            let failures = members.filter { $0.outcome == .failed }.count
            let skipped = members.filter { $0.outcome == .notApplicable }.count
            lines.append(
                "  <testsuite name=\"\(group)\" tests=\"\(members.count)\" failures=\"\(failures)\" skipped=\"\(skipped)\">")
            lines += members.map { Self.element($0, seed: seed) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>", ""]).joined(separator: "\n")
    }

    private static func element(_ result: CaseResult, seed: UInt64) -> String {
        let seconds = "\(result.milliseconds / 1000).\(String(1000 + result.milliseconds % 1000).dropFirst())"
        let head = "    <testcase classname=\"\(result.group)\" name=\"\(result.name)\" time=\"\(seconds)\""
        let reasons = escaped(result.reasons.joined(separator: "; "))
        switch result.outcome {
        case .passed: return head + "/>"
        case .failed: return head + "><failure message=\"\(reasons)\">seed \(seed)</failure></testcase>"
        case .notApplicable: return head + "><skipped message=\"\(reasons)\"/></testcase>"
        }
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case _ where scalar.value < 32: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
