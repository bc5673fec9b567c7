import SluiceJSON

/// The pair of an entry and a rendition that recordings are filed under (SPEC §1, §10.4).
public struct LiveAsset: Hashable, Sendable {
    public var id: String
    /// The number behind the entry's id in the rendition's stream name.
    public var flavor: Int64
    /// Whether what it records stands for the whole.
    public var isAnchor: Bool

    public init(id: String, flavor: Int64, isAnchor: Bool) {
        self.id = id
        self.flavor = flavor
        self.isAnchor = isAnchor
    }

    /// The objects of an answer to `RecordingScheme.assetsCall`; what cannot be read, or has an id that is no file name, is left out.
    public static func list(_ answer: JSONValue) -> [LiveAsset] {
        (answer["objects"]?.arrayValue ?? []).compactMap { object in
            let fields = APIFields(object: object)
            guard let id = fields.text("id"), let flavor = fields.integer("flavorParamsId"), isName(id) else { return nil }
            let tags = (fields.text("tags") ?? "").split(separator: ",").map { $0.drop(while: \.isWhitespace) }
            return LiveAsset(id: id, flavor: flavor, isAnchor: tags.contains("recording_anchor"))
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { EntryID.isNameCharacter($0) || $0 == 0x2D }
    }

    /// The file of a chunk: `ENTRY.ASSET.SIDE.mp4`, each further one of a broadcast with `_N`; never one that is there already.
    /// - Parameter number: 0 for the first chunk.
    public func fileName(_ entry: EntryID, _ server: ServerIndex, number: Int, isTaken: (String) -> Bool) -> String {
        var number = number
        while true {
            let suffix = number == 0 ? "" : "_\(number)"
            let name = "\(entry).\(id).\(server.rawValue)\(suffix).mp4"
            guard isTaken(name), number < Int.max else { return name }
            number += 1
        }
    }
}
