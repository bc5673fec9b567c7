/// What is drawn over the pictures before they are scaled: a text, a picture, or both.
public struct Overlay: Sendable, Equatable {
    /// Where: nine places, with a margin of a twenty-fifth of the height.
    public enum Position: String, Sendable, CaseIterable {
        case topLeft = "top-left"
        case top
        case topRight = "top-right"
        case left, center, right
        case bottomLeft = "bottom-left"
        case bottom
        case bottomRight = "bottom-right"
    }

    /// Characters of `text`.
    public static let longestText = 200

    /// Empty: none.
    public var text: String
    /// Name of a PNG file in the plugin's folder; empty: none.
    public var png: String
    public var position: Position
    /// 0 to 1.
    public var opacity: Double
    /// Of the picture's height: how high the PNG is; a line of text is half as high.
    public var size: Double

    public init(
        text: String = "", png: String = "", position: Position = .topRight, opacity: Double = 1, size: Double = 0.1
    ) {
        self.text = String(
            text.unicodeScalars.filter { $0.value >= 32 || $0 == "\n" }.prefix(Self.longestText).map(Character.init))
        self.png = png
        self.position = position
        self.opacity = opacity.isFinite ? min(1, max(0, opacity)) : 1
        self.size = size.isFinite ? min(1, max(0.01, size)) : 0.1
    }

    public var isNothing: Bool { text.isEmpty && png.isEmpty }

    /// Whether a name is that of a file in a folder and of nothing else.
    public static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".") && !name.utf8.contains { $0 == 0x2F || $0 < 0x20 }
    }

    /// Expressions of x and y for what is as wide and high as the two names say, in a picture that is as these say.
    func place(_ width: String, _ height: String, in picture: (width: String, height: String)) -> (x: String, y: String) {
        let margin = "\(picture.height)/25"
        let (far, low) = ("\(picture.width)-\(width)-\(margin)", "\(picture.height)-\(height)-\(margin)")
        let (mid, half) = ("(\(picture.width)-\(width))/2", "(\(picture.height)-\(height))/2")
        return switch position {
        case .topLeft: (margin, margin)
        case .top: (mid, margin)
        case .topRight: (far, margin)
        case .left: (margin, half)
        case .center: (mid, half)
        case .right: (far, half)
        case .bottomLeft: (margin, low)
        case .bottom: (mid, low)
        case .bottomRight: (far, low)
        }
    }
}

/// What becomes of all pictures before they are scaled.
public struct PictureTreatment: Sendable {
    /// Pictures that are marked as interlaced are made whole ones.
    public var deinterlaces: Bool
    public var overlay: Overlay
    /// The PNG that the overlay names, read.
    public var png: OverlayPicture?
    /// A TrueType font for its text; empty: no text is drawn.
    public var font: String

    public init(deinterlaces: Bool = true, overlay: Overlay = Overlay(), png: OverlayPicture? = nil, font: String = "") {
        self.deinterlaces = deinterlaces
        self.overlay = overlay
        self.png = png
        self.font = font
    }
}
