import CSluice

extension WireWriter {
    mutating func transformOpen(_ raw: sluice_transform_open) {
        u64(raw.transform)
        for value in [raw.app, raw.name, raw.step, raw.settings_json] { text(value) }
        pairs(raw.attributes, raw.attribute_count)
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
        try end()
        return try attributes.withUnsafeBufferPointer { attributes in
            raw.attributes = attributes.isEmpty ? nil : attributes.baseAddress
            raw.attribute_count = UInt32(truncatingIfNeeded: attributes.count)
            return try withUnsafePointer(to: &raw, body)
        }
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
