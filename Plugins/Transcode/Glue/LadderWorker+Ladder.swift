import CAV
import Formats
import FormatsKit
import SluiceJSON
import SluiceKit
import TranscodeCore

/// What the worker does with what went in: pictures through the engine, sound beside it.
extension LadderWorker {
    func begin(_ tracks: [Track], _ plan: LadderPlan?, _ choice: AudioChoice, _ ladder: inout Ladder) throws {
        let audio = try LadderAudio(host: host, tracks, choice, silence: settings.audio.silence)
        ladder = Ladder(audio: audio)
        ladder.video = tracks.first { $0.kind == .video }
        ladder.plan = plan
        ladder.isBridged = choice.isBridged
        let bridge = choice.isBridged ? (ladder.video.map { [$0] } ?? []) + audio.tracks : nil
        guard let video = ladder.video else { return try begin(tracks, bridge, &ladder) }
        guard let plan else { return name(nil, nil, audio.tracks, bridge) }
        for note in plan.notes { warn(note) }
        let engine = try engine(video, plan)
        ladder.engine = engine
        let sound = audio.tracks
        engine.begins = { [unowned self, unowned engine] in self.name(engine, video, sound, bridge) }
        engine.refuses = { [unowned self] reason in self.warn(reason) }
        name(engine, video, sound, bridge)
    }

    /// Sound without pictures: with a slate, if that is wanted.
    private func begin(_ tracks: [Track], _ bridge: [Track]?, _ ladder: inout Ladder) throws {
        var named: [(label: String, tracks: [Track])] = []
        ladder.sound = tracks.first { $0.kind == .audio }
        if let wanted = settings.slate, ladder.sound != nil {
            let slate = try SlateEngine(wanted, png: picture(wanted))
            ladder.slate = slate
            ladder.slateID = LadderAudio.freeID(tracks)
            var track = Track(
                id: ladder.slateID, kind: .video, codec: FourCC.avc1.rawValue, timescale: SlateEngine.timescale)
            track.width = UInt32(clamping: wanted.width)
            track.height = UInt32(clamping: wanted.height)
            track.frameRateMilli = UInt32(clamping: wanted.rate) * 1000
            track.bitrate = UInt32(clamping: SlateEngine.bitrate)
            track.configuration = slate.record
            named.append((Self.slate, [track] + ladder.audio.tracks))
        }
        if let bridge { named.append((Self.bridged, bridge)) }
        give(.outputs(named))
    }

    private func picture(_ slate: SlateSettings) -> OverlayPicture? {
        guard !slate.png.isEmpty else { return nil }
        do {
            return try OverlayPicture(png: LadderPlan.read(folder + "/" + slate.png))
        } catch {
            warn("the slate is black: \(slate.png): \(error)")
            return nil
        }
    }

    private func follow(_ kept: KeptFrame, _ ladder: inout Ladder) throws {
        guard let slate = ladder.slate, let sound = ladder.sound, kept.times.track == sound.id else { return }
        let id = ladder.slateID
        try slate.sound(at: kept.times.pts, timescale: sound.timescale) { bytes, time, isKey in
            let times = FrameTimes(track: id, pts: time, dts: time, flags: isKey ? SLUICE_FRAME_KEY : 0)
            give(.packet(0, times, bytes))
        }
    }

    private func engine(_ video: Track, _ plan: LadderPlan) throws -> LadderEngine {
        guard let codec = Self.codec(video) else { throw PluginError("no decoder") }
        let host = host
        let engine = try LadderEngine(
            InputTrack(codec: codec, timescale: video.timescale, configuration: video.configuration), rungs: plan.rungs,
            rate: plan.rate(video), longestKeyInterval: plan.settings.longestKeyInterval(timescale: video.timescale),
            delay: !plan.settings.zeroLatency, treatment: plan.treatment(folder: folder, says: warn),
            clock: { host.monotonicNanoseconds })
        if settings.thumbnailSeconds > 0 {
            let outputs = outputs
            engine.thumbnailer = Thumbnailer(every: settings.thumbnailSeconds, timescale: video.timescale)
            engine.still = { jpeg in jpeg.withUnsafeBytes { try? outputs.setStill($0) } }
        }
        return engine
    }

    /// Another ladder from the next key frame on, other filters at once.
    func change(_ plan: LadderPlan, _ ladder: inout Ladder) throws {
        guard let engine = ladder.engine, let video = ladder.video, let before = ladder.plan else { return }
        ladder.plan = plan
        for note in plan.notes where !before.notes.contains(note) { warn(note) }
        if plan.settings.overlay != before.settings.overlay || plan.settings.deinterlaces != before.settings.deinterlaces {
            try engine.change(plan.treatment(folder: folder, says: warn)) { self.packet($0, $1, video.id, engine) }
        }
        engine.change(
            rungs: plan.rungs, longestKeyInterval: plan.settings.longestKeyInterval(timescale: video.timescale))
    }

    /// What comes out from here on: the rungs, then the source's own pictures with the sound that was made for them.
    private func name(_ engine: LadderEngine?, _ video: Track?, _ sound: [Track], _ bridge: [Track]?) {
        var named: [(label: String, tracks: [Track])] = []
        if let engine, let video {
            for (rung, encoder) in zip(engine.running, engine.encoders) {
                named.append((rung.label, [Self.track(rung, encoder, video)] + sound))
                for reason in encoder.passedOver { figures.passedOver(encoder.name, reason) }
            }
        }
        if let bridge { named.append((Self.bridged, bridge)) }
        give(.outputs(named))
    }

    private static func track(_ rung: Rung, _ encoder: VideoEncoder, _ video: Track) -> Track {
        var track = Track(
            id: video.id, kind: .video, codec: encoder.kind.codec.fourCC.rawValue, timescale: video.timescale)
        track.width = UInt32(clamping: rung.width)
        track.height = UInt32(clamping: rung.height)
        track.frameRateMilli =
            rung.frameRateMilli > 0 && video.frameRateMilli > 0
            ? min(rung.frameRateMilli, video.frameRateMilli) : max(rung.frameRateMilli, video.frameRateMilli)
        track.bitrate = UInt32(clamping: rung.bitrate)
        track.configuration = encoder.record
        return track
    }

    /// Takes over the frame's reference, also when it fails.
    func take(_ kept: KeptFrame, _ ladder: inout Ladder) throws {
        let outputs = ladder.outputs
        guard let video = ladder.video, kept.times.track == video.id else {
            do {
                try follow(kept, &ladder)
            } catch {
                host.release(buffer: kept.buffer)
                throw error
            }
            return try ladder.audio.take(kept) { self.give(.kept(outputs, $0)) }
        }
        do {
            try ladder.audio.pictures(at: kept.times.dts, timescale: video.timescale) { self.give(.kept(outputs, $0)) }
            try feed(kept, video, &ladder)
        } catch {
            host.release(buffer: kept.buffer)
            throw error
        }
        guard ladder.isBridged else { return host.release(buffer: kept.buffer) }
        // The rungs may have become more or fewer meanwhile.
        let last = ladder.outputs.upperBound
        give(.kept(last - 1..<last, kept))
    }

    private func feed(_ kept: KeptFrame, _ video: Track, _ ladder: inout Ladder) throws {
        guard let engine = ladder.engine else { return }
        let now = host.monotonicNanoseconds
        engine.waited(Int64((now &- min(kept.arrival, now)) / 1_000_000), at: Int64(now / 1_000_000))
        try engine.feed(
            kept.bytes, pts: kept.times.pts, dts: kept.times.dts, key: kept.times.flags & SLUICE_FRAME_KEY != 0
        ) { self.packet($0, $1, video.id, engine) }
        if now &- ladder.noted > 1_000_000_000 { note(engine, now, &ladder) }
    }

    private func note(_ engine: LadderEngine, _ now: UInt64, _ ladder: inout Ladder) {
        let latest = engine.figures
        figures.note(app: app, latest, before: ladder.figures)
        try? outputs.setReport(Self.report(latest))
        ladder.figures = latest
        ladder.noted = now
    }

    /// What the operator sees of the ladder.
    private static func report(_ rungs: [RungFigures]) -> String {
        let list = rungs.map { rung -> JSONValue in
            [
                "label": .string(rung.label), "encoder": .string(rung.encoder), "frames": JSONValue(rung.frames),
                "dropped": JSONValue(rung.dropped), "speed": .number((rung.speed * 10).rounded() / 10),
                "lag_ms": .integer(rung.lagMilliseconds),
            ]
        }
        return JSONValue.object(["rungs": .array(list)]).serialized()
    }

    func end(_ ladder: inout Ladder) throws {
        let outputs = ladder.outputs
        let audio = ladder.audio
        let video = ladder.video
        let engine = ladder.engine
        if let engine { note(engine, host.monotonicNanoseconds, &ladder) }
        ladder = Ladder(audio: LadderAudio(host: host))
        try audio.end { self.give(.kept(outputs, $0)) }
        if let engine, let video { try engine.drain { self.packet($0, $1, video.id, engine) } }
    }

    private func packet(_ rung: Int, _ packet: UnsafePointer<AVPacket>, _ track: UInt32, _ engine: LadderEngine) {
        let times = FrameTimes(
            track: track, pts: packet.pointee.pts, dts: packet.pointee.dts, duration: packet.pointee.duration,
            flags: packet.pointee.flags & AV_PKT_FLAG_KEY != 0 ? SLUICE_FRAME_KEY : 0)
        let bytes = engine.payload(rung, packet)
        if !bytes.isEmpty { give(.packet(rung, times, bytes)) }
    }
}
