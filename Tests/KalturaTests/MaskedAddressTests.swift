import KalturaCore
import Testing

@Suite struct MaskedAddressTests {
    @Test(arguments: [
        (
            address("rtmp://h:1935/kLive/?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", "0_ab12cd34_1"),
            "rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a1… 0_ab12cd34_1"
        ),
        (
            address("rtmp://h/kLive", "0_ab12cd34_1?p=102&i=0&t=a1b2c3d4"),
            "rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a1… 0_ab12cd34_1?…"
        ),
        (address("rtmp://h/kLive/p/102/t/a1b2c3d4", "1"), "rtmp://h/kLive?p=102&t=a1… 1"),
        (address("rtmp://h/kLive?token=a1b2c3d4", "a1b2c3d4"), "rtmp://h/kLive a1…"),
        (address("rtmp://h/a1b2c3d4/x", "y"), "rtmp://h/a1… …"),
        (address("rtmp://h/kLive?i=7&t=a1b2c3d4"), "rtmp://h/kLive?…"),
        (AddressText(tcURL: "", app: "", stream: nil), "…:///…"),
        (srt("#:::e=0_ab12cd34,st=0,p=a1b2c3d4"), "srt://h/?e=0_ab12cd34&i=0&t=a1…"),
        (srt("#:::e=0_ab12cd34,st=9,p=a1b2c3d4"), "srt://h/?…"),
        (address("rtsp://h/kLive/0_ab12cd34_1?p=102&i=0&t=a1b2c3d4"), "rtsp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a1…"),
    ])
    func `only harmless parts are shown`(text: AddressText, shown: String) {
        #expect(MaskedAddress(text, rules: AddressRules()).description == shown)
    }
}
