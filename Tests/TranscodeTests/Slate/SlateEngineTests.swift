import CAV
import SluiceJSON
import Testing

@testable import TranscodeCore

@Suite struct SlateEngineTests {
    static func settings(_ text: String) throws -> SlateSettings {
        try #require(try SlateSettings(try JSONValue(parsing: text)))
    }

    /// Times of the sound in ms; those of the pictures, those of the key frames.
    @Test(
        arguments: [
            ([0, 23, 46], [0], [0]),
            ([100, 300, 499, 500], [100, 300, 500], [100]),
            // Sound that comes in lumps, and steps back a little.
            ([0, 1000, 900, 2250], [0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000, 2200], [0, 2000]),
            ([0, 3_600_000, 3_600_200], [0, 3_600_000, 3_600_200], [0, 3_600_000]),
            ([3_600_000, 0, 200], [3_600_000, 0, 200], [3_600_000, 0]),
            ([.min, .max, 0], [0], [0]),
        ] as [([Int64], [Int64], [Int64])])
    func picturesFollowTheSound(_ sound: [Int64], _ wanted: [Int64], _ wantedKeys: [Int64]) throws {
        let slate = try SlateEngine(try Self.settings(#"{"width":64,"height":48}"#), png: nil)
        #expect(slate.record.first == 1)
        var times: [Int64] = []
        var keys: [Int64] = []
        for time in sound {
            try slate.sound(at: time, timescale: 1000) { bytes, time, isKey in
                #expect(!bytes.isEmpty)
                times.append(time / 90)
                if isKey { keys.append(time / 90) }
            }
        }
        #expect(times == wanted)
        #expect(keys == wantedKeys)
    }

    @Test func settingsHaveDefaults() throws {
        #expect(try SlateSettings(nil) == nil)
        let plain = try Self.settings("{}")
        #expect([plain.width, plain.height, plain.rate] == [1280, 720, 5] && plain.png == "")
        let odd = try Self.settings(#"{"width":641,"height":361,"fps":25,"png":"a.png"}"#)
        #expect(throws: LadderSettings.Refusal.self) { try Self.settings(#"{"png":"../a.png"}"#) }
        #expect([odd.width, odd.height, odd.rate] == [640, 360, 25] && odd.png == "a.png")
    }
}
