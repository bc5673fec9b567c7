import Glibc

let second: UInt64 = 1_000_000_000
let millisecond: UInt64 = 1_000_000

/// Whole nanoseconds; whatever is no sensible time is 0 or 1e9 seconds.
func nanoseconds(_ seconds: Double) -> UInt64 { seconds > 0 ? UInt64(min(seconds, 1e9) * 1e9) : 0 }

func systemError(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
}
