import ArgumentParser
import HostConfig

/// The options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The configuration; without it DIR/sluice.toml, then ./sluice.toml.")
    var config: String?

    @Option(name: .long, help: "The data folder: all state, and where a running server is found.")
    var data: String = CommonOptions.defaultData

    @Option(name: .customLong("port-base"), help: "Puts every listener at N + its offset.")
    var portBase: Int?

    static let defaultData = "data"

    func validate() throws {
        guard let portBase, !(1...65_000).contains(portBase) else { return }
        throw ValidationError("--port-base: expected a port from 1 to 65000, found \(portBase)")
    }

    /// Where the files are; nothing is opened or checked.
    var place: ServerPlace { ServerPlace(config: config, data: data, portBase: portBase) }
}
