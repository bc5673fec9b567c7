/// One name and value of an object or ECMA array; their order is the order of the wire.
public struct AMFProperty: Equatable, Sendable {
    /// At most 65,535 bytes of UTF-8 on the wire.
    public var name: String
    /// Any value.
    public var value: AMFValue

    /// A pair.
    public init(_ name: String, _ value: AMFValue) {
        self.name = name
        self.value = value
    }
}
