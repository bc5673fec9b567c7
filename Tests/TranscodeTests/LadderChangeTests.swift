import CAV
import Testing

@testable import TranscodeCore

@Suite struct LadderChangeTests {
    static let times: [Int64] = (0..<75).map { $0 * 40 }

    /// Feeds 75 pictures with key frames at 0, 1000 and 2000 ms; `at` is called before the unit of each number.
    static func run(
        _ engine: LadderEngine, _ at: (Int, (Int, UnsafePointer<AVPacket>) -> Void) throws -> Void
    ) throws -> [String: [Int64]] {
        var times: [String: [Int64]] = [:]
        func take(_ place: Int, _ packet: UnsafePointer<AVPacket>) {
            let rung = engine.running[place]
            times["\(rung.label) \(rung.bitrate / 1000)", default: []].append(packet.pointee.pts)
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0 {
                times["keys of \(rung.label)", default: []].append(packet.pointee.pts)
            }
            times["decoding of \(rung.label)", default: []].append(packet.pointee.dts)
        }
        let units = try TestMedia.source(320, 180, times: Self.times, keys: [0, 1000, 2000])
        for (number, unit) in units.enumerated() {
            try at(number, take)
            try unit.bytes.withUnsafeBytes { try engine.feed($0, pts: unit.pts, dts: unit.dts, key: unit.isKey, take) }
        }
        try engine.drain(take)
        return times
    }

    @Test func anotherLadderHoldsFromTheNextKeyFrameAndWhatIsTheSameGoesOn() throws {
        let engine = try TestMedia.engine()
        let first = engine.encoders
        var changed = TestMedia.rungs
        changed[1].bitrate = 150_000
        changed[1].maxrate = 150_000
        changed.append(Rung(label: "c", width: 64, height: 36, bitrate: 50_000, preset: "ultrafast"))
        var begun: [[String]] = []
        engine.begins = { [unowned engine] in begun.append(engine.running.map(\.label)) }
        let times = try Self.run(engine) { number, _ in
            if number == 10 { engine.change(rungs: changed, longestKeyInterval: 4000) }
        }
        #expect(begun == [["a", "b", "c"]])
        #expect(engine.encoders[0] === first[0] && engine.encoders[1] !== first[1])
        #expect(times["a 200"]?.sorted() == Self.times, "the rung that stays loses nothing")
        #expect(times["b 100"]?.sorted() == Self.times.filter { $0 < 1000 })
        #expect(times["b 150"]?.sorted() == Self.times.filter { $0 >= 1000 })
        #expect(times["c 50"]?.sorted() == Self.times.filter { $0 >= 1000 })
        #expect(
            times["keys of a"] == [0, 1000, 2000] && times["keys of b"] == [0, 1000, 2000] && times["keys of c"] == [1000, 2000])
        let decoding = times["decoding of b"] ?? []
        #expect(zip(decoding, decoding.dropFirst()).allSatisfy { $0 < $1 }, "\(decoding)")
    }

    @Test func aLadderThatCannotBeHadChangesNothing() throws {
        let engine = try TestMedia.engine()
        var bad = TestMedia.rungs
        bad[0].encoders = ["h264_of_no_machine"]
        var refused: [String] = []
        engine.refuses = { refused.append($0) }
        let times = try Self.run(engine) { number, _ in
            if number == 10 { engine.change(rungs: bad, longestKeyInterval: 4000) }
        }
        #expect(refused == ["the ladder stays as it is: no encoder: h264_of_no_machine is not known"])
        #expect(times["a 200"]?.sorted() == Self.times && times["b 100"]?.sorted() == Self.times)
    }

    /// Overlays that come and go lose no picture; what is drawn is seen.
    @Test func overlaysAreChangedWhileItRuns() throws {
        let png = try OverlayPicture(png: TestMedia.png(32, 32, grey: 255))
        let engine = try TestMedia.engine()
        let logo = Overlay(png: "logo.png", position: .topLeft, opacity: 1, size: 0.5)
        let times = try Self.run(engine) { number, take in
            if number == 20 { try engine.change(PictureTreatment(overlay: logo, png: png), take) }
            if number == 40 { try engine.change(PictureTreatment(), take) }
        }
        #expect(times["a 200"]?.sorted() == Self.times && times["b 100"]?.sorted() == Self.times)
    }

    /// Position, opacity; luma at the four corners, of a picture that is 40 all over, with a PNG that is white. White is 235.
    @Test(arguments: [
        (Overlay.Position.topLeft, 1.0, [235, 40, 40, 40]), (.topRight, 1.0, [40, 235, 40, 40]),
        (.bottomLeft, 0.5, [40, 40, 137, 40]), (.bottomRight, 0.0, [40, 40, 40, 40]), (.center, 1.0, [40, 40, 40, 40]),
    ])
    func aPictureIsWhereItIsSaidToBe(_ position: Overlay.Position, _ opacity: Double, _ wanted: [Int]) throws {
        let overlay = Overlay(png: "logo.png", position: position, opacity: opacity, size: 0.2)
        let png = try OverlayPicture(png: TestMedia.png(32, 32, grey: 255))
        let luma = try Self.corners(PictureTreatment(overlay: overlay, png: png))
        #expect(zip(luma, wanted).allSatisfy { abs($0 - $1) <= 12 }, "\(luma)")
    }

    /// The luma of a point in each corner of the last picture.
    static func corners(_ treatment: PictureTreatment) throws -> [Int] {
        let units = try TestMedia.source(320, 180, times: (0..<5).map { $0 * 40 }, keys: [0], grey: 40)
        let rung = Rung(label: "a", width: 320, height: 180, bitrate: 3_000_000, preset: "ultrafast")
        let engine = try TestMedia.engine(rungs: [rung], treatment: treatment)
        let result = try TestMedia.run(engine, units)
        #expect(result.times[0].count == 5)
        var found: [Int] = []
        try TestMedia.pictures(result.streams[0]) { frame in
            guard let data = frame.pointee.data.0 else { return }
            let stride = Int(frame.pointee.linesize.0)
            found = [(15, 15), (305, 15), (15, 165), (305, 165)].map { Int(data[$0.1 * stride + $0.0]) }
        }
        return found
    }

    static let font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

    /// Text of any kind is drawn, and is text only.
    @Test(arguments: ["A", "it's 5:30, [ok]; %{pts} \\ \"x\" = 100%", "two\nlines", "日本 ÄÖ", "''':::\\\\\\"])
    func textIsDrawn(_ text: String) throws {
        guard TestMedia.isThere(Self.font) else { return }
        let overlay = Overlay(text: text, position: .topLeft, size: 0.4)
        let units = try TestMedia.source(320, 180, times: (0..<3).map { $0 * 40 }, keys: [0], grey: 40)
        let rung = Rung(label: "a", width: 320, height: 180, bitrate: 3_000_000, preset: "ultrafast")
        let engine = try TestMedia.engine(rungs: [rung], treatment: PictureTreatment(overlay: overlay, font: Self.font))
        var refused: [String] = []
        engine.refuses = { refused.append($0) }
        let result = try TestMedia.run(engine, units)
        #expect(refused.isEmpty && result.times[0].count == 3)
        var brightest = 0
        try TestMedia.pictures(result.streams[0]) { frame in
            guard let data = frame.pointee.data.0 else { return }
            for row in 0..<90 {
                for column in 0..<160 { brightest = max(brightest, Int(data[row * Int(frame.pointee.linesize.0) + column])) }
            }
        }
        #expect(brightest > 180, "\(brightest)")
    }

    @Test func whatCannotBeDrawnIsLeftOutWithAReason() throws {
        let overlay = Overlay(text: "text", size: 0.4)
        let engine = try TestMedia.engine(treatment: PictureTreatment(overlay: overlay, font: "/there/is/no.ttf"))
        var refused: [String] = []
        engine.refuses = { refused.append($0) }
        let result = try TestMedia.run(engine, TestMedia.source(320, 180, times: Self.times, keys: [0]))
        #expect(result.times[0].sorted() == Self.times && refused.count <= 1)
        // A libavfilter with fontconfig finds another font by itself.
        #expect(refused.allSatisfy { $0.hasPrefix("no overlay: ") })
    }

    /// Bytes that are no PNG.
    @Test func brokenPicturesAreRefused() throws {
        let good = try TestMedia.png(32, 32, grey: 255)
        _ = try OverlayPicture(png: good)
        var huge = good
        huge.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        for bytes in [[], [1, 2, 3], Array(good.prefix(20)), huge, [UInt8](repeating: 0, count: OverlayPicture.mostBytes + 1)] {
            #expect(throws: (any Error).self) { try OverlayPicture(png: bytes) }
        }
        for cut in stride(from: 8, to: good.count, by: 7) { _ = try? OverlayPicture(png: Array(good.prefix(cut))) }
        for place in stride(from: 8, to: good.count, by: 5) {
            var bent = good
            bent[place] ^= 0x41
            _ = try? OverlayPicture(png: bent)
        }
    }
}
