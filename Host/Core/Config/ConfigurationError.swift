/// One thing wrong in a configuration file, with its place and, where a name was mistyped, the likely one.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's path as it was given.
    public var file: String
    /// Where; nil when it concerns the file as a whole.
    public var position: SourcePosition?
    /// What is wrong, one line, without the suggestion.
    public var message: String
    /// The name probably meant.
    public var suggestion: String?

    public init(file: String, position: SourcePosition?, message: String, suggestion: String? = nil) {
        self.file = file
        self.position = position
        self.message = message
        self.suggestion = suggestion
    }

    /// `FILE:LINE:COLUMN: MESSAGE; did you mean "NAME"?`
    public var description: String {
        let place = position.map { "\(file):\($0): " } ?? "\(file): "
        return place + message + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
}

/// All that is wrong, in the order of the text; never empty.
public struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
    public var errors: [ConfigurationError]

    public init(_ errors: [ConfigurationError]) {
        self.errors = errors.enumerated()
            .sorted { left, right in
                let places = (
                    left.element.position ?? .init(line: 0, column: 0), right.element.position ?? .init(line: 0, column: 0)
                )
                return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
            }
            .map(\.element)
    }

    /// One line per error.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
