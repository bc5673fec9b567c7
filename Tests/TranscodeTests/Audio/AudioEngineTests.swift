import CAV
import Glibc
import Testing

@testable import TranscodeCore

@Suite struct AudioEngineTests {
    /// Encoder, rate and channels of the source; codec and rate of what is to come out.
    @Test(
        arguments: [
            ("aac", 48000, 2, AudioCodec.aac, 48000), ("aac", 44100, 2, .opus, 48000), ("libopus", 48000, 2, .aac, 48000),
            ("libmp3lame", 44100, 2, .aac, 44100), ("flac", 96000, 2, .aac, 48000), ("ac3", 48000, 6, .aac, 48000),
            ("eac3", 48000, 2, .opus, 48000), ("aac", 8000, 1, .aac, 48000), ("libopus", 48000, 8, .aac, 48000),
            ("aac", 48000, 1, .opus, 48000), ("pcm_alaw", 8000, 1, .aac, 48000), ("libspeex", 16000, 1, .aac, 48000),
        ] as [(String, Int32, Int32, AudioCodec, Int32)])
    func soundStaysWhereItIs(_ name: String, _ rate: Int32, _ channels: Int32, _ codec: AudioCodec, _ wanted: Int32) throws {
        let source = try Sound.units(name, rate: rate, channels: channels, seconds: 3.2)
        let target = AudioTarget(codec: codec, sampleRate: wanted, channels: 2, bitrate: 96_000)
        let engine = try AudioEngine(source.track, target)
        var packets: [Sound.Packet] = []
        try Sound.feed(engine, source.units, &packets)
        try Sound.drain(engine, &packets)
        #expect(Sound.isContinuous(packets))
        let first = try #require(packets.first), last = try #require(packets.last)
        #expect(first.time >= 0 && first.time < Int64(wanted) / 10)
        #expect(last.time + last.duration > Int64(wanted) * 31 / 10)
        let heard = try Sound.hear(packets, target, engine.configuration)
        #expect(heard.channels == 2)
        let beeps = heard.onsets.filter { $0 > 500 }
        #expect(beeps.count == 3)
        for (number, time) in beeps.enumerated() { #expect(abs(time - Double(number + 1) * 1000) < 12, "\(heard.onsets)") }
    }

    /// What comes out of units of AAC, and when it is heard.
    private func heard(
        _ units: [Sound.Unit], _ track: InputTrack, fills: Bool = false
    ) throws -> (packets: [Sound.Packet], onsets: [Double]) {
        let engine = try AudioEngine(track, Sound.aac, fills: fills)
        var packets: [Sound.Packet] = []
        try Sound.feed(engine, units, &packets)
        try Sound.drain(engine, &packets)
        return (packets, try Sound.hear(packets, Sound.aac, engine.configuration).onsets)
    }

    private func expect(_ onsets: [Double], at wanted: [Double], within slack: Double = 10, _ line: Int = #line) {
        let isRight = onsets.count == wanted.count && zip(onsets, wanted).allSatisfy { abs($0 - $1) < slack }
        #expect(isRight, "line \(line): \(onsets) instead of \(wanted)")
    }

    /// Milliseconds of the hole, filled with silence or not.
    @Test(arguments: [(21, true), (150, true), (500, false)])
    func holesMoveNothing(_ length: Int64, _ isShort: Bool) throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 4.2)
        let units = source.units.filter { !(1200..<1200 + length).contains($0.pts) }
        for fills in [false, true] {
            let (packets, onsets) = try heard(units, source.track, fills: fills)
            expect(onsets.filter { $0 > 500 }, at: [1000, 2000, 3000, 4000])
            #expect(Sound.isContinuous(packets) == (isShort || fills))
        }
    }

    @Test(arguments: [3_600_000, -3_600_000] as [Int64])
    func jumpsGoThrough(_ jump: Int64) throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 4.2)
        let units = source.units.map { $0.pts < 2500 ? $0 : Sound.Unit(bytes: $0.bytes, pts: $0.pts + jump) }
        let (packets, onsets) = try heard(units, source.track, fills: true)
        expect(onsets.filter { !(-100...500).contains($0) }, at: [1000, 2000, Double(3000 + jump), Double(4000 + jump)])
        #expect(packets.count < 4300 / 21)
    }

    @Test func whatComesTwiceIsHeardOnce() throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 4.2)
        let units = source.units.filter { $0.pts < 2400 } + source.units.filter { $0.pts > 2000 }
        let (packets, onsets) = try heard(units, source.track)
        expect(onsets.filter { $0 > 500 }, at: [1000, 2000, 3000, 4000])
        #expect(Sound.isContinuous(packets))
    }

    /// A source whose clock is 2 ‰ slow or fast, and whose times jitter.
    @Test(arguments: [1.002, 0.998, 1.0]) func aClockThatDriftsIsFollowed(_ factor: Double) throws {
        let source = try Sound.units("aac", rate: 48000, channels: 1, seconds: 20.2)
        let units = source.units.enumerated().map { number, unit in
            Sound.Unit(bytes: unit.bytes, pts: Int64(Double(unit.pts) * factor) + Int64([0, 6, -5, 2, -1][number % 5]))
        }
        let (packets, onsets) = try heard(units, source.track)
        expect(onsets.filter { $0 > 500 }, at: (1...20).map { Double($0) * 1000 * factor }, within: 15)
        #expect(Sound.isContinuous(packets))
    }

    @Test func brokenUnitsAreHoles() throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 4.2)
        var units = source.units
        for (number, unit) in units.enumerated() where (1100..<1900).contains(unit.pts) {
            switch number % 5 {
            case 0: units[number].bytes = []
            case 1: units[number].bytes = Array(unit.bytes.prefix(unit.bytes.count / 2))
            case 2: units[number].bytes = (0..<60).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ number) }
            case 3: units[number].pts = .min + Int64(number)
            default: break
            }
        }
        let (_, onsets) = try heard(units, source.track)
        let after = onsets.filter { $0 > 1950 }
        expect(after, at: [2000, 3000, 4000])
    }

    /// Codec; rate and channels before and after 1.5 s, as the bit stream itself says them.
    @Test(
        arguments: [
            ("libmp3lame", 44100, 1, 48000, 2), ("libmp3lame", 48000, 2, 22050, 1), ("ac3", 48000, 6, 44100, 2),
            ("ac3", 32000, 1, 48000, 6), ("eac3", 48000, 2, 48000, 6),
        ] as [(String, Int32, Int32, Int32, Int32)])
    func anotherRateAndOtherChannelsGoOn(
        _ codec: String, _ rate: Int32, _ channels: Int32, _ nextRate: Int32, _ nextChannels: Int32
    ) throws {
        let one = try Sound.units(codec, rate: rate, channels: channels, seconds: 2.2)
        let two = try Sound.units(codec, rate: nextRate, channels: nextChannels, seconds: 4.2)
        let units = one.units.filter { $0.pts < 1500 } + two.units.filter { $0.pts >= 1500 }
        let (packets, onsets) = try heard(units, one.track)
        expect(onsets.filter { $0 > 500 }, at: [1000, 2000, 3000, 4000], within: 15)
        #expect(Sound.isContinuous(packets))
    }

    @Test func picturesAloneGetSilence() throws {
        for target in [Sound.aac, Sound.opus] {
            let engine = try AudioEngine(nil, target, fills: true)
            var packets: [Sound.Packet] = []
            for number in 0..<100 {
                try engine.pictures(at: 7000 + Int64(number) * 40, timescale: 1000) {
                    packets.append(Sound.Packet(bytes: [UInt8]($0), time: $1, duration: $2))
                }
            }
            #expect(Sound.isContinuous(packets))
            let first = try #require(packets.first), last = try #require(packets.last)
            #expect(first.time >= 336_000 && first.time < 337_000)
            #expect(last.time + last.duration > 7000 * 48 + 3900 * 48)
            #expect(try Sound.hear(packets, target, engine.configuration).onsets.isEmpty)
        }
    }

    @Test func soundThatIsGoneIsSilenceUntilItIsBack() throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 8.2)
        let engine = try AudioEngine(source.track, Sound.aac, fills: true)
        var packets: [Sound.Packet] = []
        for time in stride(from: Int64(0), to: 8000, by: 40) {
            try engine.pictures(at: time, timescale: 1000) {
                packets.append(Sound.Packet(bytes: [UInt8]($0), time: $1, duration: $2))
            }
            guard time < 2500 || time > 5500 else { continue }
            try Sound.feed(engine, source.units.filter { (time..<time + 40).contains($0.pts) }, &packets)
            if time == 4000 { #expect((packets.last?.time ?? 0) > 3800 * 48) }
        }
        try Sound.drain(engine, &packets)
        #expect(Sound.isContinuous(packets))
        expect(try Sound.hear(packets, Sound.aac, engine.configuration).onsets.filter { $0 > 500 }, at: [1000, 2000, 6000, 7000])
    }

    /// Amplitude of a source, LUFS that are wanted.
    @Test(arguments: [(0.02, -23.0), (0.7, -23.0), (0.1, -14.0)])
    func loudnessComesToWhatIsWanted(_ amplitude: Double, _ wanted: Double) throws {
        let tone = { (seconds: Double) in amplitude * sin(seconds * 1000 * 2 * .pi) }
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 7, signal: tone)
        var target = Sound.aac
        target.loudness = wanted
        let engine = try AudioEngine(source.track, target)
        var packets: [Sound.Packet] = []
        try Sound.feed(engine, source.units, &packets)
        try Sound.drain(engine, &packets)
        #expect(Sound.isContinuous(packets))
        // A tone of 1 kHz in both channels has as many LUFS as its peaks have dBFS.
        let heard = try Sound.hear(packets, target, engine.configuration)
        let peak = heard.peaks.filter { (240_000..<310_000).contains($0.time) }.map(\.peak).max() ?? 0
        let level = 20 * log10(Double(peak))
        #expect(abs(level - wanted) < 1, "\(level) dBFS")
    }
}
