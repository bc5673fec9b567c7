import Glibc
import HostConfig
import SluiceJSON

/// What `sluice check` wants to know of a plugin's library: is it what the manifest says, and does its configuration fit its schema?
/// The library is staged and opened, its entry asked for the descriptor. What the schema lets through is shown to the plugin itself, in a
/// process that ends then.
public struct PluginCheck: Sendable {
    /// Why it would be REJECTED or FAILED; nil when it would load.
    public var refusal: String?
    /// `[config]` and `[app.NAME.ID]` as they would be used, defaults included.
    public var settings: [SettingReport] = []
    /// Errors in the configuration, with their places.
    public var errors: [ConfigurationError] = []

    /// Looks at one manifest's library.
    /// - Parameters:
    ///   - dataFolder: where the copy is staged; it is removed again.
    ///   - home: the server's data folder, in which the plugin's files are looked for; nil: they are not.
    public init(_ manifest: PluginManifest, configuration: ServerConfiguration, dataFolder: String, home: String? = nil) {
        let loading = PluginLoading(
            manifest: manifest, dataFolder: dataFolder, requireHash: configuration.requireHash, hostVersion: Server.version)
        do {
            let staged = try loading.staging.stage(
                library: manifest.library, id: manifest.id, generation: 0, sha256: manifest.sha256,
                requireHash: configuration.requireHash)
            defer { unlink(staged.path) }
            let loaded = try LoadedModule.open(staged, hostVersion: Server.version)
            try loaded.check(id: manifest.id, interfaces: manifest.interfaces)
            try check(manifest, loaded, configuration)
            if let schema = ConfigurationSchema.declared(loaded.configSchema), errors.isEmpty {
                askThePlugin(manifest, schema, dataFolder: dataFolder)
                checkValues(manifest, schema, home: home)
            }
        } catch {
            refusal = String(describing: error)
        }
    }

    private mutating func check(_ manifest: PluginManifest, _ loaded: LoadedModule, _ configuration: ServerConfiguration) throws {
        let schema = loaded.configSchema.isEmpty ? nil : try ConfigurationSchema(parsing: loaded.configSchema)
        let appSchema = loaded.appConfigSchema.isEmpty ? nil : try ConfigurationSchema(parsing: loaded.appConfigSchema)
        do {
            let config = try manifest.configuration(checkedBy: schema)
            if let schema {
                errors += manifest.unreachable(in: config, by: schema)
                settings += schema.report(
                    of: config, written: manifest.config, at: (["plugin"] as ConfigurationPath).appending(manifest.id),
                    file: manifest.file)
            }
        } catch {
            errors += error.errors
        }
        for app in configuration.apps {
            do {
                _ = try configuration.settings(app: app, plugin: manifest.id, schema: appSchema)
            } catch {
                errors += error.errors
            }
            checkSteps(app, manifest.id, loaded, configuration)
        }
    }

    private mutating func checkSteps(
        _ app: AppConfiguration, _ id: String, _ loaded: LoadedModule, _ configuration: ServerConfiguration
    ) {
        for step in app.steps where step.use == id {
            let schema = ConfigurationSchema.declared(loaded.stepSchema)
            do {
                let taken = try configuration.settings(app: app, step: step, schema: schema)
                let path = (["app", app.name, "step"] as ConfigurationPath).appending(step.index)
                if let schema {
                    settings += schema.report(of: taken, written: step.settings, at: path, file: configuration.file)
                }
            } catch {
                errors += error.errors
            }
        }
        for source in app.sources where source.use == id {
            let schema = ConfigurationSchema.declared(loaded.sourceSchema)
            do {
                let taken = try configuration.settings(app: app, source: source, schema: schema)
                let path = (["app", app.name, "source"] as ConfigurationPath).appending(source.index).appending("settings")
                if let schema {
                    settings += schema.report(of: taken, written: source.settings, at: path, file: configuration.file)
                }
            } catch {
                errors += error.errors
            }
        }
    }
}
