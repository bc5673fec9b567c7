import SluiceJSON

extension PluginManifest {
    /// Addresses in `[config]` that the plugin's process cannot connect to, since `[permissions] connect` does not grant their ports.
    ///
    /// Which values are such addresses is the schema's word (`x-connect-port`). No message holds a value.
    /// - Parameter config: `[config]` as the schema has completed it.
    public func unreachable(in config: JSONObject, by schema: ConfigurationSchema) -> [ConfigurationError] {
        guard isolation == .process else { return [] }
        return schema.root.properties.flatMap { name, node -> [ConfigurationError] in
            guard let standard = node.connectPort, let address = config[name]?.stringValue, !address.isEmpty else { return [] }
            let path = (["config"] as ConfigurationPath).appending(name)
            return Self.ports(of: address, standard: standard).filter { !permissions.connect.contains($0) }.map { port in
                let words =
                    port == Self.nameService
                    ? "its servers are looked up by name, over TCP, port \(port)" : "the plugin connects to TCP port \(port)"
                return document.error(at: path, "\(path): \(words), which is not in [permissions] connect")
            }
        }
    }

    private static let nameService = 53

    /// The ports of `scheme://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…][/…]`; of `scheme+srv://` the name service's, which knows them.
    static func ports(of address: String, standard: Int) -> [Int] {
        let halves = address.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return [] }
        guard !halves[0].hasSuffix("+srv") else { return [nameService] }
        let authority = halves[1].prefix { !"/?#".contains($0) }
        let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        var ports: [Int] = []
        for host in hosts.split(separator: ",") {
            // Behind a bracket's end is the port of an IPv6 address.
            let text = host.split(separator: "]", omittingEmptySubsequences: false).last ?? host
            let port = text.split(separator: ":", omittingEmptySubsequences: false).dropFirst().last.map { Int($0) } ?? standard
            if let port, !ports.contains(port) { ports.append(port) }
        }
        return ports
    }
}
