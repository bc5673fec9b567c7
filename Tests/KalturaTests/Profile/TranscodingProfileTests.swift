import Formats
import KalturaCore
import TestSupport
import Testing

@Suite struct TranscodingProfileTests {
    static let source = "0_ab12cd34_1"

    /// SPEC §8.2, the example.
    static let example = """
        <?xml version="1.0"?>
        <Root>
          <Transcode>
            <Encodes>
              <Encode><Enable>true</Enable><Name>source</Name><StreamName>0_ab12cd34_901</StreamName>
                <Video><Codec>PassThru</Codec></Video>
                <Audio><Codec>PassThru</Codec></Audio>
              </Encode>
              <Encode><Enable>true</Enable><Name>mid</Name><StreamName>0_ab12cd34_903</StreamName>
                <Video><Transcoder>default</Transcoder><Implementation>NVENC</Implementation><GPUID>-1</GPUID>
                  <FrameSize><FitMode>fit-height</FitMode><Height>480</Height></FrameSize>
                  <Codec>H.264</Codec><Profile>main</Profile><Bitrate>900000</Bitrate>
                  <KeyFrameInterval><FollowSource>true</FollowSource><Interval>60</Interval></KeyFrameInterval>
                  <SkipFrameCount><Value>1</Value></SkipFrameCount></Video>
                <Audio><Codec>AAC</Codec><Bitrate>96000</Bitrate></Audio>
              </Encode>
            </Encodes>
            <Decode><Video><Deinterlace>false</Deinterlace><Implementation>NVCUVID</Implementation></Video></Decode>
            <Scale><Implementation>CUDA</Implementation><Parameters/><Properties/></Scale>
            <StreamNameGroups>
              <StreamNameGroup><Name>all</Name><StreamName>${SourceStreamName}_all</StreamName>
                <Members><Member><EncodeName>source</EncodeName></Member><Member><EncodeName>mid</EncodeName></Member></Members>
              </StreamNameGroup>
            </StreamNameGroups>
            <Properties><Property><Name>sourceStreamFrameRate</Name><Value>25</Value><Type>Double</Type></Property></Properties>
          </Transcode>
        </Root>
        """

    private func read(_ encodes: String) throws -> TranscodingProfile {
        let text = "<Root><Transcode><Encodes>\(encodes)</Encodes></Transcode></Root>"
        return try TranscodingProfile(xml: Array(text.utf8), source: Self.source)
    }

    private func encode(_ video: String, audio: String = "<Codec>PassThru</Codec>", name: String = "x", more: String = "")
        -> String
    {
        "<Encode>\(more)<Name>\(name)</Name><StreamName>mp4:${SourceStreamName}_\(name)</StreamName>"
            + "<Video>\(video)</Video><Audio>\(audio)</Audio></Encode>"
    }

    @Test func `the example of the specification`() throws {
        let profile = try TranscodingProfile(xml: Array(Self.example.utf8), source: Self.source)
        let mid = LadderVideo(
            codec: .avc1, profile: "main", bitrate: .fixed(900_000), size: .height(480), keyFrames: .followSource,
            skippedFrames: 1,
            prefersHardware: true)
        let ladder = Ladder(
            renditions: [
                LadderRendition(name: "source", streamName: "0_ab12cd34_901", video: .passThrough, audio: .passThrough),
                LadderRendition(
                    name: "mid", streamName: "0_ab12cd34_903", video: .encode(mid),
                    audio: .encode(LadderAudio(codec: .mp4a, bitrate: .fixed(96_000)))),
            ],
            groups: [LadderGroup(name: "all", streamName: "0_ab12cd34_1_all", members: ["source", "mid"])],
            prefersHardwareDecoder: true, prefersHardwareScaler: true, assumedFrameRateMilli: 25_000)
        #expect(profile.ladder == ladder && profile.problems.isEmpty && ladder.needsEncoder)
    }

    @Test func `values of every kind`() throws {
        let profile = try read(
            encode(
                """
                <Codec>H.265</Codec><Bitrate>${SourceVideoBitrate}</Bitrate><GPUID>2</GPUID><Unknown/>
                <KeyFrameInterval><FollowSource>false</FollowSource><Interval>50</Interval></KeyFrameInterval>
                <FrameSize><FitMode>crop</FitMode><Width>640</Width><Height>360</Height></FrameSize>
                <Parameters><Parameter><Name>mainconcept.bit_rate_mode</Name><Value>0</Value><Type>Long</Type></Parameter>
                <Parameter><Name>other</Name><Value>1</Value></Parameter></Parameters>
                """, audio: "<Codec>Opus</Codec><Bitrate>${SourceAudioBitrate}</Bitrate>"))
        let rendition = try #require(profile.ladder.renditions.first)
        let video = try #require(rendition.video.settings)
        #expect(rendition.streamName == "0_ab12cd34_1_x")
        #expect(video.codec == .hvc1 && video.bitrate == .source && video.keyFrames == .every(50) && video.isConstantBitrate)
        #expect(video.size == .crop(width: 640, height: 360) && video.gpu == 2 && !video.prefersHardware && video.profile == "")
        #expect(rendition.audio.settings == LadderAudio(codec: .opus, bitrate: .source))
        #expect(profile.problems.count == 1)
    }

    @Test(arguments: [
        "<FrameSize><FitMode>fit-height</FitMode></FrameSize>",
        "<FrameSize><FitMode>letterbox</FitMode><Width>9</Width></FrameSize>",
        "<FrameSize><FitMode>sideways</FitMode></FrameSize>",
        "<FrameSize><FitMode>fit-width</FitMode><Width>99999</Width></FrameSize>",
    ])
    func `an output that cannot be made is left out, the others stay`(size: String) throws {
        let bad = encode("<Codec>H.264</Codec><Bitrate>1000000</Bitrate>" + size)
        #expect(throws: ProfileError.self) { try read(bad) }
        let profile = try read(bad + encode("<Codec>PassThru</Codec>", name: "y"))
        #expect(profile.ladder.renditions.map(\.name) == ["y"] && profile.problems.count == 1)
    }

    @Test(arguments: [
        "", "<Encode/>", "<Encode><Enable>false</Enable><Name>a</Name></Encode>",
        "<Encode><Name>a</Name><StreamName>b</StreamName></Encode>",
        "<Encode><Name>a</Name><StreamName>../b</StreamName><Video><Codec>PassThru</Codec></Video></Encode>",
        "<Encode><Name>a</Name><StreamName>b</StreamName><Video><Codec>MJPEG</Codec></Video></Encode>",
        "<Encode><Name>a</Name><StreamName>b</StreamName><Video><Codec>H.264</Codec><Bitrate>-1</Bitrate></Video></Encode>",
    ])
    func `a profile without a usable output is NO_PROFILE`(encodes: String) {
        do {
            _ = try read(encodes)
            Issue.record("it was taken")
        } catch {
            #expect((error as? ProfileError)?.isDecision == true)
        }
    }

    @Test func `what is no profile says so`() {
        for text in ["", "<Root/>", "<xml><result/></xml>", "<!DOCTYPE Root><Root><Transcode/></Root>"] {
            #expect(throws: ProfileError.self) { try TranscodingProfile(xml: Array(text.utf8), source: "x") }
        }
        #expect(throws: ProfileError.notAProfile) { try TranscodingProfile(xml: Array("<Root/>".utf8), source: "x") }
    }

    @Test func `outputs and problems are bounded, and names are unique`() throws {
        let many = (0..<200).map { encode("<Codec>PassThru</Codec>", name: "n\($0 % 100)") }.joined()
        let profile = try read(many)
        #expect(profile.ladder.renditions.count == TranscodingProfile.mostRenditions && profile.problems.count == 32)
    }

    @Test(
        arguments: [
            (LadderFrameSize.source, 1280, 720, 1280, 720), (.height(480), 1920, 1080, 854, 480),
            (.height(360), 640, 480, 480, 360),
            (.width(640), 1920, 1080, 640, 360), (.width(640), 0, 0, 0, 0), (.crop(width: 8, height: 6), 0, 0, 8, 6),
            (.height(480), 1, 4_294_967_295, 2, 480),
        ] as [(LadderFrameSize, UInt32, UInt32, UInt32, UInt32)])
    func `sizes follow the picture's ratio and are even`(
        size: LadderFrameSize, width: UInt32, height: UInt32, toWidth: UInt32, toHeight: UInt32
    ) {
        let pixels = size.pixels(width: width, height: height)
        #expect(pixels.width == toWidth && pixels.height == toHeight)
    }

    @Test func `a profile that is cut or flipped anywhere is read or refused`() {
        let bytes = Array(Self.example.utf8)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            _ = try? TranscodingProfile(xml: Array(bytes[..<length]), source: Self.source)
        }
        var random = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            var flipped = bytes
            flipped[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            guard let profile = try? TranscodingProfile(xml: flipped, source: Self.source) else { continue }
            #expect(!profile.ladder.renditions.isEmpty && profile.ladder.renditions.count <= 2)
        }
    }
}
