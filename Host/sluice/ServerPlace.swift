import Glibc
import HostConfig

/// Which server is meant: its data folder, its configuration file, its port base.
struct ServerPlace: Sendable, Equatable {
    /// `--config` as given.
    var config: String?
    /// `DIR`.
    var data: String
    var portBase: Int?

    /// The configuration's path: as given, else `DIR/sluice.toml`, else `./sluice.toml`.
    /// - Throws: `Failure` when there is none.
    func configurationFile() throws -> String {
        if let config { return config }
        let candidates = [FilePaths.join(data, "sluice.toml"), "sluice.toml"]
        guard let found = candidates.first(where: { access($0, F_OK) == 0 }) else {
            throw Failure(
                Exit.configuration,
                "no configuration: neither \(candidates[0]) nor ./sluice.toml is there, and no --config was given")
        }
        return found
    }

    /// The configuration, read.
    /// - Throws: `Failure` with every error.
    func configuration() throws -> ServerConfiguration {
        let file = try configurationFile()
        do throws(ConfigurationErrors) {
            return try ConfigurationFiles.server(at: file)
        } catch {
            throw Failure(Exit.configuration, error.description)
        }
    }
}
