/// Entity tags of `If-None-Match` (RFC 9110 §8.8.3, §13.1.2), compared weakly.
enum EntityTag {
    /// True when the list holds the tag or is `*`.
    static func matches(_ tag: String, in list: String) -> Bool {
        let wanted = strong(tag[...])
        return list.split(separator: ",").prefix(64).contains { element in
            let candidate = strong(element.drop { $0 == " " }[...])
            return candidate == "*" || candidate == wanted
        }
    }

    private static func strong(_ tag: Substring) -> Substring {
        var tag = tag
        while tag.last == " " { tag.removeLast() }
        return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
    }
}
