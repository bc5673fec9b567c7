import CAV
import SluiceKit
import TranscodeCore

/// The sound of one stream's renditions: encoded once, one buffer for all of them; or the source's own frames.
///
/// The worker's alone.
struct LadderAudio {
    typealias Receiver = (KeptFrame) -> Void

    /// The tracks of sound that each rendition has.
    let tracks: [Track]
    private let host: Host
    private let engine: AudioEngine?
    /// What goes into the engine.
    private let source: Track?

    /// No sound.
    init(host: Host) {
        self.host = host
        tracks = []
        engine = nil
        source = nil
    }

    init(host: Host, _ all: [Track], _ choice: AudioChoice, silence: Bool) throws {
        self.host = host
        let sounds = all.filter { $0.kind == .audio }
        guard case .encoded(let target) = choice.sound else {
            tracks = choice.sound == .kept ? sounds : []
            engine = nil
            source = nil
            return
        }
        source = sounds.first
        let engine = try AudioEngine(source.flatMap(Self.input), target, fills: silence)
        var track = Track(
            id: source?.id ?? Self.freeID(all), kind: .audio, codec: target.codec.fourCC, timescale: UInt32(target.sampleRate))
        track.sampleRate = UInt32(target.sampleRate)
        track.channels = UInt32(target.channels)
        track.bitrate = UInt32(clamping: target.bitrate)
        track.configuration = engine.configuration
        track.language = source?.language ?? ""
        tracks = [track]
        self.engine = engine
    }

    static func source(_ tracks: [Track]) -> AudioSource? {
        tracks.first { $0.kind == .audio }.map {
            AudioSource(codec: $0.codec, sampleRate: $0.sampleRate, channels: $0.channels)
        }
    }

    private static func input(_ track: Track) -> InputTrack? {
        let source = AudioSource(codec: track.codec, sampleRate: track.sampleRate, channels: track.channels)
        guard let codec = source.decoder else { return nil }
        var input = InputTrack(codec: codec, timescale: track.timescale, configuration: track.configuration)
        input.sampleRate = Int32(clamping: track.sampleRate)
        input.channels = track.channels <= 8 ? Int32(track.channels) : 0
        return input
    }

    static func freeID(_ tracks: [Track]) -> UInt32 {
        (0..<64).first { id in !tracks.contains { $0.id == id } } ?? 63
    }

    /// A frame of sound: it or what is made of it is given to `receiver`; the frame's reference is taken over.
    func take(_ kept: KeptFrame, _ receiver: Receiver) throws {
        guard let engine else {
            return tracks.contains { $0.id == kept.times.track } ? receiver(kept) : host.release(buffer: kept.buffer)
        }
        defer { host.release(buffer: kept.buffer) }
        guard kept.times.track == source?.id else { return }
        try engine.feed(kept.bytes, pts: kept.times.pts, dts: kept.times.dts) { try give($0, $1, $2, receiver) }
    }

    /// The pictures have come to this time.
    func pictures(at time: Int64, timescale: UInt32, _ receiver: Receiver) throws {
        try engine?.pictures(at: time, timescale: timescale) { try give($0, $1, $2, receiver) }
    }

    func end(_ receiver: Receiver) throws {
        try engine?.drain { try give($0, $1, $2, receiver) }
    }

    private func give(_ bytes: UnsafeRawBufferPointer, _ time: Int64, _ duration: Int64, _ receiver: Receiver) throws {
        guard let track = tracks.first, let made = host.buffer(copying: bytes) else { throw PluginError("no buffer for sound") }
        let times = FrameTimes(track: track.id, pts: time, dts: time, duration: duration, flags: SLUICE_FRAME_KEY)
        receiver(KeptFrame(times: times, bytes: made.bytes, buffer: made.buffer))
    }
}
