/// Reads the body of RTMP audio and video messages, which is the body of FLV tags: legacy (FLV 10.1) and Enhanced RTMP v2.
///
/// Looks at the framing only; the codec's bytes are left where they are, as ranges. A coded frame without bytes gives no
/// item. Cost: one pass over the few header bytes and one appended item per track; nothing else is allocated.
public enum MediaMessage {
    /// Appends what the video message says to `items`; after an error `items` is as it was.
    public static func parseVideo(
        _ bytes: UnsafeRawBufferPointer, into items: inout [MediaItem]
    ) throws(MediaMessageError) {
        try parse(.video, bytes, into: &items)
    }

    /// Appends what the audio message says to `items`; after an error `items` is as it was.
    public static func parseAudio(
        _ bytes: UnsafeRawBufferPointer, into items: inout [MediaItem]
    ) throws(MediaMessageError) {
        try parse(.audio, bytes, into: &items)
    }

    /// The items of a video message.
    public static func video(_ bytes: some ByteSource) throws(MediaMessageError) -> [MediaItem] {
        try items(.video, bytes)
    }

    /// The items of an audio message.
    public static func audio(_ bytes: some ByteSource) throws(MediaMessageError) -> [MediaItem] {
        try items(.audio, bytes)
    }

    /// The pairs of a `.metadata` item: names with their values, in order; a name without a value has `.undefined`.
    public static func metadata(
        _ bytes: some ByteSource, limits: AMFLimits = .standard
    ) throws(AMFError) -> [AMFProperty] {
        let values = try AMF0.decodeAll(bytes, limits: limits)
        return stride(from: 0, to: values.count, by: 2).compactMap { index in
            guard let name = values[index].stringValue else { return nil }
            return AMFProperty(name, index + 1 < values.count ? values[index + 1] : .undefined)
        }
    }

    private static func parse(
        _ kind: TrackKind, _ bytes: UnsafeRawBufferPointer, into items: inout [MediaItem]
    ) throws(MediaMessageError) {
        let count = items.count
        do throws(MediaMessageError) {
            var parser = MediaMessageParser(bytes, kind: kind)
            if kind == .video { try parser.video(into: &items) } else { try parser.audio(into: &items) }
        } catch {
            items.removeLast(items.count - count)
            throw error
        }
    }

    private static func items(_ kind: TrackKind, _ bytes: some ByteSource) throws(MediaMessageError) -> [MediaItem] {
        let parse = { (raw: UnsafeRawBufferPointer) -> Result<[MediaItem], MediaMessageError> in
            var items: [MediaItem] = []
            do throws(MediaMessageError) {
                try self.parse(kind, raw, into: &items)
                return .success(items)
            } catch {
                return .failure(error)
            }
        }
        let inPlace = bytes.withContiguousStorageIfAvailable { parse(UnsafeRawBufferPointer($0)) }
        return try (inPlace ?? [UInt8](bytes).withUnsafeBytes { parse($0) }).get()
    }
}
