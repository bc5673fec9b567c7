import Testing

@testable import TranscodeCore

@Suite struct SlowGainTests {
    @Test func itFollowsSlowlyAndHoldsInPauses() {
        var gain = SlowGain(target: -23)
        for _ in 0..<30 { gain.hear(momentary: -33, shortTerm: -33, seconds: 0.1) }
        #expect(abs(gain.decibels - 10) < 0.01)
        for _ in 0..<50 { gain.hear(momentary: -70, shortTerm: -60, seconds: 0.1) }
        for _ in 0..<50 { gain.hear(momentary: -46, shortTerm: -33, seconds: 0.1) }
        gain.hear(momentary: -.infinity, shortTerm: .nan, seconds: 0.1)
        #expect(abs(gain.decibels - 10) < 0.01)
        for _ in 0..<20 { gain.hear(momentary: -20, shortTerm: -20, seconds: 0.1) }
        #expect(abs(gain.decibels - 7) < 0.01)
        for _ in 0..<100 { gain.hear(momentary: -20, shortTerm: -20, seconds: 0.1) }
        #expect(abs(gain.decibels + 3) < 0.01)
    }

    @Test func nothingGoesOverTheCeiling() {
        var gain = SlowGain(target: -14)
        for _ in 0..<100 { gain.hear(momentary: -40, shortTerm: -40, seconds: 0.1) }
        let peaks: [Float] = [0.05, 0.05, 0.9, 0.02, 0, 1.4, 0.05, 0.05]
        var before: Float?
        for (peak, next) in zip(peaks, peaks.dropFirst()) {
            let (from, to) = gain.ramp(peak: peak, next: next)
            if let before { #expect(from == before) }
            #expect(peak * max(from, to) <= SlowGain.ceiling * 1.0001)
            before = to
        }
        for _ in 0..<100 { _ = gain.ramp(peak: 0.05, next: 0.05) }
        #expect(abs(gain.ramp(peak: 0.05, next: 0.05).to - 10) < 0.01)
    }
}
