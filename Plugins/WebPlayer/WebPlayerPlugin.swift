// The WebPlayer plugin: the page at /APP/STREAM/ and the few files that it is made of, embedded in the library.
//
// It never sees media, a token or a viewer's rights: the page asks for /APP/STREAM.flv or /APP/STREAM/index.m3u8 like any player.

import SluiceKit

/// `sluice.routes` for the assets; the same bytes for every stream.
final class WebPlayerPlugin: Plugin, RouteHandler, SelfTesting {
    static let module = ModuleDescription(id: "web-player", version: "0.1.0", description: "A page with a player for each stream")

    static let routes = Asset.all.map { Route(.media, "GET", "/{app}/{stream}/\($0.name)") }

    private let responses = Asset.all.map(\.response)

    init(host: Host) {}

    func handle(_ request: Request, sink: (any Sink)?) throws {
        guard responses.indices.contains(request.route) else { throw PluginError("there is no route \(request.route)") }
        request.exchange.respond(responses[request.route])
    }

    /// Every asset is there, and whatever the page and its modules name is an asset.
    func selfTest() throws {
        for asset in Asset.all where asset.body.isEmpty { throw PluginError("the asset '\(asset.name)' is empty") }
        let names = Set(Asset.all.map(\.name))
        for asset in Asset.all {
            for name in asset.references where !names.contains(name) {
                throw PluginError("'\(asset.name)' names '\(name)', which is not served")
            }
        }
    }
}

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(WebPlayerPlugin.self, hello, error)
}
