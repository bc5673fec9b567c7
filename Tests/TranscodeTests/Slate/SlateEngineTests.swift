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

    /// Width and height of a white PNG; luma at the middle, at the left edge and at the upper edge of a slate of 96 x 64 pixels: 235
    /// is white, 16 black. Without a PNG it is black all over.
    @Test(
        arguments: [
            (48, 32, [235, 235, 235]), (32, 32, [235, 16, 235]), (64, 16, [235, 235, 16]), (0, 0, [16, 16, 16]),
        ] as [(Int32, Int32, [Int])])
    func thePictureIsSeenInItsShape(_ width: Int32, _ height: Int32, _ wanted: [Int]) throws {
        let png = width > 0 ? try OverlayPicture(png: TestMedia.png(width, height, grey: 255)) : nil
        let slate = try SlateEngine(try Self.settings(#"{"width":96,"height":64}"#), png: png)
        let decoder = try Decoder(
            InputTrack(codec: AV_CODEC_ID_H264, timescale: SlateEngine.timescale, configuration: slate.record), threads: 1,
            delay: false)
        var seen: [[Int]] = []
        for time in stride(from: Int64(0), through: 1000, by: 200) {
            try slate.sound(at: time, timescale: 1000) { bytes, time, isKey in
                try bytes.withUnsafeBytes {
                    try decoder.decode($0, pts: time, dts: time, key: isKey) { frame in
                        let (luma, stride) = (try #require(frame.pointee.data.0), Int(frame.pointee.linesize.0))
                        seen.append([luma[32 * stride + 48], luma[32 * stride + 4], luma[4 * stride + 48]].map(Int.init))
                    }
                }
            }
        }
        #expect(seen.count >= 5)
        #expect(seen.allSatisfy { zip($0, wanted).allSatisfy { abs($0 - $1) <= 12 } }, "\(seen)")
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
