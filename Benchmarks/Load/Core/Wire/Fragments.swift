/// Finds the samples of a media segment or part (ISO/IEC 14496-12 §8.8): every `moof` with its `mdat`.
public enum Fragments {
    private static let mostSamples = 100_000

    /// The samples, in file order by fragment and run.
    public static func samples(_ bytes: UnsafeRawBufferPointer) throws(WireFault) -> [FragmentSample] {
        var samples: [FragmentSample] = []
        let boxes = try MP4Box.boxes(bytes)
        for (i, box) in boxes.enumerated() where box.type == "moof" {
            guard i + 1 < boxes.count, boxes[(i + 1)...].contains(where: { $0.type == "mdat" }) else {
                throw .box("moof without mdat")
            }
            for fragment in try box.children() where fragment.type == "traf" {
                try read(fragment, start: box.start, limit: bytes.count, &samples)
            }
        }
        return samples
    }

    /// Defaults of a track fragment, and where the next run goes on.
    private struct State {
        var track: UInt32 = 0
        var duration: UInt32 = 0
        var size: UInt32 = 0
        var time: UInt64 = 0
        var data: Int
    }

    private static func read(_ fragment: MP4Box, start: Int, limit: Int, _ samples: inout [FragmentSample]) throws(WireFault) {
        var state = State(data: start)
        for box in try fragment.children() {
            var reader = ByteReader(box.body)
            switch box.type {
            case "tfhd":
                guard header(&reader, &state) else { throw .box("short tfhd") }
            case "tfdt":
                guard let version = reader.u8(), reader.skip(3),
                    let time = version == 1 ? reader.u64() : reader.u32().map({ UInt64($0) })
                else { throw .box("short tfdt") }
                state.time = time
            case "trun": try run(&reader, start, limit, &state, &samples)
            default: break
            }
        }
    }

    private static func header(_ reader: inout ByteReader, _ state: inout State) -> Bool {
        guard let flags = reader.u32(), let track = reader.u32() else { return false }
        state.track = track
        if flags & 0x01 != 0, !reader.skip(8) { return false }
        if flags & 0x02 != 0, !reader.skip(4) { return false }
        if flags & 0x08 != 0 {
            guard let duration = reader.u32() else { return false }
            state.duration = duration
        }
        if flags & 0x10 != 0 {
            guard let size = reader.u32() else { return false }
            state.size = size
        }
        return true
    }

    private static func run(
        _ reader: inout ByteReader, _ start: Int, _ limit: Int, _ state: inout State, _ samples: inout [FragmentSample]
    ) throws(WireFault) {
        guard let flags = reader.u32(), let count = reader.u32() else { throw .box("short trun") }
        if flags & 0x01 != 0 {
            guard let offset = reader.u32() else { throw .box("short trun") }
            state.data = start + Int(Int32(bitPattern: offset))
        }
        if flags & 0x04 != 0, !reader.skip(4) { throw .box("short trun") }
        guard Int(count) + samples.count <= mostSamples else { throw .tooLong(what: "trun", bytes: Int(count)) }
        for _ in 0..<count {
            guard let duration = flags & 0x100 == 0 ? state.duration : reader.u32(),
                let size = flags & 0x200 == 0 ? state.size : reader.u32(),
                flags & 0x400 == 0 || reader.skip(4), flags & 0x800 == 0 || reader.skip(4)
            else { throw .box("short trun") }
            let end = state.data + Int(size)
            guard state.data >= 0, end <= limit else { throw .box("a sample lies outside of the segment") }
            samples.append(FragmentSample(track: state.track, decodeTime: state.time, range: state.data..<end))
            state.data = end
            state.time &+= UInt64(duration)
        }
    }
}
