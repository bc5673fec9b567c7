import CAV

/// Puts sound on the timeline that comes out, sample by sample, and encodes it in blocks of the encoder's size.
///
/// Times are ticks of the target's rate. What is missing between two blocks is filled with silence, what came already is cut off. The
/// encoder hears one unbroken train of samples; `anchors` say which of them lies where. Memory: less than two blocks, and one anchor for
/// each jump that is not through the encoder.
final class AudioWriter {
    /// A packet's bytes, borrowed, its time and its length.
    typealias Receiver = (UnsafeRawBufferPointer, Int64, Int64) throws -> Void

    private struct Anchor {
        /// The count of samples that went into the encoder before.
        var count: Int64
        var time: Int64
    }

    private let target: AudioTarget
    private let encoder: AudioEncoder
    private let queue: SampleQueue
    private var gain: SlowGain?
    /// Waits for the peak of the block after it.
    private var held: (block: Owned<AVFrame>, peak: Float)?
    private var anchors: [Anchor] = []
    /// Samples that went into the queue.
    private var written: Int64 = 0
    private var encoded: Int64 = 0
    /// Where the next sample is to lie.
    private(set) var next: Int64?

    /// A block whose time is off by less lies where the count puts it: a millisecond.
    private var slack: Int64 { Int64(target.sampleRate / 1000) }
    /// No hole is filled that is longer, whoever asks: eleven seconds.
    private var longest: Int64 { Int64(target.sampleRate) * 11 }

    init(_ target: AudioTarget) throws(AVFailure) {
        self.target = target
        encoder = try AudioEncoder(target)
        queue = try SampleQueue(target)
        gain = target.loudness.map { SlowGain(target: $0) }
    }

    var configuration: [UInt8] { encoder.configuration }

    /// The loudness that was measured at the end of the next block.
    func hear(_ loudness: (momentary: Double, shortTerm: Double), samples: Int32) {
        let seconds = Double(samples) / Double(target.sampleRate)
        gain?.hear(momentary: loudness.momentary, shortTerm: loudness.shortTerm, seconds: seconds)
    }

    /// A block of sound that lies at `time`.
    func put(_ block: UnsafeMutablePointer<AVFrame>, at time: Int64, _ receiver: Receiver) throws {
        let off = time - (next ?? time)
        var start: Int32 = 0
        if next == nil || off > longest {
            try jump(to: time, receiver)
        } else if off > slack {
            try fill(until: time, receiver)
        } else if off < -slack {
            start = Int32(min(-off, Int64(block.pointee.nb_samples)))
        }
        guard start < block.pointee.nb_samples else { return }
        try queue.put(block, from: start)
        advance(block.pointee.nb_samples - start)
        try encode(receiver)
    }

    /// Silence up to `time`, eleven seconds at most.
    func fill(until time: Int64, _ receiver: Receiver) throws {
        guard let from = next, time > from else { return }
        var left = min(time - from, longest)
        while left > 0 {
            let some = Int32(min(left, Int64(SampleQueue.stretch)))
            try queue.silence(some)
            advance(some)
            left -= Int64(some)
            try encode(receiver)
        }
    }

    /// What comes next lies elsewhere: what there is is filled up to a whole block.
    func jump(to time: Int64, _ receiver: Receiver) throws {
        let rest = queue.count % encoder.blockSize
        if rest > 0, let next { try fill(until: next + Int64(encoder.blockSize - rest), receiver) }
        if anchors.last?.count == written { anchors.removeLast() }
        anchors.append(Anchor(count: written, time: time))
        next = time
    }

    /// All that is inside; nothing can be put in any more.
    func end(_ receiver: Receiver) throws {
        while queue.count > 0 { try level(queue.take(encoder.blockSize), receiver) }
        if let held { try level(held.block, peak: held.peak, next: 0, receiver) }
        held = nil
        try encoder.encode(nil) { try self.packet($0, receiver) }
    }

    private func advance(_ samples: Int32) {
        written += Int64(samples)
        next = next.map { $0 + Int64(samples) }
    }

    private func encode(_ receiver: Receiver) throws {
        while queue.count >= encoder.blockSize { try level(queue.take(encoder.blockSize), receiver) }
    }

    /// The block before this one, at its loudness; without a gain this one as it is.
    private func level(_ block: Owned<AVFrame>, _ receiver: Receiver) throws {
        guard gain != nil else { return try encode(block, receiver) }
        let peak = peak(block.pointer)
        if let held { try level(held.block, peak: held.peak, next: peak, receiver) }
        held = (block, peak)
    }

    private func level(_ block: Owned<AVFrame>, peak: Float, next: Float, _ receiver: Receiver) throws {
        if let ramp = gain?.ramp(peak: peak, next: next) {
            let count = Int(block.pointer.pointee.nb_samples)
            let step = (ramp.to - ramp.from) / Float(max(count, 1))
            eachPlane(block.pointer) { samples, channels in
                for index in samples.indices { samples[index] *= ramp.from + step * Float(index / channels) }
            }
        }
        try encode(block, receiver)
    }

    private func encode(_ block: Owned<AVFrame>, _ receiver: Receiver) throws {
        block.pointer.pointee.pts = encoded
        encoded += Int64(block.pointer.pointee.nb_samples)
        try encoder.encode(block.pointer) { try self.packet($0, receiver) }
    }

    private func peak(_ block: UnsafeMutablePointer<AVFrame>) -> Float {
        var peak: Float = 0
        eachPlane(block) { samples, _ in for sample in samples { peak = max(peak, abs(sample)) } }
        return peak
    }

    /// The floats of each plane, and of how many channels they are.
    private func eachPlane(_ block: UnsafeMutablePointer<AVFrame>, _ body: (UnsafeMutableBufferPointer<Float>, Int) -> Void) {
        let isPlanar = av_sample_fmt_is_planar(target.codec.format) != 0
        let channels = Int(target.channels)
        let count = Int(block.pointee.nb_samples) * (isPlanar ? 1 : channels)
        for plane in 0..<(isPlanar ? channels : 1) {
            guard let bytes = SampleQueue.planes(block)[plane] else { continue }
            bytes.withMemoryRebound(to: Float.self, capacity: count) {
                body(UnsafeMutableBufferPointer(start: $0, count: count), isPlanar ? 1 : channels)
            }
        }
    }

    /// A packet's time is the count of samples before what a decoder hands out for it: below 0 for the encoder's own beginning, which
    /// nobody needs.
    private func packet(_ packet: UnsafePointer<AVPacket>, _ receiver: Receiver) throws {
        let count = packet.pointee.pts
        while anchors.count > 1, anchors[1].count <= count { anchors.removeFirst() }
        guard let anchor = anchors.first, anchor.count <= count, packet.pointee.size > 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        let usual = Int64(encoder.blockSize)
        let duration = packet.pointee.duration > 0 ? min(packet.pointee.duration, usual) : usual
        try receiver(bytes, anchor.time + (count - anchor.count), duration)
    }
}
