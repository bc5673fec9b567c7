/// What decoders of all video codecs agree to call the picture: geometry, rate, depth and colour.
public struct VideoGeometry: Sendable, Equatable {
    /// Shown width in pixels, 1...16384.
    public var width: UInt32
    /// Shown height in pixels, 1...16384.
    public var height: UInt32
    /// Frames per 1000 seconds (29970 = 29.97 fps), 0 when unknown.
    public var frameRateMilli: UInt32 = 0
    /// Nil when the stream does not say.
    public var colour: ColourDescription?
    /// Nil when the stream does not say or says nonsense.
    public var pixelAspect: PixelAspectRatio?

    /// Widest and highest picture that is accepted, in pixels.
    public static let limit: UInt32 = 16384

    /// Frames per 1000 seconds from a tick rate; 0 when it makes no sense: no ticks, under 0.001 fps, or over 480, which are the ticks of a
    /// stream whose rate varies.
    static func frameRateMilli(timeScale: UInt32, unitsPerFrame: UInt64) -> UInt32 {
        guard unitsPerFrame > 0, timeScale > 0 else { return 0 }
        let rate = (UInt64(timeScale) * 1000 + unitsPerFrame / 2) / unitsPerFrame
        return rate <= 480_000 ? UInt32(truncatingIfNeeded: rate) : 0
    }

    /// Coded size less cropping, checked against `limit`.
    static func size(
        coded: (width: UInt64, height: UInt64), crop: (horizontal: UInt64, vertical: UInt64)
    ) throws(BitstreamError) -> (width: UInt32, height: UInt32) {
        guard coded.width > crop.horizontal, coded.width - crop.horizontal <= UInt64(limit) else {
            throw .overLimit(field: "width", value: coded.width, limit: UInt64(limit))
        }
        guard coded.height > crop.vertical, coded.height - crop.vertical <= UInt64(limit) else {
            throw .overLimit(field: "height", value: coded.height, limit: UInt64(limit))
        }
        return (
            UInt32(truncatingIfNeeded: coded.width - crop.horizontal), UInt32(truncatingIfNeeded: coded.height - crop.vertical)
        )
    }
}
