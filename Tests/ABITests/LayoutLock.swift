/// The rules of `PluginAPI/ABI/RULES.md` as far as a layout shows them.
enum LayoutLock {
    /// What `current` does that a plugin built against `locked` would not survive; empty: it has only grown.
    static func violations(of locked: Layout, by current: Layout) -> [String] {
        var found: [String] = []
        if current.major != locked.major { found.append("the major is \(current.major), not \(locked.major)") }
        if current.minor < locked.minor { found.append("the minor went back to \(current.minor)") }
        for (name, old) in locked.structs.sorted(by: { $0.key < $1.key }) {
            guard let new = current.structs[name] else {
                found.append("\(name) is gone")
                continue
            }
            found += violations(in: name, of: old, by: new)
        }
        for (name, value) in locked.integers.sorted(by: { $0.key < $1.key }) where name != "SLUICE_ABI_MINOR" {
            if current.integers[name] != value {
                found.append("\(name) is \(current.integers[name].map(String.init) ?? "gone"), not \(value)")
            }
        }
        for (name, value) in locked.texts.sorted(by: { $0.key < $1.key }) where current.texts[name] != value {
            found.append("\(name) is \(current.texts[name] ?? "gone"), not \(value)")
        }
        for (name, value) in locked.types.sorted(by: { $0.key < $1.key }) where current.types[name] != value {
            found.append("\(name) is \(current.types[name] ?? "gone"), not \(value)")
        }
        if current.minor == locked.minor, let grown = growth(of: locked, in: current) {
            found.append("\(grown) is new, and the minor is still \(current.minor)")
        }
        return found
    }

    private static func violations(in name: String, of old: Layout.Struct, by new: Layout.Struct) -> [String] {
        var found: [String] = []
        if new.size < old.size { found.append("\(name) shrank from \(old.size) to \(new.size) bytes") }
        let grows = old.fields.first?.name == "struct_size"
        if !grows, new.size > old.size { found.append("\(name) has no struct_size and grew") }
        for (place, field) in old.fields.enumerated() {
            guard let now = new.fields.first(where: { $0.name == field.name }) else {
                found.append("\(name).\(field.name) is gone")
                continue
            }
            if now.offset != field.offset { found.append("\(name).\(field.name) moved from \(field.offset) to \(now.offset)") }
            if now.size != field.size { found.append("\(name).\(field.name) has \(now.size) bytes, not \(field.size)") }
            if now.declaration != field.declaration {
                found.append("\(name).\(field.name) is declared \(now.declaration), not \(field.declaration)")
            }
            if place < new.fields.count, new.fields[place].name != field.name, now.offset == field.offset {
                found.append("\(name).\(field.name) has another place in the order")
            }
        }
        // Padding at the end was counted by struct_size all along: what lies there reads as garbage.
        for field in new.fields where !old.fields.contains(where: { $0.name == field.name }) && field.offset < old.size {
            found.append("\(name).\(field.name) is new and lies before the end that it had")
        }
        return found
    }

    /// Something that a plugin may depend on and that an older host has not.
    private static func growth(of locked: Layout, in current: Layout) -> String? {
        for (name, new) in current.structs.sorted(by: { $0.key < $1.key }) {
            guard let old = locked.structs[name] else { return name }
            if let field = new.fields.first(where: { field in !old.fields.contains { $0.name == field.name } }) {
                return "\(name).\(field.name)"
            }
        }
        return current.texts.keys.sorted().first { locked.texts[$0] == nil }
    }
}
