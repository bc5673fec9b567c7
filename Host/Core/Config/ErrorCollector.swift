/// Collects the errors of one file while it is read, so that all are told at once.
final class ErrorCollector {
    let document: TOMLDocument
    private(set) var errors: [ConfigurationError] = []

    init(_ document: TOMLDocument) { self.document = document }

    /// Adds an error at the value of `path`, or at its key.
    func add(at path: ConfigurationPath, _ message: String, suggestion: String? = nil, value: Bool = true) {
        errors.append(document.error(at: path, message, suggestion: suggestion, value: value))
    }

    func throwIfAny() throws(ConfigurationErrors) {
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    }
}
