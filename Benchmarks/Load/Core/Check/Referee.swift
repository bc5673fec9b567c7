/// Judges what players read: order, loss, duplication, corruption, foreign frames, and how late frames are.
///
/// Knows nothing of connections. Everything is counted only while `isCounting`.
public final class Referee {
    /// A longer step between timestamps is a gap; milliseconds.
    public let longestStep: UInt32
    public var isCounting = false
    public var counts = Counts()
    public var latency = Samples()

    public init(longestStep: UInt32 = 200) { self.longestStep = longestStep }

    /// Judges the body of an FLV video tag, which is also an RTMP video message. `arrived` is in nanoseconds.
    ///
    /// Returns whether it is a key frame's.
    public func video(_ body: UnsafeRawBufferPointer, timestamp: UInt32, arrived: UInt64, check: inout StreamCheck) -> Bool {
        guard let kind = VideoBody(body) else { return false }
        guard !kind.isConfiguration else { return false }
        if isCounting {
            counts.video += 1
            counts.key += kind.isKey ? 1 : 0
        }
        step(&check.videoTime, timestamp)
        if let units = kind.nalUnits { frame(FrameScan(lengthPrefixed: units), arrived: arrived, check: &check) }
        return kind.isKey
    }

    /// Judges the body of an FLV audio tag, which is also an RTMP audio message.
    public func audio(_ body: UnsafeRawBufferPointer, timestamp: UInt32, check: inout StreamCheck) {
        if body.count > 1, body[0] >> 4 == 10, body[1] == 0 { return }
        if isCounting { counts.audio += 1 }
        step(&check.audioTime, timestamp)
    }

    /// Judges a scanned access unit.
    public func frame(_ scan: FrameScan, arrived: UInt64, check: inout StreamCheck) {
        if !scan.isWhole { fault() }
        guard scan.hasSlice else { return }
        guard let mark = scan.mark else {
            if isCounting { counts.noMark += 1 }
            return
        }
        follow(mark, &check)
        guard isCounting else { return }
        counts.marks += 1
        if scan.crc != mark.crc { counts.crcErrors += 1 }
        if arrived >= mark.time, mark.time >= check.since { latency.add(nanoseconds: arrived - mark.time) }
    }

    /// Judges a step of a track's time; milliseconds, wrapping.
    public func step(_ previous: inout UInt32?, _ timestamp: UInt32) {
        if isCounting, let previous {
            let step = Int32(bitPattern: timestamp &- previous)
            if step < 0 {
                counts.timestampsBack += 1
            } else if UInt32(step) > longestStep {
                counts.gaps += 1
            }
        }
        previous = timestamp
    }

    /// Judges a sample of an MP4 track. H.264 frames of video are looked into.
    public func sample(
        _ data: UnsafeRawBufferPointer, isVideo: Bool, timestamp: UInt32, arrived: UInt64, check: inout StreamCheck
    ) {
        guard isVideo else {
            if isCounting { counts.audio += 1 }
            return step(&check.audioTime, timestamp)
        }
        let scan = FrameScan(lengthPrefixed: data)
        if isCounting {
            counts.video += 1
            counts.key += scan.isKey ? 1 : 0
        }
        step(&check.videoTime, timestamp)
        frame(scan, arrived: arrived, check: &check)
    }

    /// Counts a request that was answered by an error.
    public func refused() {
        if isCounting { counts.refused += 1 }
    }

    /// Counts segments that left the playlist before they were fetched.
    public func missed(_ segments: Int) {
        if isCounting { counts.missed += segments }
    }

    /// Counts bytes that no specification allows.
    public func fault() {
        if isCounting { counts.protocolErrors += 1 }
    }

    private func follow(_ mark: Mark, _ check: inout StreamCheck) {
        let tag = UInt8(mark.counter >> 24)
        if check.tag == 0 { check.tag = tag }
        guard tag == 0 || tag == check.tag else {
            if isCounting { counts.foreign += 1 }
            return
        }
        if isCounting, let last = check.counter {
            let jump = Int32(bitPattern: mark.counter &- last)
            if jump > 1 { counts.lost += Int(jump) - 1 }
            if jump < 1 { counts.duplicates += 1 }
        }
        check.counter = mark.counter
    }
}
