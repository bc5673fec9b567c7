import CAV

/// What libav refused, in its words.
public struct AVFailure: Error, CustomStringConvertible, Sendable {
    /// A negative AVERROR.
    public let code: Int32
    /// What was tried.
    public let task: String

    public var description: String {
        var text = [CChar](repeating: 0, count: 128)
        av_strerror(code, &text, text.count)
        return "\(task): \(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))"
    }
}

/// The result of a call, unless it failed.
@discardableResult
func checked(_ task: @autoclosure () -> String, _ code: Int32) throws(AVFailure) -> Int32 {
    guard code >= 0 else { throw AVFailure(code: code, task: task()) }
    return code
}

/// A pointer that libav allocated, unless it could not.
func allocated<T>(_ task: @autoclosure () -> String, _ pointer: T?) throws(AVFailure) -> T {
    guard let pointer else { throw AVFailure(code: av_no_memory, task: task()) }
    return pointer
}
