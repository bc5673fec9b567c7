import CAV

/// One decode, each size scaled once, all rungs encoded with their key frames at the same times.
///
/// Not for several threads at a time. Memory: what decoder, filters and encoders keep inside, nothing that grows.
public final class LadderEngine {
    /// What comes out: the rung's place, the packet (Annex B) with times in the input's timescale, borrowed.
    public typealias Receiver = (Int, UnsafePointer<AVPacket>) throws -> Void

    private let track: InputTrack
    private let rungs: [Rung]
    private let threads: Int32
    private let decoder: Decoder
    private var graph: ScalerGraph?
    public let encoders: [VideoEncoder]
    private var plan: KeyFramePlan
    /// Times of the pictures that are key frames and have not come out of the filters at each rung.
    private var keys: [[Int64]]

    public init(
        _ track: InputTrack, rungs: [Rung], rate: AVRational, longestKeyInterval: Int64, threads: Int32 = 0,
        delay: Bool = true
    ) throws {
        self.track = track
        self.rungs = rungs
        self.threads = threads
        decoder = try Decoder(track, threads: threads, delay: delay)
        encoders = try rungs.map { try VideoEncoder($0, timescale: track.timescale, rate: rate, threads: threads) }
        plan = KeyFramePlan(longest: longestKeyInterval)
        keys = rungs.map { _ in [] }
    }

    /// An access unit of the source.
    public func feed(_ bytes: UnsafeRawBufferPointer, pts: Int64, dts: Int64, key: Bool, _ receiver: Receiver) throws {
        try decoder.decode(bytes, pts: pts, dts: dts, key: key) { try self.picture($0, receiver) }
    }

    /// All that is inside.
    public func drain(_ receiver: Receiver) throws {
        try decoder.drain { try self.picture($0, receiver) }
        try graph?.scale(nil) { try self.scaled($0, $1, receiver) }
        for index in encoders.indices { try encoders[index].encode(nil, key: false) { try receiver(index, $0) } }
    }

    private func picture(_ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        let pts = frame.pointee.pts
        if plan.isKey(pts, ofSource: frame.pointee.key_frame != 0) {
            for index in keys.indices { keys[index].append(pts) }
        }
        let source = ScalerGraph.Source(frame)
        if graph?.source != source {
            try graph?.scale(nil) { try self.scaled($0, $1, receiver) }
            graph = try ScalerGraph(
                source, timescale: track.timescale, sizes: rungs.map { ($0.width, $0.height) }, threads: threads)
        }
        try graph?.scale(frame) { try self.scaled($0, $1, receiver) }
    }

    private func scaled(_ rung: Int, _ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        let isKey = keys[rung].first.map { frame.pointee.pts >= $0 } ?? false
        if isKey { keys[rung].removeFirst() }
        try encoders[rung].encode(frame, key: isKey) { try receiver(rung, $0) }
    }
}
