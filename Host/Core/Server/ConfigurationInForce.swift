import HostConfig
import HostPaths

/// One reading of the configuration: never changed, only replaced by the next one that is good.
struct ConfigurationInForce: Sendable {
    let configuration: ServerConfiguration
    let policies: [Name: AppPolicy]

    init(_ configuration: ServerConfiguration) {
        self.configuration = configuration
        policies = Dictionary(
            configuration.apps.compactMap(AppPolicy.init).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
