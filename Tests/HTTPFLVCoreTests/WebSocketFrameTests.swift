import Formats
import Testing

@testable import HTTPFLVCore

@Suite struct WebSocketFrameTests {
    /// RFC 6455 §5.2: length of the payload, header.
    static let cases: [(Int, [UInt8])] = [
        (0, [0x82, 0]), (1, [0x82, 1]), (125, [0x82, 125]), (126, [0x82, 126, 0, 126]), (65_535, [0x82, 126, 0xFF, 0xFF]),
        (65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ]

    @Test(arguments: cases)
    func header(_ count: Int, _ expected: [UInt8]) {
        var writer = ByteWriter()
        WebSocketFrame.appendHeader(payloadCount: count, to: &writer)
        #expect(writer.bytes == expected && WebSocketFrame.headerCount(payloadCount: count) == expected.count)
        let whole = writer.bytes + [UInt8](repeating: 7, count: count)
        whole.withUnsafeBytes { #expect(WebSocketFrame.parse($0) == expected.count..<whole.count) }
        for cut in [0, 1, expected.count - 1, whole.count - 1] where cut < whole.count {
            whole.prefix(cut).withUnsafeBytes { #expect(WebSocketFrame.parse($0) == nil) }
        }
    }

    @Test func refusesWhatItDoesNotWrite() {
        let bad: [[UInt8]] = [
            [0x81, 0], [0x02, 0], [0x82, 0x80, 0, 0, 0, 0], [0x82, 126, 0, 5, 0, 0, 0, 0, 0],
            [0x82, 127] + Array(repeating: 0xFF, count: 8),
        ]
        for bytes in bad { bytes.withUnsafeBytes { #expect(WebSocketFrame.parse($0) == nil) } }
    }
}
