import Foundation

/// What the headers come to on this machine: sizes, offsets, types, values. The text of it is what `PluginAPI/ABI/*.layout.json` hold.
struct Layout: Equatable {
    struct Field: Equatable {
        var name: String
        var offset: Int
        var size: Int
        /// As it is declared, with one space between words: it locks the arguments of functions, too.
        var declaration: String
    }

    struct Struct: Equatable {
        var size: Int
        /// In order.
        var fields: [Field]
    }

    var major = 0
    var minor = 0
    var structs: [String: Struct] = [:]
    var integers: [String: Int] = [:]
    var texts: [String: String] = [:]
    /// Types of functions that are called back, the entry, and what a handle is.
    var types: [String: String] = [:]

    struct Unreadable: Error {}

    init() {}

    init(parsing text: String) throws {
        guard let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
            let abi = (root["abi"] as? String)?.split(separator: ".").compactMap({ Int($0) }), abi.count == 2,
            let integers = root["integers"] as? [String: Int], let texts = root["texts"] as? [String: String],
            let types = root["types"] as? [String: String], let structs = root["structs"] as? [String: [String: Any]]
        else { throw Unreadable() }
        (major, minor) = (abi[0], abi[1])
        (self.integers, self.texts, self.types) = (integers, texts, types)
        for (name, one) in structs {
            guard let size = one["size"] as? Int, let fields = one["fields"] as? [String: [String: Any]] else {
                throw Unreadable()
            }
            let read = try fields.map { name, field in
                guard let offset = field["offset"] as? Int, let size = field["size"] as? Int,
                    let declaration = field["declaration"] as? String
                else { throw Unreadable() }
                return Field(name: name, offset: offset, size: size, declaration: declaration)
            }
            self.structs[name] = Struct(size: size, fields: read.sorted { $0.offset < $1.offset })
        }
    }

    /// One line per fact, sorted: what differs is what `git diff` shows.
    var text: String {
        var out = "{\n  \"abi\": \"\(major).\(minor)\",\n  \"structs\": {\n"
        out += Self.list(structs.keys.sorted()) { name in
            let one = structs[name] ?? Struct(size: 0, fields: [])
            let fields = Self.list(one.fields) {
                "      \"\($0.name)\": {\"offset\": \($0.offset), \"size\": \($0.size), \"declaration\": \"\($0.declaration)\"}"
            }
            return "    \"\(name)\": {\"size\": \(one.size), \"fields\": {\n\(fields)    }}"
        }
        out += "  },\n  \"integers\": {\n" + Self.list(integers.keys.sorted()) { "    \"\($0)\": \(integers[$0] ?? 0)" }
        out += "  },\n  \"texts\": {\n" + Self.list(texts.keys.sorted()) { "    \"\($0)\": \"\(texts[$0] ?? "")\"" }
        out += "  },\n  \"types\": {\n" + Self.list(types.keys.sorted()) { "    \"\($0)\": \"\(types[$0] ?? "")\"" }
        return out + "  }\n}\n"
    }

    private static func list<T>(_ all: [T], _ line: (T) -> String) -> String {
        all.isEmpty ? "" : all.map(line).joined(separator: ",\n") + "\n"
    }

    /// Only what this one has and the other has not: drafts beside the frozen headers that they include.
    func without(_ other: Layout) -> Layout {
        var result = self
        result.structs = structs.filter { other.structs[$0.key] == nil }
        result.integers = integers.filter { other.integers[$0.key] == nil }
        result.texts = texts.filter { other.texts[$0.key] == nil }
        result.types = types.filter { other.types[$0.key] == nil }
        return result
    }
}
