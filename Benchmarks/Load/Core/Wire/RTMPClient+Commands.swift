/// What the client says (RTMP 1.0 §7.2).
extension RTMPClient {
    mutating func connect() {
        var properties: [AMF0Value.Property] = [.init("app", .string(app))]
        if purpose == .publish { properties.append(.init("type", .string("nonprivate"))) }
        properties += [
            .init("flashVer", .string(purpose == .publish ? "FMLE/3.0 (compatible; sluice-load)" : "LNX 9,0,124,2")),
            .init("tcUrl", .string("rtmp://\(address)/\(app)")),
        ]
        if purpose == .play {
            properties += [
                .init("fpad", .boolean(false)), .init("capabilities", .number(15)), .init("audioCodecs", .number(4071)),
                .init("videoCodecs", .number(252)), .init("videoFunction", .number(1)),
            ]
        }
        put(command: [.string("connect"), .number(1), .object(properties)])
    }

    mutating func createStream() {
        if purpose == .publish {
            put(type: 1, bigEndian: [UInt32(clamping: publishChunkSize)])
            writer.chunkSize = max(1, publishChunkSize)
            put(command: [.string("releaseStream"), .number(2), .null, .string(name)])
            put(command: [.string("FCPublish"), .number(3), .null, .string(name)])
        } else {
            put(type: 5, bigEndian: [2_500_000])
        }
        put(command: [.string("createStream"), .number(4), .null])
    }

    mutating func begin() {
        if purpose == .publish {
            put(command: [.string("publish"), .number(5), .null, .string(name), .string("live")], chunkStream: 4)
        } else {
            put(command: [.string("play"), .number(5), .null, .string(name), .number(-2000)], chunkStream: 8)
            var bufferLength: [UInt8] = [0, 3]
            bufferLength.put32(streamID)
            bufferLength.put32(1000)
            writer.write(bufferLength, type: 4, chunkStream: 2, to: &output)
        }
    }

    mutating func put(type: UInt8, bigEndian values: [UInt32]) {
        var payload: [UInt8] = []
        for value in values { payload.put32(value) }
        writer.write(payload, type: type, chunkStream: 2, to: &output)
    }

    private mutating func put(command values: [AMF0Value], chunkStream: UInt8 = 3) {
        var payload: [UInt8] = []
        for value in values { value.write(to: &payload) }
        writer.write(payload, type: 20, chunkStream: chunkStream, streamID: chunkStream == 3 ? 0 : streamID, to: &output)
    }
}
