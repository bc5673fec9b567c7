import Formats
import KalturaCore
import Testing

/// SPEC §8.3 on the flavors of `fake_catalogue.json`, profile 31.
@Suite struct FlavorChoiceTests {
    static var choice: FlavorChoice {
        func flavor(
            _ id: Int64, _ name: String, _ tags: String, suffix: String? = nil, width: UInt32 = 0, height: UInt32 = 0,
            video: UInt32 = 0, audio: UInt32 = 0, most: Double = 0, profile: String = ""
        ) -> Flavor {
            var flavor = Flavor(id: id)
            (flavor.systemName, flavor.tags, flavor.streamSuffix) = (name, Flavor.tags(tags), suffix)
            (flavor.width, flavor.height, flavor.videoKbps, flavor.audioKbps) = (width, height, video, audio)
            (flavor.maxFrameRate, flavor.profile) = (most, profile)
            flavor.origin = suffix == nil ? .convert : .ingest
            return flavor
        }
        var source = flavor(901, "source", "source,ingest,recording_anchor", suffix: "1")
        source.frameRate = 25
        return FlavorChoice([
            source,
            flavor(
                902, "hd", "mbr,web,optional_flavor", width: 1280, height: 720, video: 2200, audio: 128, most: 30, profile: "main"
            ),
            flavor(903, "sd", "mbr,web,optional_flavor", height: 480, video: 900, audio: 96, most: 30, profile: "main"),
            flavor(904, "low", "mbr,mobile", height: 270, video: 350, audio: 64, most: 15, profile: "baseline"),
            flavor(905, "second_camera", "ingest", suffix: "2"),
        ])
    }

    private func names(_ input: ProfileInput, index: Int32 = 1, _ choice: FlavorChoice = FlavorChoiceTests.choice) throws
        -> [String]
    {
        let entry = try #require(EntryID("0_ab12cd34"))
        return try choice.ladder(entry: entry, index: index, input: input).renditions.map(\.name)
    }

    private func input(height: UInt32 = 0, bitrate: UInt32 = 0, rate: Double = 0, audio: String = "AAC") -> ProfileInput {
        var input = ProfileInput()
        (input.width, input.height, input.videoBitrate) = (height * 16 / 9, height, bitrate)
        (input.frameRate, input.audioCodec) = (rate, audio)
        return input
    }

    @Test func `the source makes all but other ingests, another input itself alone`() throws {
        #expect(try names(input()) == ["source", "hd", "sd", "low"])
        #expect(try names(input(), index: 2) == ["second_camera"])
        #expect(throws: ProfileError.noIngest(index: 3)) { try names(input(), index: 3) }
    }

    @Test func `a small input goes without optional flavors, an unknown one does not`() throws {
        #expect(try names(input(height: 1080, bitrate: 6_000_000)) == ["source", "hd", "sd", "low"])
        #expect(try names(input(height: 480)) == ["source", "sd", "low"])
        #expect(try names(input(height: 270)) == ["source", "low"])
        #expect(try names(input(height: 1080, bitrate: 3_080_000)) == ["source", "hd", "sd", "low"])
        #expect(try names(input(height: 1080, bitrate: 3_079_999)) == ["source", "sd", "low"])
        #expect(try names(input(bitrate: 100_000)) == ["source", "low"])
        var always = Self.choice
        always.keepsOptional = true
        #expect(try names(input(height: 100, bitrate: 1), always) == ["source", "hd", "sd", "low"])
    }

    @Test func `a flavor by width is compared by the input's ratio`() throws {
        var choice = Self.choice
        (choice.flavors[1].height, choice.flavors[1].width) = (0, 1280)
        #expect(try names(input(height: 720), choice).contains("hd"))
        #expect(try !names(input(height: 702), choice).contains("hd"))
    }

    @Test func `frames, rates, sound and hardware`() throws {
        let entry = try #require(EntryID("0_ab12cd34"))
        var choice = Self.choice
        choice.hasGPU = true
        choice.flavors[2].videoKbps = 0
        let ladder = try choice.ladder(entry: entry, index: 1, input: input(rate: 60, audio: "MP3"))
        let video = ladder.renditions.map { $0.video.settings }
        #expect(ladder.renditions[0].video == .passThrough && ladder.renditions[0].audio.settings?.bitrate == .fixed(96_000))
        #expect(video[1]?.skippedFrames == 1 && video[3]?.skippedFrames == 3)
        #expect(video[2]?.bitrate == .fixed(240_000) && video[1]?.bitrate == .fixed(2_200_000))
        #expect(video[3]?.profile == "baseline" && video[1]?.size == .height(720) && video[1]?.prefersHardware == true)
        #expect(ladder.prefersHardwareDecoder && ladder.prefersHardwareScaler && ladder.assumedFrameRateMilli == 60_000)
        #expect(ladder.groups.first?.streamName == "0_ab12cd34_1_all" && ladder.groups.first?.members.count == 4)
        #expect(ladder.renditions.map(\.streamName).first == "0_ab12cd34_901")
        let plain = try Self.choice.ladder(entry: entry, index: 1, input: input())
        #expect(plain.renditions[0].audio == .passThrough && plain.assumedFrameRateMilli == 25_000)
        #expect(plain.renditions[1].video.settings?.skippedFrames == 0 && plain.renditions[3].video.settings?.skippedFrames == 1)
    }
}
