import Formats

extension RTMPHandshake {
    func write(to blob: inout BlobWriter) {
        blob.u8(state.rawValue)
        blob.run(bytes)
        blob.u64(filling.state)
    }

    init(from blob: inout BlobReader) throws(BlobError) {
        let at = blob.offset
        guard let state = State(rawValue: try blob.u8()), state != .done else {
            throw .value(field: "handshake state", offset: at)
        }
        bytes = try blob.run("handshake bytes", limit: state == .hello ? 1536 : 1535)
        filling = RTMPFilling(seed: try blob.u64())
        self.state = state
    }
}
