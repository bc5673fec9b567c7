import KalturaCore
import Testing

@Suite struct SmallPartsTests {
    @Test(arguments: [
        ("", "203.0.113.1", true), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("192.0.2.0/25", "192.0.2.127", true), ("192.0.2.0/25", "192.0.2.128", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:1::5", true),
        ("2001:db8::/32", "2001:db9::5", false), ("10.0.0.1, 10.0.0.2", "10.0.0.2", true), ("nonsense", "10.0.0.1", false),
        ("10.0.0.0/33", "10.0.0.1", false), ("10.0.0.0/8/8", "10.0.0.1", false), ("10.0.0.1", "", false),
        ("::/0", "10.0.0.1", true),
    ])
    func `sources are addresses and prefixes, and a mistake opens nothing`(list: String, source: String, inside: Bool) {
        #expect(SourceList(list).contains(source) == inside, "\(list) \(source)")
    }

    @Test func `the ring keeps the last hundred, oldest first`() {
        var ring = RejectionRing()
        let shown = MaskedAddress(address("rtmp://h/kLive"), rules: AddressRules())
        for i in 0..<250 { ring.record(Rejection(time: Int64(i), address: shown, source: "s", refusal: Refusal(.badToken))) }
        #expect(ring.all.map(\.time) == Array(150..<250).map(Int64.init))
        #expect(ring.total == 250)
    }
}
