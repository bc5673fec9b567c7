import Testing

@testable import TranscodeCore

@Suite struct FilterTextTests {
    static func text(
        _ source: ScalerGraph.Source, _ rungs: [Rung], _ treatment: PictureTreatment = PictureTreatment()
    ) -> String {
        FilterText(source: source, timescale: 1000, rungs: rungs, treatment: treatment).text
    }

    static func rung(_ width: Int32, _ height: Int32, _ fit: Rung.Fit = .whole) -> Rung {
        Rung(label: "\(height)p", width: width, height: height, fit: fit, bitrate: 1000)
    }

    static let full = ScalerGraph.Source(width: 1920, height: 1080, format: 0)

    @Test func eachSizeIsMadeOfTheNextLarger() {
        #expect(
            Self.text(Self.full, [Self.rung(640, 360), Self.rung(1280, 720)])
                == "buffer@in=video_size=1920x1080:pix_fmt=0:time_base=1/1000:pixel_aspect=1/1,null[whole0]"
                + ";[whole0]scale=1280:720:flags=bicubic,setsar=1,format=yuv420p,split[to0][from0];[to0]buffersink@rung1"
                + ";[from0]scale=640:360:flags=bicubic,setsar=1,format=yuv420p,buffersink@rung0")
    }

    @Test func otherShapesAreMadeOfTheSourceWithBarsOrCut() {
        let text = Self.text(
            Self.full, [Self.rung(640, 480), Self.rung(480, 480, .crop), Self.rung(640, 360), Self.rung(300, 300, .stretch)])
        #expect(text.contains("split=3"))
        #expect(text.contains("scale=640:360:flags=bicubic,setsar=1,format=yuv420p,pad=640:480:0:60"))
        #expect(text.contains("crop=iw*518400/921600:ih,scale=480:480"))
        #expect(text.contains("scale=300:300:flags=bicubic,setsar=1,format=yuv420p,buffersink@rung3"))
    }

    @Test func onlyWhatIsMarkedIsDeinterlaced() {
        var source = Self.full
        #expect(!Self.text(source, [Self.rung(640, 360)]).contains("bwdif"))
        source.isInterlaced = true
        #expect(Self.text(source, [Self.rung(640, 360)]).contains("bwdif=mode=send_frame:parity=auto:deint=interlaced"))
        #expect(!Self.text(source, [Self.rung(640, 360)], PictureTreatment(deinterlaces: false)).contains("bwdif"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a:b", #"a\\:b"#), ("it's", #"it\\\'s"#), ("[x],y;z", #"\[x\]\,y\;z"#), (#"\"#, #"\\\\"#),
        ("%{pts}", "%{pts}"),
    ])
    func textIsEscapedTwice(_ text: String, _ wanted: String) { #expect(FilterText.escaped(text) == wanted) }

    @Test func whatIsDrawnIsBounded() {
        let overlay = Overlay(text: String(repeating: "x", count: 5000) + "\u{7}", opacity: .nan, size: 99)
        #expect(overlay.text.count == Overlay.longestText && overlay.opacity == 1 && overlay.size == 1)
        for name in ["", "../x.png", "/etc/passwd", ".png", "a\nb", "a/b.png"] { #expect(!Overlay.isFileName(name)) }
        #expect(Overlay.isFileName("logo 1.png"))
    }
}
