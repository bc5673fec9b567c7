import HostPaths
import Testing

@Suite struct HeaderTests {
    static let ranges: [(String?, Int, ByteRange)] = [
        (nil, 10, .whole), ("", 10, .whole), ("bytes", 10, .whole), ("lines=0-1", 10, .whole),
        ("bytes=0-0", 10, .part(0..<1)), ("Bytes=2-4", 10, .part(2..<5)), ("bytes= 2-4 ", 10, .part(2..<5)),
        ("bytes=5-", 10, .part(5..<10)), ("bytes=-3", 10, .part(7..<10)), ("bytes=-30", 10, .part(0..<10)),
        ("bytes=0-18446744073709551615", 10, .part(0..<10)), ("bytes=0-99999999999999999999999999", 10, .part(0..<10)),
        ("bytes=9-1", 10, .whole), ("bytes=-0", 10, .unsatisfiable), ("bytes=10-", 10, .unsatisfiable),
        ("bytes=18446744073709551616-", 10, .unsatisfiable), ("bytes=0-", 0, .unsatisfiable), ("bytes=-1", 0, .unsatisfiable),
        ("bytes=0-1,2-3", 10, .whole), ("bytes=a-b", 10, .whole), ("bytes=--1", 10, .whole), ("bytes=1", 10, .whole),
        ("bytes=-", 10, .whole), ("bytes=0x0-1", 10, .whole), ("bytes=+1-2", 10, .whole),
        ("bytes=" + String(repeating: "0-,", count: 1000), 10, .whole),
        ("bytes=0-9223372036854775807", Int.max, .part(0..<Int.max)),
    ]

    @Test(arguments: ranges)
    func range(_ value: String?, _ length: Int, _ expected: ByteRange) {
        #expect(ByteRange(value, length: length) == expected)
    }

    static let encodings: [([String], Bool)] = [
        ([], false), (["gzip"], true), (["GZIP"], true), (["deflate, gzip;q=0.5"], true), (["gzip;q=0"], false),
        (["gzip;q=0.000"], false), (["gzip; q=0.001"], true), (["gzip;q=1"], true), (["*"], true), (["*;q=0"], false),
        (["gzip;q=0, *"], false), (["*;q=0, gzip"], true), (["identity"], false), (["br", "gzip"], true), (["gzip;q=x"], false),
        (["x-gzip"], false), ([",,;;q=,"], false), (["gzip;level=3;q=0"], false),
    ]

    @Test(arguments: encodings)
    func acceptsGzip(_ values: [String], _ expected: Bool) {
        #expect(AcceptEncoding.accepts("gzip", in: values) == expected)
    }
}
