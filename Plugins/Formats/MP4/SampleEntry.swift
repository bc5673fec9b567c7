/// Writes the sample entry of a track into `stsd` (ISO 14496-12 §8.5.2, 14496-15, 14496-14, and the codecs' own bindings).
struct SampleEntry {
    let track: TrackDescription
    private let configurationBox: [UInt8]
    private let channels: UInt16

    /// Largest configuration that is put into an entry.
    static let configurationLimit = 65536

    /// Checks the configuration and prepares the codec's box; payloads are taken to be canonical (4-byte NAL unit lengths).
    init(_ track: TrackDescription) throws(MP4Error) {
        guard track.configuration.count <= Self.configurationLimit else {
            throw .overLimit("configuration of \(track.codec)", limit: Self.configurationLimit)
        }
        var described = track
        do throws(BitstreamError) {
            try described.applyConfiguration()
            configurationBox = try Self.configurationBox(described)
        } catch {
            throw .configuration(track.codec, error.description)
        }
        guard !configurationBox.isEmpty else { throw .unsupportedCodec(track.codec) }
        if described.kind == .audio, described.sampleRate == 0 || described.channels == 0 {
            // A program configuration element may hide the channels; two is what the field must then say (14496-14 §5.6).
            if described.channels == 0 { described.channels = 2 }
            if described.sampleRate == 0 { throw .configuration(track.codec, "sample rate unknown") }
        }
        self.track = described
        channels = UInt16(truncatingIfNeeded: min(described.channels, 255))
    }

    func write(to writer: inout BoxWriter) {
        writer.box(track.codec == .mp3 ? .mp4a : track.codec) { writer in
            writer.zeros(6)
            writer.u16(1)  // data_reference_index
            if track.kind == .video { writeVideo(&writer) } else { writeAudio(&writer) }
            if track.bitrate > 0 {
                writer.box("btrt") { writer in
                    writer.u32(0)
                    writer.u32(track.bitrate)
                    writer.u32(track.bitrate)
                }
            }
        }
    }

    private func writeVideo(_ writer: inout BoxWriter) {
        writer.zeros(16)
        writer.u16(UInt16(truncatingIfNeeded: track.width))
        writer.u16(UInt16(truncatingIfNeeded: track.height))
        writer.u32(0x0048_0000)
        writer.u32(0x0048_0000)
        writer.zeros(4)
        writer.u16(1)  // frame_count
        writer.zeros(32)
        writer.u16(0x18)
        writer.u16(0xFFFF)
        writer.append(configurationBox)
        if let colour = track.colour {
            writer.box("colr") { writer in
                writer.fourCC("nclx")
                writer.u16(UInt16(colour.primaries))
                writer.u16(UInt16(colour.transfer))
                writer.u16(UInt16(colour.matrix))
                writer.u8(colour.fullRange ? 0x80 : 0)
            }
        }
        if let aspect = track.pixelAspect {
            writer.box("pasp") { writer in
                writer.u32(aspect.horizontal)
                writer.u32(aspect.vertical)
            }
        }
    }

    private func writeAudio(_ writer: inout BoxWriter) {
        writer.zeros(8)
        writer.u16(channels)
        writer.u16(16)
        writer.zeros(4)
        // 16.16; what does not fit is 0, and the codec's own box tells.
        writer.u32(track.sampleRate <= 0xFFFF ? track.sampleRate << 16 : 0)
        writer.append(configurationBox)
    }
}

extension SampleEntry {
    private static func configurationBox(_ track: TrackDescription) throws(BitstreamError) -> [UInt8] {
        let record = track.configuration
        switch track.codec {
        case .avc1:
            _ = try AVCConfiguration(parsing: record)
            var canonical = record
            canonical[4] |= 3  // payloads have 4-byte lengths, whatever the publisher used; the parse proved 7 bytes
            return box("avcC", canonical)
        case .hvc1:
            var configuration = try HEVCConfiguration(parsing: record)
            configuration.lengthSize = 4
            for index in configuration.arrays.indices where (32...34).contains(configuration.arrays[index].type) {
                configuration.arrays[index].complete = true  // canonical payloads hold no parameter sets
            }
            return box("hvcC", configuration.serialized)
        case .av01:
            _ = try AV1Configuration(parsing: record)
            return box("av1C", record)
        case .vp09, .vp08:
            let configuration = record.isEmpty && track.codec == .vp08 ? .vp8 : try VPConfiguration(parsing: record)
            return box("vpcC", [1, 0, 0, 0] + configuration.serialized)
        case .mp4a:
            guard !record.isEmpty else { throw .truncated(field: "AudioSpecificConfig", bitOffset: 0) }
            return elementaryStreamDescriptor(objectType: 0x40, specific: record, bitrate: track.bitrate)
        case .mp3:
            let lowRate = track.sampleRate < 32000
            return elementaryStreamDescriptor(objectType: lowRate ? 0x69 : 0x6B, specific: [], bitrate: track.bitrate)
        case .opus: return box("dOps", try OpusHead(parsing: record).box)
        case .flac: return box("dfLa", [0, 0, 0, 0] + (try FLACStreamInfo(parsing: record).box))
        case .ac3: return box("dac3", record)
        case .ec3: return box("dec3", record)
        default: return []
        }
    }

    private static func box(_ type: StaticString, _ payload: [UInt8]) -> [UInt8] {
        var writer = BoxWriter(capacity: payload.count + 8)
        writer.box(type) { $0.append(payload) }
        return writer.bytes
    }

    /// `esds` (14496-14 §5.6) around an ES_Descriptor (14496-1 §7.2.6.5).
    private static func elementaryStreamDescriptor(objectType: UInt8, specific: [UInt8], bitrate: UInt32) -> [UInt8] {
        let specificSize = specific.isEmpty ? 0 : specific.count + 5
        let configSize = 13 + specificSize
        var writer = BoxWriter(capacity: configSize + 64)
        writer.fullBox("esds") { writer in
            descriptor(3, size: 3 + 5 + configSize + 6, &writer)
            writer.u16(0)  // ES_ID: the track tells
            writer.u8(0)
            descriptor(4, size: configSize, &writer)
            writer.u8(objectType)
            writer.u8(0x15)  // AudioStream, not upstream
            writer.u24(0)
            writer.u32(bitrate)
            writer.u32(bitrate)
            if !specific.isEmpty {
                descriptor(5, size: specific.count, &writer)
                writer.append(specific)
            }
            descriptor(6, size: 1, &writer)
            writer.u8(2)
        }
        return writer.bytes
    }

    /// Tag and size in the four-byte form; `configurationLimit` keeps sizes below 2²⁸.
    private static func descriptor(_ tag: UInt8, size: Int, _ writer: inout BoxWriter) {
        writer.u8(tag)
        for shift in [21, 14, 7] { writer.u8(UInt8(truncatingIfNeeded: size >> shift) | 0x80) }
        writer.u8(UInt8(truncatingIfNeeded: size) & 0x7F)
    }
}
