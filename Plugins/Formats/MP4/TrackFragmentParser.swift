/// Reads one `traf` (ISO 14496-12 §8.8.6 to §8.8.8, §8.8.12) with offsets relative to its `moof`.
struct TrackFragmentParser {
    let bytes: [UInt8]
    let movie: Box
    let tracks: [MovieTrack]
    let limit: Int

    private struct Defaults {
        var duration: UInt32
        var size: UInt32
        var flags: UInt32
        var base: Int
    }

    func fragment(_ box: Box, sequence: UInt32) throws(MP4Error) -> ParsedFragment {
        guard let headBox = BoxReader.find([FourCC("tfhd")], in: bytes, range: box.payload) else {
            throw .truncated(FourCC("tfhd"), offset: box.range.lowerBound)
        }
        let head = BoxFields(bytes, headBox)
        let trackID = try head.u32(4)
        let defaults = try readDefaults(head, trackID: trackID)
        var result = ParsedFragment(sequenceNumber: sequence, trackID: trackID, baseDecodeTime: 0, samples: [])
        if let timeBox = BoxReader.find([FourCC("tfdt")], in: bytes, range: box.payload) {
            let time = BoxFields(bytes, timeBox)
            result.baseDecodeTime = time.version == 1 ? try time.u64(4) : UInt64(try time.u32(4))
        }
        guard var dts = Int64(exactly: result.baseDecodeTime) else {
            throw .invalid(FourCC("tfdt"), field: "baseMediaDecodeTime")
        }
        var position = defaults.base
        var reader = BoxReader(bytes, in: box.payload)
        while let run = try reader.next() {
            guard run.type == FourCC("trun") else { continue }
            try readRun(run, defaults, &dts, &position, &result.samples)
        }
        return result
    }

    private func readDefaults(_ head: BoxFields, trackID: UInt32) throws(MP4Error) -> Defaults {
        let flags = try head.flags()
        let known = tracks.first { $0.trackID == trackID }?.defaults ?? (0, 0, 0)
        var result = Defaults(duration: known.0, size: known.1, flags: known.2, base: movie.range.lowerBound)
        var offset = 8
        if flags & 1 != 0 {
            guard let base = Int(exactly: try head.u64(offset)), base <= bytes.count else {
                throw .invalid(FourCC("tfhd"), field: "base_data_offset")
            }
            result.base = base
            offset += 8
        }
        if flags & 2 != 0 { offset += 4 }
        if flags & 8 != 0 {
            result.duration = try head.u32(offset)
            offset += 4
        }
        if flags & 0x10 != 0 {
            result.size = try head.u32(offset)
            offset += 4
        }
        if flags & 0x20 != 0 { result.flags = try head.u32(offset) }
        return result
    }

    private func readRun(
        _ box: Box, _ defaults: Defaults, _ dts: inout Int64, _ position: inout Int, _ samples: inout [ParsedFragment.Sample]
    ) throws(MP4Error) {
        let run = BoxFields(bytes, box)
        let flags = try run.flags()
        let count = Int(try run.u32(4))
        guard count <= limit - samples.count else { throw .overLimit("samples", limit: limit) }
        var offset = 8
        if flags & 1 != 0 {
            // A 32-bit offset from a position in memory cannot overflow.
            position = defaults.base + Int(Int32(bitPattern: try run.u32(offset)))
            offset += 4
        }
        var firstFlags: UInt32?
        if flags & 4 != 0 {
            firstFlags = try run.u32(offset)
            offset += 4
        }
        for index in 0..<count {
            var duration = defaults.duration
            var size = defaults.size
            var sampleFlags = defaults.flags
            var composition: Int64 = 0
            if flags & 0x100 != 0 { duration = try next(run, &offset) }
            if flags & 0x200 != 0 { size = try next(run, &offset) }
            if flags & 0x400 != 0 { sampleFlags = try next(run, &offset) }
            if flags & 0x800 != 0 {
                let raw = try next(run, &offset)
                composition = run.version == 0 ? Int64(raw) : Int64(Int32(bitPattern: raw))
            }
            if index == 0, let firstFlags { sampleFlags = firstFlags }
            guard position >= 0, position <= bytes.count, Int(size) <= bytes.count - position else {
                throw .truncated(FourCC("mdat"), offset: position)
            }
            let pts = dts.addingReportingOverflow(composition)
            let end = dts.addingReportingOverflow(Int64(duration))
            guard !pts.overflow, !end.overflow else { throw .invalid(FourCC("trun"), field: "sample_duration") }
            samples.append(
                .init(
                    dts: dts, pts: pts.partialValue, duration: duration, flags: sampleFlags,
                    range: position..<(position + Int(size))))
            dts = end.partialValue
            position += Int(size)
        }
    }

    private func next(_ run: BoxFields, _ offset: inout Int) throws(MP4Error) -> UInt32 {
        let value = try run.u32(offset)
        offset += 4
        return value
    }
}
