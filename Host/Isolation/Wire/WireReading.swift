import CSluice

/// Reads bytes as a plugin's process might send them, or the host: whole messages, each field by field. For fuzzing.
/// - Returns: how many messages could be read to their end.
package func readMessages(_ bytes: UnsafeRawBufferPointer) -> Int {
    var assembler = MessageAssembler()
    assembler.receive(bytes)
    var count = 0
    do {
        while let message = try assembler.next() {
            if (try? message.reading { try readFields(message.kind, &$0) }) != nil { count += 1 }
        }
    } catch {
        return count
    }
    return count
}

/// Every form that the fields of a message have.
func readFields(_ kind: MessageKind, _ reader: inout WireReader) throws(WireError) {
    switch kind {
    case .start: _ = try StartOrder(&reader)
    case .described:
        _ = (try reader.i32(), try reader.string(limit: 1024))
        _ = try ModuleDescription(&reader)
    case .done:
        _ = (try reader.i32(), try reader.string(limit: 1024))
        _ = try InterfaceDescription(&reader)
    case .decide: try reader.authRequest { touch($0.pointee.query, $0.pointee.query_count) }
    case .verdict: try reader.verdict { touch($0.pointee.attributes, $0.pointee.attribute_count) }
    case .handleRequest: try reader.request(exchange: 1) { touch($0.pointee.headers, $0.pointee.header_count) }
    case .respond: try reader.response { touch($0.pointee.headers, $0.pointee.header_count) }
    case .log:
        _ = (try reader.i32(), try reader.text())
        let pairs = try reader.pairs()
        pairs.withUnsafeBufferPointer { touch($0.baseAddress, UInt32($0.count)) }
    case .runCommand: _ = try reader.texts()
    case .result: try reader.streamInfo { _ = $0.pointee.track_count }
    default: _ = try reader.text()
    }
}

/// Reads the last byte of each text.
private func touch(_ list: UnsafePointer<sluice_pair>?, _ count: UInt32) {
    guard let list else { return }
    for index in 0..<Int(count) {
        for text in [list[index].key, list[index].value] where text.size > 0 { _ = text.data?[Int(text.size) - 1] }
    }
}

/// Reads bytes as a session's process might send them, or be sent: each form of a record's fields, from the first byte on. For fuzzing.
/// - Returns: how many forms could be read.
package func readSessionRecords(_ bytes: UnsafeRawBufferPointer) -> Int {
    var count = 0
    func attempt(_ body: (inout WireReader) throws(WireError) -> Void) {
        var reader = WireReader(bytes)
        do throws(WireError) {
            try body(&reader)
            precondition(reader.offset <= bytes.count)
            count += 1
        } catch {}
    }
    attempt { reader throws(WireError) in
        let event = try SessionEvent(&reader)
        var writer = WireWriter(object: 0)
        event.write(&writer)
        let again = Array(writer.bytes[8...])
        // Texts are repaired: only what has none comes out as it went in.
        if case .bytes = event { precondition(again.elementsEqual(bytes.prefix(reader.offset))) }
    }
    attempt { reader throws(WireError) in
        for frame in try reader.frames() where frame.data.size > 0 {
            _ = (frame.data.data?[Int(frame.data.size) - 1], frame.hasSoundTimes)
        }
    }
    attempt { reader throws(WireError) in
        for track in try reader.tracks() where track.configuration.size > 0 {
            _ = track.configuration.data?[Int(track.configuration.size) - 1]
        }
    }
    attempt { reader throws(WireError) in try reader.connectionInfo { _ = $0.pointee.listener.copied } }
    attempt { reader throws(WireError) in _ = try reader.publishRequest().description.copied }
    attempt { reader throws(WireError) in _ = try reader.authAnswer().status.copied }
    return count
}
