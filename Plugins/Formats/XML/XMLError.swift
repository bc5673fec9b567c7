/// Why a text is no document that we read, with the byte where that showed.
public enum XMLError: Error, Equatable, CustomStringConvertible {
    /// Not well-formed: what was wanted there.
    case malformed(String, offset: Int)
    /// The text ends in the middle.
    case truncated
    /// A document type, and with it every way to define entities: never read.
    case documentType(offset: Int)
    /// An entity that is none of the five.
    case entity(String, offset: Int)
    /// Neither UTF-8 nor ASCII, or not valid.
    case encoding
    /// More than a limit allows.
    case limit(String, most: Int)

    public var description: String {
        switch self {
        case .malformed(let wanted, let offset): "XML: \(wanted) expected at byte \(offset)"
        case .truncated: "XML: the document ends early"
        case .documentType(let offset): "XML: a document type at byte \(offset), none is read"
        case .entity(let name, let offset): "XML: unknown entity \(name) at byte \(offset)"
        case .encoding: "XML: not UTF-8"
        case .limit(let what, let most): "XML: more than \(most) \(what)"
        }
    }
}
