/// What came of one case.
public struct CaseResult: Sendable, Equatable {
    public enum Outcome: String, Sendable {
        case passed, failed
        /// The plugin does not have what the case is about; the text says what.
        case notApplicable = "not-applicable"
    }

    public let name: String
    public let level: Level
    public let asks: String
    public let outcome: Outcome
    /// Why it failed or does not apply; one line each, with what to do about it.
    public let reasons: [String]
    /// Figures, and what is worth knowing without being wrong.
    public let notes: [String]
    public let milliseconds: Int

    public var group: String { String(name.prefix { $0 != "." }) }
}
