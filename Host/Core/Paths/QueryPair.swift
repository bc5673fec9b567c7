/// One `name=value` of a query, percent-decoded once, `+` read as a space; a pair without `=` has an empty value.
public struct QueryPair: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
