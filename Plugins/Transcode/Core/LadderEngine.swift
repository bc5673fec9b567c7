import CAV

/// One decode, each size scaled once, all rungs encoded with their key frames at the same times.
///
/// Not for several threads at a time. Memory: what decoder, filters and encoders keep inside, nothing that grows. It knows no clock: what
/// time it is, is said.
public final class LadderEngine {
    /// What comes out: the rung's place among `encoders`, the packet with times in the input's timescale, borrowed.
    public typealias Receiver = (Int, UnsafePointer<AVPacket>) throws -> Void

    /// A rung at work.
    struct Stage {
        var rung: Rung
        var encoder: VideoEncoder
        var thinner: FrameThinner
        var lastDecoding: Int64?
        var newest: Int64?
        var busy: UInt64 = 0
        var media: Int64 = 0
        var figures: RungFigures
    }

    let track: InputTrack
    let rate: AVRational
    let threads: Int32
    private let clock: (() -> UInt64)?
    private let decoder: Decoder
    private var graph: ScalerGraph?
    var stages: [Stage] = []
    private var plan: KeyFramePlan
    /// All rungs that are wanted, those that are left out for want of time too.
    private(set) var rungs: [Rung]
    private var treatment: PictureTreatment
    /// The next ladder; it holds from the next key frame on.
    private var awaited: (rungs: [Rung], keys: Int64)?
    private var governor = LoadGovernor()
    /// When the first access unit came, ms.
    private var began: Int64?
    private var thinning = 0
    /// Of the newest picture that came out of the decoder.
    private var newest: Int64?
    private var waited: Int64 = 0
    private var isInterlaced = false
    /// Pictures up to here are decoded only.
    private var given: Int64?
    /// Pictures that were not taken since the source's times went back.
    public private(set) var backward: UInt64 = 0

    /// The encoders are others from here on: a rung came, went or is another. The next packets are of these.
    public var begins: (() throws -> Void)?
    /// A still of the source's pictures now and then, from what is decoded anyway, and who gets the JPEG.
    public var thumbnailer: Thumbnailer?
    public var still: (([UInt8]) -> Void)?
    /// Something could not be had, in words; the ladder goes on as it was.
    public var refuses: ((String) -> Void)?

    /// - Parameters:
    ///   - longestKeyInterval: in the track's timescale.
    ///   - clock: monotonic nanoseconds, for figures; without it there are none of speed.
    public init(
        _ track: InputTrack, rungs: [Rung], rate: AVRational, longestKeyInterval: Int64, threads: Int32 = 0,
        delay: Bool = true, treatment: PictureTreatment = PictureTreatment(), clock: (() -> UInt64)? = nil
    ) throws {
        self.track = track
        self.rungs = rungs
        self.rate = rate
        self.threads = threads
        self.treatment = treatment
        self.clock = clock
        decoder = try Decoder(track, threads: threads, delay: delay)
        plan = KeyFramePlan(longest: longestKeyInterval)
        stages = try rungs.map(stage)
    }

    public var encoders: [VideoEncoder] { stages.map(\.encoder) }
    /// The rungs that come out, in the order of `encoders`.
    public var running: [Rung] { stages.map(\.rung) }

    /// A packet's bytes as streams carry them.
    public func payload(_ place: Int, _ packet: UnsafePointer<AVPacket>) -> [UInt8] {
        stages.indices.contains(place) ? stages[place].encoder.payload(packet) : []
    }

    // MARK: In

    /// What is fed first was given out up to `pts` by another engine: the rungs begin with the picture behind it, a key frame in all of them.
    public func begin(behind pts: Int64) { given = pts }

    /// An access unit of the source.
    public func feed(_ bytes: UnsafeRawBufferPointer, pts: Int64, dts: Int64, key: Bool, _ receiver: Receiver) throws {
        try decoder.decode(bytes, pts: pts, dts: dts, key: key) { try self.picture($0, receiver) }
    }

    /// All that is inside.
    public func drain(_ receiver: Receiver) throws {
        try decoder.drain { try self.picture($0, receiver) }
        try finishGraph(receiver)
        for index in stages.indices { try encode(index, nil, receiver) }
    }

    /// Another ladder, from the next key frame of the source on. Rungs that are the same go on as they are.
    public func change(rungs: [Rung], longestKeyInterval: Int64) { awaited = (rungs, longestKeyInterval) }

    /// Other filters, from the next picture on; none is lost.
    public func change(_ treatment: PictureTreatment, _ receiver: Receiver) throws {
        try finishGraph(receiver)
        self.treatment = treatment
    }

    /// What the access unit that is fed next waited for, and the clock, in ms: by these the ladder does with less.
    public func waited(_ lag: Int64, at now: Int64) {
        waited = lag
        // What waited while decoder and encoders were made is no want of time.
        let began = began ?? now
        self.began = began
        guard now &- began >= 5_000 else { return }
        _ = governor.sees(lag: lag, at: now, rungs: rungs.count)
    }

    // MARK: Pictures

    private func picture(_ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        let pts = frame.pointee.pts
        guard isDue(pts) else { return }
        switch step(to: pts) {
        case .forward: break
        case .backward:
            backward &+= 1
            return
        case .jump: try restart(receiver)
        }
        newest = pts
        if let jpeg = thumbnailer?.see(frame) { still?(jpeg) }
        let isKey = plan.isKey(pts, ofSource: frame.pointee.key_frame != 0)
        try adapt(isKey: isKey, receiver)
        thinning = isKey ? 0 : (thinning + 1) % governor.relief.keptOneOf
        guard thinning == 0 else {
            for index in stages.indices { stages[index].figures.dropped &+= 1 }
            return
        }
        // The mark goes through the filters with the picture.
        frame.pointee.key_frame = isKey ? 1 : 0
        isInterlaced = isInterlaced || (treatment.deinterlaces && frame.pointee.interlaced_frame != 0)
        var source = ScalerGraph.Source(frame)
        source.isInterlaced = isInterlaced
        if graph?.source != source {
            try finishGraph(receiver)
            graph = try makeGraph(source)
        }
        try graph?.scale(frame) { try self.scaled($0, $1, receiver) }
    }

    private func isDue(_ pts: Int64) -> Bool {
        guard let given else { return true }
        let (back, overflow) = given.subtractingReportingOverflow(pts)
        // More than a ring holds: another clock.
        if back >= 0, !overflow, back < 90 * Int64(max(1, track.timescale)) { return false }
        self.given = nil
        return true
    }

    private enum Step { case forward, backward, jump }

    /// Encoders take times that go forward. A picture a little before its predecessor is passed over; a clock that went back by more than a
    /// second, or forward by more than ten, is another clock.
    private func step(to pts: Int64) -> Step {
        guard let newest else { return .forward }
        let (by, overflow) = pts.subtractingReportingOverflow(newest)
        let second = Int64(max(1, track.timescale))
        if overflow || by < -second || by > 10 * second { return .jump }
        return by > 0 ? .forward : .backward
    }

    private func scaled(_ place: Int, _ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        guard stages.indices.contains(place) else { return }
        let isKey = frame.pointee.key_frame != 0
        guard stages[place].thinner.keeps(frame.pointee.pts, isKey: isKey) else { return }
        try encode(place, frame, receiver)
    }

    private func encode(_ place: Int, _ frame: UnsafeMutablePointer<AVFrame>?, _ receiver: Receiver) throws {
        let began = clock?() ?? 0
        let isKey = frame.map { $0.pointee.key_frame != 0 } ?? false
        try stages[place].encoder.encode(frame, key: isKey) { packet in
            self.note(packet, place)
            try receiver(place, packet)
        }
        if let clock { stages[place].busy &+= clock() &- began }
    }

    /// Times of decoding go forward, also from one encoder to the next; figures.
    private func note(_ packet: UnsafeMutablePointer<AVPacket>, _ place: Int) {
        let pts = packet.pointee.pts
        if packet.pointee.dts == av_no_pts { packet.pointee.dts = pts }
        if let last = stages[place].lastDecoding, packet.pointee.dts <= last { packet.pointee.dts = min(pts, last &+ 1) }
        stages[place].lastDecoding = packet.pointee.dts
        if let before = stages[place].newest, pts > before, pts &- before < Int64(track.timescale) * 10 {
            stages[place].media &+= pts &- before
        }
        stages[place].newest = max(stages[place].newest ?? pts, pts)
        stages[place].figures.frames &+= 1
    }

    // MARK: Another ladder

    /// Takes up what was asked for, and what there is no time for, where it can begin.
    private func adapt(isKey: Bool, _ receiver: Receiver) throws {
        if isKey, let next = awaited {
            awaited = nil
            try take(next.rungs, keys: next.keys, receiver)
        }
        let wanted = kept(rungs)
        guard wanted != running else { return }
        // Less at once, more at a key frame.
        let isLess = wanted.count < stages.count
        guard isLess || isKey else { return }
        try replace(by: wanted, receiver)
    }

    private func take(_ next: [Rung], keys: Int64, _ receiver: Receiver) throws {
        plan.setLongest(keys)
        let before = rungs
        rungs = next
        governor.laddersChanged(rungs: next.count)
        do {
            try replace(by: kept(next), receiver)
        } catch let error as VideoEncoder.NoEncoder {
            rungs = before
            refuses?("the ladder stays as it is: \(error)")
        }
    }

    /// Without the most expensive ones, as many as there is no time for; in the ladder's order.
    private func kept(_ all: [Rung]) -> [Rung] {
        guard governor.relief.rungs > 0 else { return all }
        let rate = Int(rate.num) * 1000 / Int(max(1, rate.den))
        let order = all.indices.sorted { all[$0].cost(sourceRateMilli: rate) > all[$1].cost(sourceRateMilli: rate) }
        let left = Set(order.prefix(min(governor.relief.rungs, max(0, all.count - 1))))
        return all.indices.filter { !left.contains($0) }.map { all[$0] }
    }

    private func replace(by wanted: [Rung], _ receiver: Receiver) throws {
        guard wanted != running else { return }
        var next: [Stage] = []
        for rung in wanted {
            if let same = stages.first(where: { $0.rung == rung }) {
                next.append(same)
            } else {
                var made = try stage(rung)
                // A rung of the same name goes on from where it was.
                let before = stages.first { $0.rung.label == rung.label }
                made.lastDecoding = before?.lastDecoding
                made.figures.frames = before?.figures.frames ?? 0
                made.figures.dropped = before?.figures.dropped ?? 0
                next.append(made)
            }
        }
        try finishGraph(receiver)
        for index in stages.indices where !next.contains(where: { $0.encoder === stages[index].encoder }) {
            try encode(index, nil, receiver)
            // What came out at the end counts for what follows under its name.
            for place in next.indices where next[place].rung.label == stages[index].rung.label {
                next[place].lastDecoding = stages[index].lastDecoding
                next[place].figures.frames = stages[index].figures.frames
            }
        }
        // What the filters still held went to the encoders that stay.
        for place in next.indices {
            if let same = stages.first(where: { $0.encoder === next[place].encoder }) { next[place] = same }
        }
        stages = next
        try begins?()
    }

    /// The same rungs with new encoders, at a time that does not continue what came: the ones before say what they have.
    private func restart(_ receiver: Receiver) throws {
        try finishGraph(receiver)
        for index in stages.indices {
            try encode(index, nil, receiver)
            var anew = try stage(stages[index].rung)
            (anew.figures, anew.busy, anew.media) = (stages[index].figures, stages[index].busy, stages[index].media)
            stages[index] = anew
        }
    }

    private func stage(_ rung: Rung) throws -> Stage {
        let encoder = try VideoEncoder.first(rung, timescale: track.timescale, rate: rate, threads: threads)
        return Stage(
            rung: rung, encoder: encoder, thinner: FrameThinner(rateMilli: rung.frameRateMilli, timescale: track.timescale),
            figures: RungFigures(label: rung.label, encoder: encoder.name))
    }

    private func makeGraph(_ source: ScalerGraph.Source) throws -> ScalerGraph {
        do {
            return try ScalerGraph(
                source, timescale: track.timescale, rungs: running, treatment: treatment, threads: threads)
        } catch {
            // Nothing that is drawn is worth the ladder.
            guard !treatment.overlay.isNothing else { throw error }
            refuses?("no overlay: \(error)")
            treatment.overlay = Overlay()
            return try ScalerGraph(
                source, timescale: track.timescale, rungs: running, treatment: treatment, threads: threads)
        }
    }

    private func finishGraph(_ receiver: Receiver) throws {
        guard let graph else { return }
        self.graph = nil
        try graph.scale(nil) { try self.scaled($0, $1, receiver) }
    }

    // MARK: Figures

    /// How each rung does, also those that are left out for want of time.
    public var figures: [RungFigures] {
        rungs.map { rung in
            guard let stage = stages.first(where: { $0.rung == rung }) else { return RungFigures(label: rung.label) }
            var figures = stage.figures
            if stage.busy > 0 {
                figures.speed = Double(stage.media) / Double(max(1, track.timescale)) / (Double(stage.busy) / 1e9)
            }
            let inside = (newest ?? 0).subtractingReportingOverflow(stage.newest ?? newest ?? 0)
            let behind = inside.overflow ? 0 : max(0, inside.partialValue)
            figures.lagMilliseconds = waited &+ min(behind, Int64(track.timescale) * 60) * 1000 / Int64(max(1, track.timescale))
            return figures
        }
    }
}
