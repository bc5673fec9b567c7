import CAV
import Formats
import FormatsKit
import Glibc
import SluiceKit
import TranscodeCore

/// What a ladder is to be, for one source and its attributes.
struct LadderPlan: Sendable, Equatable {
    var settings: LadderSettings
    var rungs: [Rung]
    /// What was asked for and cannot be had.
    var notes: [String]

    init(
        _ settings: LadderSettings, _ attributes: [String: String], stream: String, video: Track
    ) throws(LadderSettings.Refusal) {
        let (resolved, notes) = settings.resolved(attributes, stream: stream)
        self.settings = resolved
        self.notes = notes
        rungs = try resolved.rungs(of: Self.source(video))
    }

    /// What the track tells of the pictures. Pixels are as its parameter sets say.
    private static func source(_ video: Track) -> LadderSettings.Source {
        let aspect: PixelAspectRatio? =
            switch FourCC(rawValue: video.codec) {
            case .avc1: try? AVCConfiguration(parsing: video.configuration).firstSPS().geometry.pixelAspect
            case .hvc1: try? HEVCConfiguration(parsing: video.configuration).geometry().pixelAspect
            default: nil
            }
        return LadderSettings.Source(
            width: Int(video.width), height: Int(video.height),
            aspect: aspect.map { (Int($0.horizontal), Int($0.vertical)) } ?? (1, 1), rateMilli: video.frameRateMilli,
            bitrate: Int64(video.bitrate))
    }

    /// Pictures in 1000 s for encoders, which plan by it where the source does not say.
    func rate(_ video: Track) -> AVRational {
        let known: UInt32 = [video.frameRateMilli, settings.assumedFrameRateMilli].first { $0 > 0 } ?? 30_000
        return AVRational(num: Int32(clamping: known), den: 1000)
    }

    /// Fonts that text is drawn with: the first that is there.
    private static let fonts = [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
        "/usr/share/fonts/dejavu/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans.ttf",
    ]

    /// [worker] What is done to all pictures; files are read here. What cannot be had is said, and the ladder goes on without it.
    func treatment(folder: String, says: (String) -> Void) -> PictureTreatment {
        let overlay = settings.overlay
        var treatment = PictureTreatment(deinterlaces: settings.deinterlaces, overlay: overlay)
        if !overlay.text.isEmpty {
            if let font = Self.fonts.first(where: { access($0, R_OK) == 0 }) {
                treatment.font = font
            } else {
                says("no text is drawn: none of the fonts is there: \(Self.fonts.joined(separator: ", "))")
                treatment.overlay.text = ""
            }
        }
        if !overlay.png.isEmpty {
            do {
                treatment.png = try OverlayPicture(png: Self.read(folder + "/" + overlay.png))
            } catch {
                says("no picture is drawn: \(overlay.png): \(error)")
                treatment.overlay.png = ""
            }
        }
        return treatment
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw PluginError(String(cString: strerror(errno))) }
        defer { close(file) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { throw PluginError("no regular file") }
        guard info.st_size <= OverlayPicture.mostBytes else {
            throw PluginError("larger than \(OverlayPicture.mostBytes >> 20) MiB")
        }
        var bytes = [UInt8](repeating: 0, count: Int(info.st_size))
        var have = 0
        while have < bytes.count {
            let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress?.advanced(by: have), $0.count - have) }
            guard count > 0 else { break }
            have += count
        }
        return Array(bytes.prefix(have))
    }
}
