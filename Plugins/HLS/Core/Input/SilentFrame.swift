import Formats

/// Frames that decode to silence, for tracks that stop while others go on.
enum SilentFrame {
    /// One frame of silence, nil for codecs and layouts that have none here.
    static func payload(for track: TrackDescription) -> [UInt8]? {
        switch (track.codec, track.channels) {
        // AAC-LC raw_data_block: one SCE or CPE with no spectral data.
        case (.mp4a, 1) where isLowComplexity(track): [0x01, 0x40, 0x20, 0x07, 0x00]
        case (.mp4a, 2) where isLowComplexity(track): [0x21, 0x10, 0x04, 0x60, 0x8C, 0x1C]
        // RFC 6716: CELT, 20 ms, no data.
        case (.opus, 1), (.opus, 2): [0xF8, 0xFF, 0xFE]
        default: nil
        }
    }

    private static func isLowComplexity(_ track: TrackDescription) -> Bool {
        guard let config = try? AudioSpecificConfig(parsing: track.configuration) else { return false }
        return config.objectType == 2 && config.extensionSampleRate == nil && !config.shortFrames
    }
}
