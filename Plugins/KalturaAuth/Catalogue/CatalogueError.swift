/// Why an operation on the catalogue failed. No text contains a token or a secret.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `partner 102`.
    case notFound(String)
    case exists(String)
    /// A value that cannot be taken, and what would do.
    case invalid(String)
    /// Something still depends on it.
    case inUse(String)
    /// The database failed: SQLite's result code and its words.
    case database(code: Int32, String)
    /// The database server cannot be had, or answered with an error: its words, which hold no address and no value.
    case server(String)

    public var description: String {
        switch self {
        case .notFound(let what): "there is no \(what)"
        case .exists(let what): "\(what) exists already"
        case .invalid(let problem), .inUse(let problem): problem
        case .database(let code, let text): "the catalogue cannot be used: \(text) (SQLite \(code))"
        case .server(let text): "the catalogue cannot be used: \(text)"
        }
    }

    /// The status of an admin answer.
    public var httpStatus: Int {
        switch self {
        case .notFound: 404
        case .exists, .inUse: 409
        case .invalid: 400
        case .database, .server: 503
        }
    }
}
