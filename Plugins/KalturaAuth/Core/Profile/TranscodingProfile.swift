import Formats

/// A transcoding profile of the back end as a ladder (SPEC §8.2).
///
/// Unknown elements are ignored, an output that cannot be made is left out and told in `problems`; none left is NO_PROFILE.
public struct TranscodingProfile: Sendable, Equatable {
    public var ladder: Ladder
    /// What was left out or not understood, for one log line each; at most `mostProblems`.
    public var problems: [String]

    /// Outputs of a profile; what is beyond is left out.
    public static let mostRenditions = Ladder.mostRenditions
    static let mostProblems = 32

    /// One that was made otherwise.
    public init(ladder: Ladder, problems: [String]) {
        self.ladder = ladder
        self.problems = problems
    }

    /// The document of `serve` for the input `source` (`ENTRY_INDEX`).
    public init(xml: [UInt8], source: String) throws(ProfileError) {
        let root: XMLElement
        do { root = try XMLElement(parsing: xml) } catch { throw .xml(error) }
        try self.init(root, source: source)
    }

    /// The same of a document that was read.
    public init(_ root: XMLElement, source: String) throws(ProfileError) {
        guard root.name == "Root", let transcode = root["Transcode"] else { throw .notAProfile }
        var reader = ProfileReader(source: source)
        let renditions = (transcode["Encodes"]?.all("Encode") ?? []).compactMap { reader.rendition($0) }
        guard !renditions.isEmpty else { throw .empty(reader.problems) }
        let decode = transcode.element("Decode", "Video")
        ladder = Ladder(
            renditions: renditions,
            groups: (transcode["StreamNameGroups"]?.all("StreamNameGroup") ?? []).prefix(Self.mostRenditions).compactMap {
                reader.group($0, among: renditions)
            },
            deinterlaces: decode?["Deinterlace"]?.isTrue ?? false,
            prefersHardwareDecoder: decode?["Implementation"]?.value == "NVCUVID",
            prefersHardwareScaler: transcode.element("Scale", "Implementation")?.value == "CUDA",
            assumedFrameRateMilli: reader.frameRate(transcode["Properties"]))
        problems = reader.problems
    }
}

extension XMLElement {
    /// `true` in any case; anything else is false.
    var isTrue: Bool { ASCII.lowercased(value) == "true" || value == "1" }
}
