import CSluice

/// Cuts what the host offers into records, and remembers how much of it the process has, since a batch that was not taken whole is
/// offered again whole.
struct FrameBatches {
    /// Of one record; a frame that is larger has one of its own.
    private static let bytes = 1 << 20
    private static let frames = 256

    private struct Mark: Equatable {
        let track: UInt32
        let dts: Int64
        let arrival: UInt64

        init(_ frame: sluice_frame) { (track, dts, arrival) = (frame.track, frame.dts, frame.arrival_ns) }
    }

    /// The last frame that was taken of a batch that will be offered again.
    private var taken: Mark?

    /// What is offered next is another epoch's.
    mutating func reset() { taken = nil }

    /// Sends what the process does not have yet. `put` gets each piece; `SLUICE_AGAIN` when it could not be sent now.
    /// - Parameter dropped: called for a frame that no record holds.
    mutating func send(
        _ list: UnsafePointer<sluice_frame>, stride: UInt32, count: UInt32, dropped: () -> Void,
        _ put: (_ size: Int, _ frames: [sluice_frame]) -> MediaSend
    ) -> Int32 {
        let step = max(Int(stride), MemoryLayout<sluice_frame>.stride)
        let all = (0..<Int(count)).map {
            UnsafeRawPointer(list).advanced(by: $0 * step).assumingMemoryBound(to: sluice_frame.self).pointee
        }
        var index = 0
        if let taken, let last = all.firstIndex(where: { Mark($0) == taken }) { index = last + 1 }
        while index < all.count {
            var end = index
            var size = 0
            repeat {
                size += WireWriter.frameHead + Int(clamping: all[end].data.size)
                end += 1
            } while end < all.count && end - index < Self.frames
                && size + WireWriter.frameHead + Int(clamping: all[end].data.size) <= Self.bytes
            switch put(size, Array(all[index..<end])) {
            case .sent: break
            case .tooLarge: dropped()
            case .full, .noProcess: return SLUICE_AGAIN
            }
            taken = Mark(all[end - 1])
            index = end
        }
        taken = nil
        return SLUICE_OK
    }
}
