/// What an app may be called: the rules of names in addresses, told before the server starts.
enum AppName {
    /// Why not, or nil.
    static func refusal(_ name: String) -> String? {
        if name.isEmpty { return "an empty name" }
        if name == "." || name == ".." { return "a name of dots" }
        if name.utf8.count > 255 { return "longer than 255 bytes" }
        if name.hasPrefix("~") { return "a name cannot begin with ~" }
        for scalar in name.unicodeScalars {
            if "/\\?#%".unicodeScalars.contains(scalar) { return "a name is one path part, without \(scalar)" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: return "a control character in the name"
            default: continue
            }
        }
        return nil
    }
}
