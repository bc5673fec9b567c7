/// The names of everything a viewer can ask for, one path part each; all are relative to the playlist that names them.
///
/// `index.m3u8`, `video.m3u8`, `video_init1.mp4`, `video_s12.m4s`, `video_p57.m4s`; with a tag `video_TAG_s12.m4s`. Parts are
/// numbered through the rendition's life, not per segment: a hinted name stays right when the part turns out to belong to the
/// next segment.
struct ResourceNames: Sendable {
    /// `HLSConfiguration.tag`.
    let tag: String

    /// What a name of this rendition stands for.
    enum Resource: Equatable {
        case playlist
        case initialization(Int)
        case segment(Int64)
        case part(UInt64)
    }

    static let multivariant = "index.m3u8"

    func playlist(_ rendition: String) -> String { rendition + ".m3u8" }
    func initialization(_ rendition: String, _ number: Int) -> String { "\(prefix(rendition))init\(number).mp4" }
    func segment(_ rendition: String, _ sequence: Int64) -> String { "\(prefix(rendition))s\(sequence).m4s" }
    func part(_ rendition: String, _ number: UInt64) -> String { "\(prefix(rendition))p\(number).m4s" }

    /// The reverse of the others; nil for anything that they never give.
    func resource(_ name: String, of rendition: String) -> Resource? {
        if name == playlist(rendition) { return .playlist }
        let prefix = prefix(rendition)
        guard name.hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count)
        if let digits = middle(rest, "init", ".mp4"), let number = decimal(digits).flatMap(Int.init(exactly:)) {
            return .initialization(number)
        }
        if let digits = middle(rest, "s", ".m4s"), let number = decimal(digits).flatMap(Int64.init(exactly:)) {
            return .segment(number)
        }
        if let digits = middle(rest, "p", ".m4s"), let number = decimal(digits) { return .part(number) }
        return nil
    }

    /// What the names of all the rendition's files begin with.
    func prefix(_ rendition: String) -> String { tag.isEmpty ? rendition + "_" : "\(rendition)_\(tag)_" }

    private func middle(_ text: Substring, _ head: String, _ tail: String) -> Substring? {
        guard text.hasPrefix(head), text.hasSuffix(tail), text.utf8.count > head.utf8.count + tail.utf8.count else { return nil }
        return text.dropFirst(head.count).dropLast(tail.count)
    }

    /// Canonical decimal digits only: one name per resource.
    private func decimal(_ text: Substring) -> UInt64? {
        guard let value = DecimalInteger.parse(text), text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0") else {
            return nil
        }
        return value
    }
}
