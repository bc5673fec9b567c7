import Testing

@testable import HostConfig

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("opne", "open"), ("OUTPUTS", "outputs"), ("output", "outputs"), ("latnecy", "latency"), ("q", nil), ("xyzzy", nil),
        ("open", nil),
    ])
    func findsTheNearest(typed: String, meant: String?) {
        #expect(Suggestion.nearest(to: typed, among: ["auth", "outputs", "open", "latency"]) == meant)
    }

    @Test(arguments: [
        ("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 1), ("same", "same", 0), ("ca", "abc", 3),
    ])
    func countsEdits(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    }
}
