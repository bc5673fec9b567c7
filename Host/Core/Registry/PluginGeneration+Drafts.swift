extension PluginGeneration {
    /// [any] One line per draft that the plugin offers or gets: what is of revision 0 may change with any release. What the process of a
    /// plugin asks for, it says there.
    func noteDraft(_ id: String) {
        guard id.hasPrefix("sluice."), id.hasSuffix("/0"), !isElsewhere || manifest.interfaces.contains(id) else {
            return
        }
        guard drafts.withLock({ $0.insert(id).inserted }) else { return }
        server.log.info("draft of the ABI in use: it may change with any release", ["plugin": self.id, "id": id])
    }
}
