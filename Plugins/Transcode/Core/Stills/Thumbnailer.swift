import CAV

/// A small JPEG of a stream now and then, from pictures that are decoded anyway.
///
/// Keeps the time of the last one and nothing else.
public struct Thumbnailer: Sendable {
    /// Pixels: none is wider.
    public static let width: Int32 = 640
    public static let quality: Int32 = 75

    private let interval: UInt64
    private var last: Int64?

    /// - Parameter seconds: between two of them, by the pictures' times.
    public init(every seconds: Int, timescale: UInt32) {
        interval = UInt64(max(1, seconds)) * UInt64(max(1, timescale))
    }

    /// Whether one is due with a picture at this time: the first, and where time goes back, too.
    mutating func isDue(at pts: Int64) -> Bool {
        if let last, pts >= last, UInt64(bitPattern: pts &- last) < interval { return false }
        last = pts
        return true
    }

    /// A JPEG, if one is due and can be made.
    mutating func see(_ picture: UnsafeMutablePointer<AVFrame>) -> [UInt8]? {
        guard isDue(at: picture.pointee.pts) else { return nil }
        return try? Still.jpeg(picture, width: Self.width, quality: Self.quality)
    }
}
