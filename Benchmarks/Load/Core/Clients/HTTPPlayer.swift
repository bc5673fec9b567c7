/// A player of a long HTTP response: FLV is checked, anything else is counted.
final class HTTPPlayer: Client {
    private enum Content { case unknown, flv, other }

    private var http = HTTPReader()
    private var flv = FLVReader()
    private var content = Content.unknown
    private var early: [UInt8] = []

    override func begin() {
        http = HTTPReader()
        flv = FLVReader()
        content = .unknown
        early = []
    }

    override func opened() {
        let target = engine.options.target
        output += Array(
            """
            GET \(target.path(stream: stream)) HTTP/1.1\r
            Host: \(target.address)\r
            User-Agent: sluice-load\r
            Accept: */*\r
            \r\n
            """.utf8)
    }

    override var droppable: Int { tally.isReady && !parses ? .max : 0 }

    override func take(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
        http.append(bytes)
        while let event = try http.next() {
            switch event {
            case .head(let head):
                guard head.status / 100 == 2 else { throw .httpStatus(head.status) }
            case .body(let piece): try media(piece)
            case .end: throw .refused("end of body")
            }
            if droppable > 0 {
                begin()
                return
            }
        }
    }

    private func media(_ piece: [UInt8]) throws(WireFault) {
        switch content {
        case .unknown:
            early += piece
            guard early.count >= 4 else { return }
            content = early.starts(with: [0x46, 0x4c, 0x56]) ? .flv : .other
            let all = early
            early = []
            try media(all)
        case .flv:
            piece.withUnsafeBytes { flv.append($0) }
            try tags()
        case .other: ready()
        }
    }

    private func tags() throws(WireFault) {
        while let tag = try flv.next() {
            tag.body.withUnsafeBytes { body in
                if tag.type == 8 { engine.referee.audio(body, timestamp: tag.timestamp, check: &check) }
                if tag.type == 9, engine.referee.video(body, timestamp: tag.timestamp, arrived: engine.now, check: &check) {
                    ready()
                }
            }
            if droppable > 0 { return }
        }
    }
}
