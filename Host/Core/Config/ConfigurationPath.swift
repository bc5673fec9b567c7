/// The way from the root of a configuration text to one value: `app.kLive.auth[0].plugin`.
public struct ConfigurationPath: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// One step: into a table by key, or into an array by position from 0.
    public enum Part: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    /// The steps, outermost first; empty is the root.
    public var parts: [Part]

    public init(_ parts: [Part] = []) { self.parts = parts }
    public init(arrayLiteral elements: String...) { parts = elements.map { .key($0) } }

    /// The path one key further.
    public func appending(_ key: String) -> ConfigurationPath { ConfigurationPath(parts + [.key(key)]) }
    /// The path one array element further.
    public func appending(_ index: Int) -> ConfigurationPath { ConfigurationPath(parts + [.index(index)]) }
    /// The path one step back; the root stays the root.
    public var parent: ConfigurationPath { ConfigurationPath(parts.dropLast()) }

    /// As TOML writes it: dots between keys, keys quoted where they must be, `[n]` for elements.
    public var description: String {
        var text = ""
        for part in parts {
            switch part {
            case .key(let key): text += (text.isEmpty ? "" : ".") + Self.written(key)
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    static func written(_ key: String) -> String {
        let bare = !key.isEmpty && key.utf8.allSatisfy { isBareKeyByte($0) }
        return bare ? key : quoted(key)
    }

    static func isBareKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Quoted for a one-line message, control characters replaced, cut at 64 characters.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { $0.properties.generalCategory == .control ? "?" : Character($0) }
        return "\"" + String(shown) + (text.unicodeScalars.count > 64 ? "…" : "") + "\""
    }
}
