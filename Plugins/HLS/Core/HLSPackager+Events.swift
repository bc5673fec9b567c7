import Formats

/// The publisher's timed data: messages of AMF0 data tracks become events of the leading rendition.
extension HLSPackager {
    /// The codec of data tracks whose messages players are told.
    public static let messageCodec = FourCC("amf0")

    /// Whether a track's frames are such messages.
    static func carriesMessages(_ track: TrackDescription) -> Bool { track.kind == .data && track.codec == messageCodec }

    /// Takes a frame of a data track; false when it is none that could be told.
    mutating func takeMessage(_ timing: FrameTiming, payload: UnsafeRawBufferPointer) -> Bool {
        let time = timing.pts == FrameTiming.unknown ? timing.dts : timing.pts
        guard isRunning, let origin, time != FrameTiming.unknown, let lead = inputs.first,
            let track = descriptions.first(where: { $0.id == timing.track && HLSPackager.carriesMessages($0) })
        else { return false }
        var clock = TrackClock(source: track.timescale, timescale: lead.clock.timescale)
        guard clock.accepts(time) else { return false }
        clock.setOrigin(micros: origin)
        let ticks = clock.ticks(time)
        guard abs(clock.micros(ticks) - passed) <= longestJump, let message = TimedMessage(payload) else { return false }
        return renditions[leading].add(RenditionEvent(time: ticks, message: message))
    }
}
