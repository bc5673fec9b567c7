import CSluice
import Synchronization

extension ChildServices {
    private static let noted = Mutex<Set<String>>([])

    /// [any] One line of the plugin's log per draft among the services that it gets; those that belong to an interface of it the host has
    /// told already.
    static func noteDraft(_ id: String) {
        guard id.hasPrefix("sluice."), id.hasSuffix("/0"), noted.withLock({ $0.insert(id).inserted }) else { return }
        if let module = plugin.module, ModuleDescription(module.pointee).interfaces.contains(id) { return }
        var writer = WireWriter(.log)
        writer.i32(SLUICE_LOG_INFO)
        sluice_text.with("draft of the ABI in use: it may change with any release") { text in
            sluice_text.with("id") { key in
                sluice_text.with(id) { value in
                    var pair = sluice_pair(key: key, value: value)
                    writer.text(text)
                    writer.pairs(&pair, 1)
                }
            }
        }
        plugin.link.send(writer.finished())
    }
}
