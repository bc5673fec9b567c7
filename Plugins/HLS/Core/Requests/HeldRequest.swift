/// What a held request waits for.
enum HeldRequest: Sendable, Equatable {
    /// The rendition's first three complete segments, then the plain playlist.
    case first(rendition: String)
    /// A complete segment of this number, or a later one.
    case segment(rendition: String, sequence: Int64)
    /// Part `part` of segment `sequence`, or anything later.
    case position(rendition: String, sequence: Int64, part: UInt64)
    /// The part of this number.
    case part(rendition: String, number: UInt64)

    /// The key under which all who wait for the same are held.
    var key: String {
        switch self {
        case .first(let rendition): "\(rendition) first"
        case .segment(let rendition, let sequence): "\(rendition) \(sequence)"
        case .position(let rendition, let sequence, let part): "\(rendition) \(sequence).\(part)"
        case .part(let rendition, let number): "\(rendition) part \(number)"
        }
    }

    /// The rendition's name.
    var rendition: String {
        switch self {
        case .first(let name), .segment(let name, _), .position(let name, _, _), .part(let name, _): name
        }
    }
}
