import KalturaCore
import SluiceJSON
import Testing

@Suite struct ConfigurationTests {
    @Test func `an empty configuration is the default one`() throws {
        #expect(try Configuration(json: "") == Configuration())
        #expect(try Configuration(json: "{}") == Configuration())
    }

    @Test func `the schema's defaults are the defaults, and it names exactly the keys that are read`() throws {
        let schema = try JSONValue(parsing: Configuration.schema)
        let properties = try #require(schema["properties"])
        #expect(schema["additionalProperties"] == .bool(false))
        let keys = try #require(properties.objectValue?.keys)
        let defaults = JSONObject(keys.map { ($0, properties[$0]?["default"] ?? .null) })
        #expect(!keys.isEmpty && defaults.allSatisfy { $0.value != .null })
        #expect(try Configuration(json: JSONValue(defaults).serialized()) == Configuration())
        for key in keys {
            // A value of a wrong type must be noticed: the key is read.
            #expect(throws: ConfigurationError.self, "\(key)") {
                try Configuration(json: JSONValue([key: [.null]]).serialized())
            }
        }
    }

    @Test func `the schema's bounds are the bounds`() throws {
        let properties = try #require(try JSONValue(parsing: Configuration.schema)["properties"])
        for key in properties.objectValue?.keys ?? [] {
            guard let low = properties[key]?["minimum"]?.int64Value, let high = properties[key]?["maximum"]?.int64Value else {
                continue
            }
            for outside in [low - 1, high + 1] {
                #expect(throws: ConfigurationError.self, "\(key)") { try Configuration(json: "{\"\(key)\":\(outside)}") }
            }
        }
    }

    @Test func `values arrive`() throws {
        let text = """
            {"applications":["kLive","kLive2"],"host_suffixes":["a.test"],"partner_id":102,"max_stream_index":3,"auth_cache_ms":1,
             "grace_seconds":2,"duplicate_policy":"takeover","play":"deny","recording":true,"partner_lookup":false,"backend_id":"x"}
            """
        let configuration = try Configuration(json: text)
        #expect(configuration.address.applications == ["kLive", "kLive2"])
        #expect(configuration.address.hostSuffixes == ["a.test"])
        #expect(configuration.address.ownPartner == 102)
        #expect(configuration.maxStreamIndex == 3)
        #expect(configuration.cache.positiveMilliseconds == 1)
        #expect(configuration.cache.graceMilliseconds == 2000)
        #expect(configuration.duplicatePolicy == .takeover)
        #expect(configuration.play == .deny)
    }

    @Test(arguments: [
        "{\"partner_id\":0}", "{\"backend\":\"other\"}", "{\"min_dvr_window\":100000}", "[]", "{", "{\"play\":\"closed\"}",
    ])
    func `a wrong value is refused with its key`(text: String) {
        #expect(throws: ConfigurationError.self) { try Configuration(json: text) }
    }
}
