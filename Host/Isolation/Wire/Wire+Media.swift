import CSluice

extension WireWriter {
    /// A list of tracks with `stride` bytes from one to the next.
    mutating func tracks(_ list: UnsafePointer<sluice_track>?, stride: UInt32, count: UInt32) {
        let step = max(Int(stride), MemoryLayout<sluice_track>.stride)
        let count = list == nil ? 0 : min(count, 64)
        u32(count)
        guard let list else { return }
        for index in 0..<Int(count) {
            track(UnsafeRawPointer(list).advanced(by: index * step).assumingMemoryBound(to: sluice_track.self).pointee)
        }
    }

    /// One frame with its bytes.
    mutating func frame(_ raw: sluice_frame) {
        for value in [raw.track, raw.flags, raw.drop_class] { u32(value) }
        for value in [raw.pts, raw.dts, raw.duration, raw.wall_us] { i64(value) }
        u64(raw.arrival_ns)
        blob(raw.data)
    }

    /// What a frame takes besides its bytes.
    static let frameHead = 3 * 4 + 4 * 8 + 8 + 4
}

extension WireReader {
    mutating func tracks() throws(WireError) -> [sluice_track] {
        var list: [sluice_track] = []
        for _ in 0..<(try count(each: 52)) { list.append(try track()) }
        return list
    }

    /// A list of frames; their bytes are borrowed from the record.
    /// - Parameter buffer: what they lie in, when somebody may retain it.
    mutating func frames(in buffer: UnsafeMutablePointer<sluice_buffer>? = nil) throws(WireError) -> [sluice_frame] {
        var list: [sluice_frame] = []
        let count = try count(each: WireWriter.frameHead)
        list.reserveCapacity(count)
        for _ in 0..<count {
            var raw = sluice_frame()
            raw.struct_size = UInt32(MemoryLayout<sluice_frame>.size)
            raw.track = try u32()
            raw.flags = try u32()
            raw.drop_class = try u32()
            raw.pts = try i64()
            raw.dts = try i64()
            raw.duration = try i64()
            raw.wall_us = try i64()
            raw.arrival_ns = try u64()
            raw.data = try blob()
            raw.buffer = buffer
            list.append(raw)
        }
        return list
    }

    /// Calls `body` with what a sink is opened for; texts are borrowed from the record.
    mutating func sinkOpen<R>(_ body: (UnsafePointer<sluice_sink_open>) throws -> R) throws -> R {
        var raw = sluice_sink_open()
        raw.struct_size = UInt32(MemoryLayout<sluice_sink_open>.size)
        raw.format = try u32()
        raw.sink = try u64()
        raw.stream = try u64()
        raw.log = try u64()
        raw.app = try text()
        raw.name = try text()
        let attributes = try pairs()
        return try attributes.withUnsafeBufferPointer { attributes in
            raw.attributes = attributes.isEmpty ? nil : attributes.baseAddress
            raw.attribute_count = UInt32(truncatingIfNeeded: attributes.count)
            return try withUnsafePointer(to: &raw, body)
        }
    }

    /// Calls `body` with an attachment's wish; texts are borrowed from the record.
    mutating func attach<R>(_ body: (inout WireReader, UnsafePointer<sluice_attach>) throws -> R) throws -> R {
        var raw = sluice_attach()
        raw.struct_size = UInt32(MemoryLayout<sluice_attach>.size)
        raw.pace = try u32()
        raw.grant = try u64()
        raw.format = try text()
        raw.variant = try text()
        raw.head = try blob()
        raw.wait_ns = try u64()
        return try withUnsafePointer(to: &raw) { try body(&self, $0) }
    }
}

extension WireWriter {
    mutating func sinkOpen(_ raw: sluice_sink_open) {
        u32(raw.format)
        for value in [raw.sink, raw.stream, raw.log] { u64(value) }
        text(raw.app)
        text(raw.name)
        pairs(raw.attributes, raw.attribute_count)
    }

    mutating func attach(_ raw: sluice_attach) {
        u32(raw.pace)
        u64(raw.grant)
        text(raw.format)
        text(raw.variant)
        blob(raw.head)
        u64(raw.wait_ns)
    }
}
