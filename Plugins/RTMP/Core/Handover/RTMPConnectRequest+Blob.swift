import Formats

extension RTMPConnectRequest {
    func write(to blob: inout BlobWriter) {
        for text in [tcUrl, app, flashVer, swfUrl, pageUrl, type] { blob.text(text) }
        blob.u8(objectEncoding == 3 ? 3 : 0)
        capabilities.write(to: &blob)
    }

    /// The address is read from the texts again: a blob can claim none that the peer could not have.
    init(from blob: inout BlobReader) throws(BlobError) {
        let at = blob.offset
        tcUrl = try blob.text("tcUrl", limit: RTMPAddress.longest)
        app = try blob.text("app", limit: RTMPAddress.longest)
        do throws(RTMPNameFault) {
            address = try RTMPAddress(tcUrl: tcUrl, app: app)
        } catch {
            throw .value(field: "address", offset: at)
        }
        flashVer = try blob.text("flashVer", limit: RTMPAddress.longest)
        swfUrl = try blob.text("swfUrl", limit: RTMPAddress.longest)
        pageUrl = try blob.text("pageUrl", limit: RTMPAddress.longest)
        type = try blob.text("type", limit: RTMPAddress.longest)
        objectEncoding = try blob.u8() == 3 ? 3 : 0
        capabilities = try RTMPCapabilities(from: &blob)
    }
}

extension RTMPCapabilities {
    private static var mostCodecs: Int { 64 }
    private static var longestCodec: Int { 4 }

    func write(to blob: inout BlobWriter) {
        blob.array(fourCcList) { $0.text($1) }
        for map in [video, audio] {
            blob.array(map.sorted { $0.key < $1.key }) { blob, entry in
                blob.text(entry.key)
                blob.u32(entry.value)
            }
        }
        blob.u32(capsEx)
        blob.u32(videoFunction)
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        fourCcList = try blob.array("fourCcList", limit: Self.mostCodecs) { blob throws(BlobError) in
            try blob.text("codec", limit: Self.longestCodec)
        }
        video = try Self.map(&blob)
        audio = try Self.map(&blob)
        capsEx = try blob.u32()
        videoFunction = try blob.u32()
    }

    private static func map(_ blob: inout BlobReader) throws(BlobError) -> [String: UInt32] {
        let entries = try blob.array("codecs", limit: mostCodecs) { blob throws(BlobError) in
            (try blob.text("codec", limit: longestCodec), try blob.u32())
        }
        return Dictionary(entries) { $1 }
    }
}

extension RTMPPlayRequest {
    /// Appends what the peer asked to play.
    public func write(to blob: inout BlobWriter) {
        blob.text(raw)
        blob.f64(start)
        blob.u32(bufferMilliseconds)
    }

    /// Reads it back, the address from the text.
    public init(from blob: inout BlobReader) throws(BlobError) {
        let at = blob.offset
        raw = try blob.text("stream name", limit: RTMPAddress.longest)
        do throws(RTMPNameFault) {
            address = try RTMPStreamAddress(raw)
        } catch {
            throw .value(field: "stream name", offset: at)
        }
        start = try blob.f64()
        bufferMilliseconds = try blob.u32()
    }
}
