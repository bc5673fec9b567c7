import CSluice

extension WireWriter {
    mutating func streamInfo(_ raw: sluice_stream_info) {
        u32(raw.state)
        for value in [raw.app, raw.name, raw.group] { text(value) }
        let stride = max(Int(raw.track_stride), MemoryLayout<sluice_track>.stride)
        let count = raw.tracks == nil ? 0 : min(raw.track_count, 64)
        u32(count)
        if let tracks = raw.tracks {
            for index in 0..<Int(count) {
                track(UnsafeRawPointer(tracks).advanced(by: index * stride).assumingMemoryBound(to: sluice_track.self).pointee)
            }
        }
        u64(raw.epoch)
        u64(raw.measured_bitrate)
        u64(raw.peak_bitrate)
        i64(raw.started_wall_us)
    }

    mutating func track(_ raw: sluice_track) {
        for value in [
            raw.id, raw.kind, raw.codec, raw.timescale, raw.width, raw.height, raw.frame_rate_milli, raw.sample_rate,
            raw.channels,
            raw.bitrate, raw.flags,
        ] { u32(value) }
        blob(raw.configuration)
        text(raw.language)
    }
}

extension WireReader {
    /// Calls `body` with a stream whose texts are borrowed from the message.
    mutating func streamInfo(_ body: (UnsafePointer<sluice_stream_info>) -> Void) throws(WireError) {
        var raw = sluice_stream_info()
        raw.struct_size = UInt32(MemoryLayout<sluice_stream_info>.size)
        raw.state = try u32()
        raw.app = try text()
        raw.name = try text()
        raw.group = try text()
        var tracks: [sluice_track] = []
        for _ in 0..<(try count(each: 52)) { tracks.append(try track()) }
        raw.epoch = .init(truncatingIfNeeded: try u64())
        raw.measured_bitrate = try u64()
        raw.peak_bitrate = try u64()
        raw.started_wall_us = try i64()
        tracks.withUnsafeBufferPointer { tracks in
            raw.tracks = tracks.isEmpty ? nil : tracks.baseAddress
            raw.track_count = UInt32(truncatingIfNeeded: tracks.count)
            raw.track_stride = UInt32(MemoryLayout<sluice_track>.stride)
            withUnsafePointer(to: &raw, body)
        }
    }

    mutating func track() throws(WireError) -> sluice_track {
        var raw = sluice_track()
        raw.struct_size = UInt32(MemoryLayout<sluice_track>.size)
        raw.id = try u32()
        raw.kind = try u32()
        raw.codec = try u32()
        raw.timescale = try u32()
        raw.width = try u32()
        raw.height = try u32()
        raw.frame_rate_milli = try u32()
        raw.sample_rate = try u32()
        raw.channels = try u32()
        raw.bitrate = try u32()
        raw.flags = try u32()
        raw.configuration = try blob()
        raw.language = try text()
        return raw
    }
}
