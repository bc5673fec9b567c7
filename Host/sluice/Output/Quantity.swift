/// Numbers as people read them: three digits and a unit. `--json` has them exact.
enum Quantity {
    /// `0 B`, `812 B`, `1.4 MiB`.
    static func bytes(_ count: Int64) -> String { scaled(Double(count), 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]) }

    /// `2.5 Mbit/s`.
    static func bitrate(_ bitsPerSecond: Int64) -> String {
        scaled(Double(bitsPerSecond), 1000, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"])
    }

    /// `480 ms`, `2.3 s`.
    static func milliseconds(_ count: Int64) -> String {
        count < 1000 ? "\(count) ms" : fixed(Double(count) / 1000) + " s"
    }

    /// `42 s`, `3 min 7 s`, `2 h 5 min`, `3 d 4 h`.
    static func seconds(_ count: Int64) -> String {
        let count = max(count, 0)
        switch count {
        case ..<60: return "\(count) s"
        case ..<3600: return "\(count / 60) min \(count % 60) s"
        case ..<86_400: return "\(count / 3600) h \(count % 3600 / 60) min"
        default: return "\(count / 86_400) d \(count % 86_400 / 3600) h"
        }
    }

    private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
        var (value, index) = (value, 0)
        while abs(value) >= step, index < units.count - 1 {
            value /= step
            index += 1
        }
        return (index == 0 ? String(Int64(value)) : fixed(value)) + " " + units[index]
    }

    /// One digit behind the point below a hundred.
    private static func fixed(_ value: Double) -> String {
        guard value < 100 else { return String(Int64(value.rounded())) }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
