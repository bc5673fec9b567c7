import Testing

@testable import HostConfig

@Suite struct KeyLocatorTests {
    static let text = #"""
        top = 1
        a.b . "c d" = "x"   # comment with [brackets] = "and more"
        [ t . u ]
        k = """
        not = a key
        "" still """
        l = '''
        [nor.this]'''
        m = [ 1, # one
          [ 2, 3 ], { n = 4, o.p = [ { q = 5 } ] } ]
        [[arr]]
        x = 1
        [arr.sub]
        y = "\u0041\"#"
        [[arr]]
        'x' = 2
        [[arr.deep]]
        z = 1979-05-27 07:32:00
        w = 1
        """#

    static let places: [(path: String, key: String, value: String)] = [
        ("top", "1:1", "1:7"), ("a", "2:1", "2:15"), ("a.b", "2:3", "2:15"), (#"a.b."c d""#, "2:7", "2:15"),
        ("t", "3:3", "3:3"), ("t.u", "3:7", "3:7"), ("t.u.k", "4:1", "4:5"), ("t.u.l", "7:1", "7:5"), ("t.u.m", "9:1", "9:5"),
        ("t.u.m[0]", "9:7", "9:7"), ("t.u.m[1][1]", "10:8", "10:8"), ("t.u.m[2].n", "10:15", "10:19"),
        ("t.u.m[2].o.p[0].q", "10:32", "10:36"), ("arr[0].x", "12:1", "12:5"), ("arr[0].sub.y", "14:1", "14:5"),
        ("arr[1]", "15:3", "15:3"), ("arr[1].x", "16:1", "16:7"), ("arr[1].deep[0].w", "19:1", "19:5"),
    ]

    @Test(arguments: places) func findsKeysAndValues(path: String, key: String, value: String) throws {
        let places = KeyLocator(Self.text).places
        let place = try #require(places.first { $0.key.description == path }?.value)
        #expect(place.key.description == key)
        #expect(place.value.description == value)
    }

    @Test func seesNoKeysInsideTexts() {
        let locator = KeyLocator(Self.text)
        #expect(!locator.places.keys.contains { $0.description.contains("not") || $0.description.contains("nor") })
        #expect(locator.escapedNULs.isEmpty)
        #expect(KeyLocator("a = [\"x\", \"\\u0000\"]").escapedNULs == [SourcePosition(line: 1, column: 11)])
    }

    @Test func survivesAnyText() {
        let scalars = Array(Self.text.unicodeScalars)
        for length in 0..<scalars.count { _ = KeyLocator(String(String.UnicodeScalarView(scalars[..<length]))) }
        var random = SplitMix(state: 0x70AD)
        for _ in 0..<200 {
            var mutated = scalars
            for _ in 0..<4 {
                let noise: [Unicode.Scalar] = ["[", "]", "{", "}", "\"", "'", "=", ".", ",", "#", "\n", "\\", "\u{0}", "a"]
                mutated[Int(random.next() % UInt64(mutated.count))] = noise[Int(random.next() % UInt64(noise.count))]
            }
            _ = KeyLocator(String(String.UnicodeScalarView(mutated)))
        }
        for opening in ["[", "{", "a=[", "a={b=", "[["] { _ = KeyLocator("x=" + String(repeating: opening, count: 50_000)) }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
