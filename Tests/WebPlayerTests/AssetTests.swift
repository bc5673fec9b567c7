import SluiceKit
import Testing

@testable import SluiceWebPlayer

@Suite struct AssetTests {
    @Test func `the page and its modules name only what is served`() {
        let names = Set(Asset.all.map(\.name))
        #expect(names.count == Asset.all.count)
        let named = Asset.all.flatMap(\.references)
        #expect(named.contains("player.js") && named.contains("flv.js") && named.contains("icon.svg"))
        for name in named { #expect(names.contains(name), "\(name)") }
    }

    @Test(arguments: Asset.all.map(\.name)) func `an asset has a body, a type and the strict headers`(_ name: String) throws {
        let asset = try #require(Asset.all.first { $0.name == name })
        let headers = Dictionary(uniqueKeysWithValues: asset.response.headers.map { ($0.key, $0.value) })
        #expect(!asset.body.isEmpty)
        #expect(headers["content-security-policy"]?.contains("unsafe") == false)
        #expect(headers["x-content-type-options"] == "nosniff")
        #expect(headers["etag"]?.hasPrefix("W/\"") == true)
    }

    @Test func `nothing in the page needs another host or inline code`() throws {
        let page = String(decoding: try #require(Asset.all.first { $0.name.isEmpty }).body, as: UTF8.self)
        for forbidden in ["http:", "https:", "<style", " style=", " onclick=", "javascript:"] {
            #expect(!page.contains(forbidden))
        }
        for asset in Asset.all where asset.name.hasSuffix(".js") {
            let text = String(decoding: asset.body, as: UTF8.self)
            for forbidden in ["innerHTML", "eval(", "document.write", "insertAdjacentHTML"] { #expect(!text.contains(forbidden)) }
        }
    }

    @Test func `each route is one asset, in order`() {
        #expect(WebPlayerPlugin.routes.map(\.pattern) == Asset.all.map { "/{app}/{stream}/\($0.name)" })
    }
}
