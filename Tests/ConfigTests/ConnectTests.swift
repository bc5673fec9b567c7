import SluiceJSON
import Testing

@testable import HostConfig

/// What `sluice check` says of addresses that a plugin's process may not connect to.
@Suite struct ConnectTests {
    @Test(arguments: [
        ("mongodb://h/db", [27017]), ("mongodb://h:7/db", [7]), ("mongodb://u:p%40@h:7,g,f:27018/db?x=1", [7, 27017, 27018]),
        ("mongodb://u:p@ss@h:9", [9]), ("mongodb://[::1]:5,[fe80::1]/db", [5, 27017]),
        ("mongodb+srv://u:p@cluster.example/db", [53]),
        ("mongodb://h:7,g:7?a", [7]), ("nonsense", []), ("", []), ("mongodb://", []), ("mongodb://h:many", []), ("://:", []),
    ])
    func portsOfAnAddress(_ address: String, _ ports: [Int]) {
        #expect(PluginManifest.ports(of: address, standard: 27017) == ports)
    }

    @Test func whatIsNotGrantedIsNamedWithItsPlaceAndWithoutTheAddress() throws {
        let schema = try ConfigurationSchema(
            parsing: #"{"type": "object", "properties": {"uri": {"type": "string", "default": "", "x-connect-port": 27017}}}"#)
        func errors(_ permissions: String, _ uri: String, _ isolation: String = "process") throws -> [String] {
            let text =
                PluginManifestTests.minimal
                + "isolation = \"\(isolation)\"\n[permissions]\n\(permissions)\n[config]\nuri = \"\(uri)\"\n"
            let manifest = try PluginManifest(parsing: text, file: "m")
            return manifest.unreachable(in: try manifest.configuration(checkedBy: schema), by: schema).map(\.description)
        }
        let uri = "mongodb://u:secret@h,g:7/x"
        #expect(try errors("connect = [7, 27017]", uri) == [])
        #expect(
            try errors("connect = [7]", uri) == [
                "m:8:7: config.uri: the plugin connects to TCP port 27017, which is not in [permissions] connect"
            ])
        #expect(try errors("", uri).count == 2)
        #expect(try errors("", uri, "host") == [])
        #expect(try errors("", "") == [])
        #expect(try errors("", "mongodb+srv://u:secret@h/").first?.contains("over TCP, port 53") == true)
    }
}
