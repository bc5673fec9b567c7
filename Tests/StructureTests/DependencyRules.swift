// The direction of dependencies: a plugin's core → Formats and SluiceJSON; its glue → its core and SluiceKit; Host → CSluice and SluiceJSON,
// never a plugin, never SluiceKit; PluginAPI → nothing. Nobody but tests depends on a glue.

/// Holds a manifest and imports against the rules; every breach is one line.
struct DependencyRules {
    enum Place: Equatable {
        case pluginAPI, host, formats, bridge
        /// Of the plugin in that folder below Plugins.
        case core(String), glue(String)
        case test, other
    }

    let manifest: ManifestReader

    private var glueNames: Set<String> { Set(manifest.libraries.flatMap(\.targets)) }

    func place(_ target: ManifestReader.Target) -> Place {
        let parts = target.path.split(separator: "/").map(String.init)
        switch parts.first {
        case "PluginAPI": return .pluginAPI
        case "Host": return .host
        case "Tests", "Benchmarks": return .test
        case "Plugins" where parts.count > 1:
            if target.path == "Plugins/Formats" { return .formats }
            if parts[1] == "Formats" { return .bridge }
            let isGlue = glueNames.contains(target.name) || target.dependencies.contains("SluiceKit")
            return isGlue ? .glue(parts[1]) : .core(parts[1])
        default: return .other
        }
    }

    func place(named name: String) -> Place? { manifest.targets.first { $0.name == name }.map(place) }

    // MARK: Targets

    func breaches() -> [String] {
        var found: [String] = []
        for target in manifest.targets {
            let place = place(target)
            if place == .other { found.append("\(target.name) lies in \(target.path), which is no place of the tree") }
            for dependency in target.dependencies {
                guard let other = self.place(named: dependency) else {
                    found.append("\(target.name) depends on \(dependency), which is no target")
                    continue
                }
                if !allows(place, dependency, other) { found.append("\(target.name) must not depend on \(dependency)") }
            }
            if !takesPackages(place) {
                let allowed = Self.packages[target.name] ?? []
                found += target.packages.filter { !allowed.contains($0) }.map {
                    "\(target.name) must not take a product of \($0)"
                }
            }
            if case .glue = place { found += linking(target) }
        }
        return found
    }

    private func allows(_ place: Place, _ name: String, _ other: Place) -> Bool {
        if case .glue = other { return place == .test }
        switch place {
        case .pluginAPI: return other == .pluginAPI
        // The conformance kit is a command of the executable's; it knows nothing of the host.
        case .host: return other == .host || ["CSluice", "SluiceJSON", "ConformCommand"].contains(name)
        case .formats: return name == "SluiceJSON"
        case .bridge: return other == .formats || other == .pluginAPI
        case .core(let plugin): return other == .formats || other == .core(plugin) || name == "SluiceJSON"
        case .glue(let plugin): return other == .formats || other == .bridge || other == .core(plugin) || other == .pluginAPI
        case .test: return true
        case .other: return false
        }
    }

    /// What a plugin is there to bring in: jwt-kit, in a process of its own.
    private static let packages = ["SluiceToken": ["jwt-kit"]]

    /// Packages are the host's: a copy of NIO in a plugin costs memory and, mixed, crashes.
    private func takesPackages(_ place: Place) -> Bool { place == .host || place == .test }

    private func linking(_ target: ManifestReader.Target) -> [String] {
        var found: [String] = []
        let libraries = manifest.libraries.filter { $0.targets.contains(target.name) }
        if libraries.count != 1 || libraries.first?.isDynamic != true || libraries.first?.targets != [target.name] {
            found.append("\(target.name) needs one dynamic library product of its own")
        }
        for setting in ["-use-ld=lld", "--version-script=", "nodelete"] where !target.linkerSettings.contains(setting) {
            found.append("\(target.name) is not linked with \(setting)")
        }
        return found
    }

    // MARK: Imports

    /// Breaches of one source file of a target.
    func breaches(importsOf source: String, in target: ManifestReader.Target, file: String) -> [String] {
        let place = place(target)
        return Self.imports(source).compactMap { module in
            if let other = self.place(named: module) {
                return allows(place, module, other) || module == target.name ? nil : "\(file) must not import \(module)"
            }
            return isForbidden(module, place) ? "\(file) must not import \(module)" : nil
        }
    }

    private func isForbidden(_ module: String, _ place: Place) -> Bool {
        let isFoundation = module == "Foundation" || module.hasPrefix("Foundation")
        switch place {
        case .core, .formats, .pluginAPI, .bridge:
            return isFoundation || module.hasPrefix("NIO") || module == "Dispatch" || module == "Logging"
        case .glue: return isFoundation || module.hasPrefix("NIO") || module == "Logging"
        case .host: return isFoundation
        case .test, .other: return false
        }
    }

    /// The modules that a file imports.
    static func imports(_ source: String) -> [String] {
        source.split(whereSeparator: \.isNewline).compactMap { line in
            var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            while let first = words.first,
                first.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(first)
            {
                words.removeFirst()
            }
            guard words.count >= 2, words[0] == "import" else { return nil }
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let path = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return path.split(separator: ".").first.map(String.init)
        }
    }
}
