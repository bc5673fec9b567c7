import Formats
import HTTPFLVCore

/// A frame header that is read is written the same again.
func fuzzWebSocket(_ bytes: UnsafeRawBufferPointer) {
    guard let range = WebSocketFrame.parse(bytes) else { return }
    var writer = ByteWriter()
    WebSocketFrame.appendHeader(payloadCount: range.count, to: &writer)
    precondition(writer.bytes.elementsEqual(bytes.prefix(range.lowerBound)))
    precondition(WebSocketFrame.headerCount(payloadCount: range.count) == range.lowerBound)
}
