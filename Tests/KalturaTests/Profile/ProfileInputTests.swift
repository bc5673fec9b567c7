import Formats
import KalturaCore
import Testing

@Suite struct ProfileInputTests {
    @Test func `what a stream is becomes the parameters of the specification`() {
        let video = TrackDescription(
            id: 0, kind: .video, codec: .avc1, timescale: 1000, width: 1920, height: 1080, frameRateMilli: 29_970,
            bitrate: 2_500_900)
        let audio = TrackDescription(id: 1, kind: .audio, codec: .mp4a, timescale: 1000, bitrate: 128_000)
        var input = ProfileInput([video, audio])
        #expect(
            input.extraParameters
                == #"{"width":"1920","height":"1080","framerate":"29.97","videodatarate":"2500","audiodatarate":"128","#
                + #""videocodecidstring":"H.264","audiocodecidstring":"AAC"}"#)
        input.hasGPU = true
        #expect(input.extraParameters.hasSuffix(#","gpu":"true"}"#))
    }

    @Test func `what is not known, or absurd, is left out`() {
        #expect(ProfileInput().extraParameters.isEmpty && ProfileInput([]) == ProfileInput())
        var input = ProfileInput([TrackDescription(id: 0, kind: .audio, codec: FourCC("what"), timescale: 1000)])
        #expect(input.extraParameters.isEmpty)
        for (rate, text) in [(25.0, "25"), (12.5, "12.5"), (59.94006, "59.94"), (1_000, "1000")] {
            input.frameRate = rate
            #expect(input.extraParameters == "{\"framerate\":\"\(text)\"}")
        }
        for rate in [-1, 0, .infinity, .nan, 1e9] {
            input.frameRate = rate
            #expect(input.extraParameters.isEmpty)
        }
    }
}
