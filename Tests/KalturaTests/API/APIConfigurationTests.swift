import KalturaCore
import Testing

@Suite struct APIConfigurationTests {
    private func read(_ more: String) throws -> Configuration {
        try Configuration(json: "{\"backend\":\"kaltura\",\(more)}")
    }

    @Test func `values arrive`() throws {
        let found = try read(
            """
            "server_url":"https://www.example.com:8443/p/api_v3/","admin_secret":" s\\n","api_timeout_ms":500,"ks_version":1,
            "ks_expiry_s":60,"ks_privileges":"a,b:c","register":false,"keepalive_s":7,"playable_after":"6 s","status_interval_s":0,
            "alerts":false,"partner_id":102
            """)
        var wanted = APISettings()
        wanted.serverURL = "https://www.example.com:8443/p"
        wanted.secret = Secret("s")
        wanted.timeoutMilliseconds = 500
        wanted.ksVersion = 1
        wanted.ksSeconds = 60
        wanted.ksPrivileges = "a,b:c"
        wanted.registers = false
        wanted.keepAliveSeconds = 7
        wanted.playableAfter = .seconds(6)
        wanted.statusSeconds = 0
        wanted.alerts = false
        #expect(found.api == wanted && found.backend == .kaltura && found.address.ownPartner == 102)
    }

    @Test(arguments: [
        (#""admin_secret":"s""#, "server_url"), (#""server_url":"https://h""#, "admin_secret_file"),
        (#""server_url":"https://h","admin_secret":"s","admin_secret_file":"f""#, "admin_secret_file"),
        (#""server_url":"www.example.com","admin_secret":"s""#, "server_url"),
        (#""server_url":"ftp://h","admin_secret":"s""#, "server_url"),
        (#""server_url":"https://","admin_secret":"s""#, "server_url"),
        (#""server_url":"https://u:p@h","admin_secret":"s""#, "server_url"),
        (#""server_url":"https://h?x=1","admin_secret":"s""#, "server_url"),
        (#""server_url":"https://h","admin_secret":"s","playable_after":"soon""#, "playable_after"),
        (#""server_url":"https://h","admin_secret":"s","playable_after":"0 s""#, "playable_after"),
        (#""server_url":"https://h","admin_secret":"s","ks_privileges":"a;b""#, "ks_privileges"),
    ])
    func `what is missing or wrong is named, without a value of it`(text: String, key: String) {
        #expect { try read(text) } throws: { error in
            (error as? ConfigurationError)?.key == key && !"\(error)".contains("u:p")
        }
    }

    @Test func `no secret is in a configuration's text`() throws {
        let found = try read(#""server_url":"https://h","admin_secret":"sEcReTvAlUe""#)
        var dumped = ""
        dump(found, to: &dumped)
        #expect(!"\(found)".contains("sEcReT") && !dumped.contains("sEcReT"))
    }
}
