/// Figures as the rows of a Markdown table, padded so that it is read in a terminal, too.
enum FigureTable {
    static func text(_ figures: [Figures]) -> String {
        var rows = [["benchmark", "operation", "best ns", "median ns", "allocations", "bytes"]]
        for figure in figures {
            rows.append([
                figure.name, figure.operation, decimal(figure.best, 1), decimal(figure.median, 1), decimal(figure.allocations, 2),
                decimal(figure.bytes, 0),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            let cells = row.indices.map { pad(row[$0], widths[$0], right: $0 > 1) }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let rule = widths.indices.map { String(repeating: "-", count: widths[$0] + 1) + ($0 > 1 ? ":" : "-") }
        lines.insert("|" + rule.joined(separator: "|") + "|", at: 1)
        return lines.joined(separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int, right: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return right ? space + text : text + space
    }

    /// With a fixed number of decimals.
    static func decimal(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1.0) { result, _ in result * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled.isFinite, scaled < 1e15 else { return "?" }
        var digits = String(Int(scaled))
        if digits.count <= places { digits = String(repeating: "0", count: places + 1 - digits.count) + digits }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return places == 0 ? sign + digits : sign + digits.dropLast(places) + "." + digits.suffix(places)
    }
}
