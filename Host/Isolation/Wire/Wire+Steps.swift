import CSluice

extension WireWriter {
    mutating func transformOpen(_ raw: sluice_transform_open) {
        u64(raw.transform)
        for value in [raw.app, raw.name, raw.step, raw.settings_json] { text(value) }
        pairs(raw.attributes, raw.attribute_count)
        players(raw)
        resumes(raw)
    }

    private mutating func players(_ raw: sluice_transform_open) {
        let stride = max(Int(raw.player_stride), MemoryLayout<sluice_transform_player>.size)
        let count = raw.players == nil ? 0 : min(raw.player_count, WireReader.listLimit)
        u32(count)
        for index in 0..<Int(count) {
            guard let list = raw.players else { return }
            let player = UnsafeRawPointer(list).advanced(by: index * stride)
                .assumingMemoryBound(to: sluice_transform_player.self).pointee
            text(player.output)
            let codecs = player.codecs == nil ? 0 : min(player.codec_count, WireReader.listLimit)
            u32(codecs)
            for place in 0..<Int(codecs) { u32(player.codecs[place]) }
        }
    }

    private mutating func resumes(_ raw: sluice_transform_open) {
        let stride = max(Int(raw.resume_stride), MemoryLayout<sluice_transform_resume>.size)
        let count = raw.resumes == nil ? 0 : min(raw.resume_count, WireReader.listLimit)
        u32(count)
        for index in 0..<Int(count) {
            guard let list = raw.resumes else { return }
            let resume = UnsafeRawPointer(list).advanced(by: index * stride)
                .assumingMemoryBound(to: sluice_transform_resume.self).pointee
            u32(resume.track)
            u32(resume.timescale)
            i64(resume.pts)
            text(resume.label)
        }
    }

    mutating func sourceOpen(_ raw: sluice_source_open) {
        for value in [raw.source, raw.stream, raw.now_ns] { u64(value) }
        for value in [raw.app, raw.name, raw.settings_json] { text(value) }
    }
}

extension WireReader {
    /// Calls `body` with what a transform is opened for; texts are borrowed from the record.
    mutating func transformOpen<R>(_ body: (UnsafePointer<sluice_transform_open>) throws -> R) throws -> R {
        var raw = sluice_transform_open()
        raw.struct_size = UInt32(MemoryLayout<sluice_transform_open>.size)
        raw.transform = try u64()
        raw.app = try text()
        raw.name = try text()
        raw.step = try text()
        raw.settings_json = try text()
        let attributes = try pairs()
        let (players, codecs) = try self.players()
        let resumes = try self.resumes()
        try end()
        return try attributes.withUnsafeBufferPointer { attributes in
            raw.attributes = attributes.isEmpty ? nil : attributes.baseAddress
            raw.attribute_count = UInt32(truncatingIfNeeded: attributes.count)
            return try codecs.withUnsafeBufferPointer { codecs in
                var list: [sluice_transform_player] = []
                var next = 0
                for (output, count) in players {
                    list.append(
                        sluice_transform_player(
                            struct_size: UInt32(MemoryLayout<sluice_transform_player>.size), codec_count: UInt32(count),
                            output: output, codecs: codecs.baseAddress.map { $0 + next }))
                    next += count
                }
                return try list.withUnsafeBufferPointer { list in
                    raw.players = list.isEmpty ? nil : list.baseAddress
                    raw.player_stride = UInt32(MemoryLayout<sluice_transform_player>.stride)
                    raw.player_count = UInt32(list.count)
                    return try resumes.withUnsafeBufferPointer { resumes in
                        raw.resumes = resumes.isEmpty ? nil : resumes.baseAddress
                        raw.resume_stride = UInt32(MemoryLayout<sluice_transform_resume>.stride)
                        raw.resume_count = UInt32(resumes.count)
                        return try withUnsafePointer(to: &raw, body)
                    }
                }
            }
        }
    }

    /// Each output with the count of its codecs; all codecs one after the other.
    private mutating func players() throws -> ([(output: sluice_text, count: Int)], [UInt32]) {
        var players: [(output: sluice_text, count: Int)] = []
        var codecs: [UInt32] = []
        for _ in 0..<(try count(each: 8)) {
            let output = try text()
            let count = try count(each: 4)
            for _ in 0..<count { codecs.append(try u32()) }
            players.append((output, count))
        }
        return (players, codecs)
    }

    private mutating func resumes() throws -> [sluice_transform_resume] {
        var resumes: [sluice_transform_resume] = []
        for _ in 0..<(try count(each: 20)) {
            var resume = sluice_transform_resume()
            resume.struct_size = UInt32(MemoryLayout<sluice_transform_resume>.size)
            resume.track = try u32()
            resume.timescale = try u32()
            resume.pts = try i64()
            resume.label = try text()
            resumes.append(resume)
        }
        return resumes
    }

    /// Calls `body` with what a source is opened for; texts are borrowed from the record.
    mutating func sourceOpen<R>(_ body: (UnsafePointer<sluice_source_open>) throws -> R) throws -> R {
        var raw = sluice_source_open()
        raw.struct_size = UInt32(MemoryLayout<sluice_source_open>.size)
        raw.source = try u64()
        raw.stream = try u64()
        raw.now_ns = try u64()
        raw.app = try text()
        raw.name = try text()
        raw.settings_json = try text()
        try end()
        return try withUnsafePointer(to: &raw, body)
    }
}
