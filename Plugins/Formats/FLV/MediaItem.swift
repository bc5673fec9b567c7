/// What an RTMP or FLV audio or video message says; ranges count from the first byte of the message.
public enum MediaItem: Equatable, Sendable {
    /// A decoder configuration, as the codec's own record (avcC, hvcC, AudioSpecificConfig, OpusHead, "fLaC" + STREAMINFO …),
    /// not looked into.
    ///
    /// An empty record announces the codec and says nothing else: Opus with default channels, AC-3, or an encoder that learns
    /// its record later (FFmpeg with AV1). It is no reason to forget a record. FFmpeg writes FLAC as the bare 34 bytes of
    /// STREAMINFO, and once more with other totals when it ends.
    case configuration(trackID: UInt8, codec: FourCC, record: Range<Int>)
    /// One access unit.
    case frame(MediaFrame)
    /// No more frames of this track until a new configuration.
    case sequenceEnd(trackID: UInt8, codec: FourCC)
    /// How the channels of an audio track are laid out.
    case multichannel(trackID: UInt8, codec: FourCC, MultichannelConfiguration)
    /// An AV1 video descriptor of MPEG-2 TS in place of a configuration.
    case transportConfiguration(trackID: UInt8, codec: FourCC, descriptor: Range<Int>)
    /// AMF0 name and value pairs about the pictures that follow (`colorInfo`): see `MediaMessage.metadata`.
    case metadata(trackID: UInt8, codec: FourCC, pairs: Range<Int>)
    /// A zero-length audio message: flush the decoder and run on.
    case silence
    /// A video command: 0 = client seek begins, 1 = it ends; others are passed on.
    case command(UInt8)
}
