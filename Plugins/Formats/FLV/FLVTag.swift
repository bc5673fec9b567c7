/// One tag with its body.
public struct FLVTag: Equatable, Sendable {
    /// Type, time and size.
    public var header: FLVTagHeader
    /// An RTMP audio, video or data message.
    public var body: [UInt8]

    /// Both; the header's size is expected to be that of the body.
    public init(header: FLVTagHeader, body: [UInt8]) {
        self.header = header
        self.body = body
    }

    /// A tag to be written.
    public init(_ type: FLVTagType, timestamp: UInt32, body: [UInt8]) {
        self.init(header: FLVTagHeader(type, bodyCount: body.count, timestamp: timestamp), body: body)
    }

    /// Appends header, body and the size that follows.
    public func append(to writer: inout ByteWriter) {
        header.append(to: &writer)
        writer.append(body)
        header.appendTrailer(to: &writer)
    }
}
