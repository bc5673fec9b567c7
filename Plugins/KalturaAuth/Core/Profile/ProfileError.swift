import Formats

/// Why a transcoding profile gives no ladder.
public enum ProfileError: Error, Equatable, CustomStringConvertible {
    /// Not an XML document that we read.
    case xml(XMLError)
    /// A document without `/Root/Transcode`.
    case notAProfile
    /// The entry's profile is not in the catalogue.
    case unknown(profile: Int64)
    /// No flavor of the profile takes this stream index.
    case noIngest(index: Int32)
    /// Nothing in it can be made.
    case empty([String])

    /// Whether this is the profile's own word about the input, rather than a profile that could not be had.
    public var isDecision: Bool {
        switch self {
        case .xml, .notAProfile: false
        case .unknown, .noIngest, .empty: true
        }
    }

    public var description: String {
        switch self {
        case .xml(let error): "\(error)"
        case .notAProfile: "not a transcoding profile"
        case .unknown(let profile): "profile \(profile) is not in the catalogue"
        case .noIngest(let index): "no flavor of the profile takes stream index \(index)"
        case .empty(let problems): "no usable rendition" + (problems.isEmpty ? "" : ": " + problems.joined(separator: "; "))
        }
    }
}
