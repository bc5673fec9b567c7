extension MediaFragment {
    /// What of the sample fields is written once instead of per sample.
    private struct Layout {
        var defaultDuration: UInt32?
        var defaultFlags: UInt32
        var firstFlags: UInt32?
        var flagsPerSample: Bool
        var compositionOffsets: Bool
        var lastDuration: UInt32

        init(_ fragment: MediaFragment, next: Int64?) {
            let entries = fragment.entries
            lastDuration = fragment.lastDuration(next: next)
            let first = entries.count > 1 ? entries[0].duration : lastDuration
            defaultDuration = first == lastDuration && entries.dropLast().allSatisfy { $0.duration == first } ? first : nil
            let rest = entries.count > 1 ? entries[1].flags : entries.first?.flags ?? 0
            defaultFlags = rest
            flagsPerSample = !entries.dropFirst().allSatisfy { $0.flags == rest }
            firstFlags = !flagsPerSample && entries.first?.flags != rest ? entries.first?.flags : nil
            compositionOffsets = entries.contains { $0.compositionOffset != 0 }
        }

        var fragmentHeaderFlags: UInt32 { 0x02_0000 | (defaultDuration == nil ? 0 : 0x8) | 0x20 }

        var runFlags: UInt32 {
            0x1 | (firstFlags == nil ? 0 : 0x4) | (defaultDuration == nil ? 0x100 : 0) | 0x200 | (flagsPerSample ? 0x400 : 0)
                | (compositionOffsets ? 0x800 : 0)
        }

        /// Bytes of `moof`.
        func size(samples: Int) -> Int {
            let header = 16 + (defaultDuration == nil ? 0 : 4) + 4
            let perSample = 4 + (defaultDuration == nil ? 4 : 0) + (flagsPerSample ? 4 : 0) + (compositionOffsets ? 4 : 0)
            let run = 20 + (firstFlags == nil ? 0 : 4) + samples * perSample
            return 8 + 16 + 8 + header + 20 + run
        }
    }

    /// Bytes that `finish` gives; 0 while empty.
    public func byteCount(nextDecodeTime: Int64? = nil) -> Int {
        isEmpty ? 0 : Layout(self, next: nextDecodeTime).size(samples: entries.count) + 8 + payload.count
    }

    /// `moof` and `mdat` in one allocation; empty while there is no sample.
    ///
    /// `sequenceNumber` increases from fragment to fragment of a file. `nextDecodeTime` is the decode time of the sample that will follow, which
    /// sets the last sample's duration; without it see `endDecodeTime`. The fragment keeps its samples until `removeAll`.
    public func finish(sequenceNumber: UInt32, nextDecodeTime: Int64? = nil) -> [UInt8] {
        var output: [UInt8] = []
        append(to: &output, sequenceNumber: sequenceNumber, nextDecodeTime: nextDecodeTime)
        return output
    }

    /// Appends `moof` and `mdat`, for parts of several tracks or with boxes before them.
    public func append(to output: inout [UInt8], sequenceNumber: UInt32, nextDecodeTime: Int64? = nil) {
        guard !isEmpty else { return }
        output.reserveCapacity(output.count + byteCount(nextDecodeTime: nextDecodeTime))
        var writer = BoxWriter(appendingTo: output)
        output = []  // the writer holds the only reference
        writeHeader(&writer, sequenceNumber: sequenceNumber, nextDecodeTime: nextDecodeTime)
        writer.append(payload)
        output = writer.bytes
    }

    /// `moof` and the head of `mdat` alone, for who sends the payload from where it is.
    public func header(sequenceNumber: UInt32, nextDecodeTime: Int64? = nil) -> [UInt8] {
        guard !isEmpty else { return [] }
        var writer = BoxWriter(capacity: byteCount(nextDecodeTime: nextDecodeTime) - payload.count)
        writeHeader(&writer, sequenceNumber: sequenceNumber, nextDecodeTime: nextDecodeTime)
        return writer.bytes
    }

    /// Writes `moof` and `mdat` into memory of the caller; the number of bytes, nil when it is too small.
    public func write(
        into memory: UnsafeMutableRawBufferPointer, sequenceNumber: UInt32, nextDecodeTime: Int64? = nil
    ) -> Int? {
        let head = header(sequenceNumber: sequenceNumber, nextDecodeTime: nextDecodeTime)
        guard memory.count >= head.count + payload.count else { return nil }
        memory.copyBytes(from: head)
        UnsafeMutableRawBufferPointer(rebasing: memory[head.count...]).copyBytes(from: payload)
        return head.count + payload.count
    }

    private func writeHeader(_ writer: inout BoxWriter, sequenceNumber: UInt32, nextDecodeTime: Int64?) {
        let layout = Layout(self, next: nextDecodeTime)
        let dataOffset = layout.size(samples: entries.count) + 8
        writer.box("moof") { writer in
            writer.fullBox("mfhd") { $0.u32(sequenceNumber) }
            writer.box("traf") { writer in
                writer.fullBox("tfhd", flags: layout.fragmentHeaderFlags) { writer in
                    writer.u32(trackID)
                    if let duration = layout.defaultDuration { writer.u32(duration) }
                    writer.u32(layout.defaultFlags)
                }
                writer.fullBox("tfdt", version: 1) { $0.u64(UInt64(bitPattern: baseDecodeTime ?? 0)) }
                writer.fullBox("trun", version: 1, flags: layout.runFlags) { writer in
                    writeRun(&writer, layout, dataOffset: dataOffset)
                }
            }
        }
        writer.u32(UInt32(truncatingIfNeeded: payload.count + 8))
        writer.fourCC("mdat")
    }

    private func writeRun(_ writer: inout BoxWriter, _ layout: Layout, dataOffset: Int) {
        writer.u32(UInt32(truncatingIfNeeded: entries.count))
        writer.i32(Int32(truncatingIfNeeded: dataOffset))
        if let flags = layout.firstFlags { writer.u32(flags) }
        for (index, entry) in entries.enumerated() {
            if layout.defaultDuration == nil {
                writer.u32(index == entries.count - 1 ? layout.lastDuration : entry.duration)
            }
            writer.u32(entry.size)
            if layout.flagsPerSample { writer.u32(entry.flags) }
            if layout.compositionOffsets { writer.i32(entry.compositionOffset) }
        }
    }
}
