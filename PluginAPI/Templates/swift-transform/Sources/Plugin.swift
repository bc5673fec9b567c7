// Makes a second stream of each: "keys" has of the video the key frames only, and no audio. A filter or a transcoder begins the same way.

import SluiceKit

final class KeysPlugin: Plugin, TransformProvider {
    static let module = ModuleDescription(id: "swift-transform", version: "0.1.0", description: "a stream of key frames")

    init(host: Host) {}

    func openTransform(_ request: TransformRequest) throws -> any Transform { KeyFrames(request) }
}

/// One stream's. All its calls come on the lane of its input, one after the other: nothing here blocks.
final class KeyFrames: Transform {
    private let host: Host
    private let outputs: TransformOutputs
    private var video: Set<UInt32> = []
    private var flushed = false
    private var waiting = Waiting<KeptFrame>(room: 256)

    init(_ request: TransformRequest) {
        host = request.host
        outputs = request.outputs
    }

    /// The input's tracks, before the first frame and at each change; says what comes out.
    func negotiate(_ tracks: [Track], discontinuity: Bool) throws {
        let kept = tracks.filter { $0.kind == .video }
        guard !kept.isEmpty else { throw PluginError("there is no video", code: SLUICE_E_UNSUPPORTED) }
        video = Set(kept.map(\.id))
        flushed = false
        try outputs.set([(label: "keys", tracks: kept)])
    }

    /// Takes all of a batch or nothing: `false` keeps it with the host until there is room.
    func send(_ frames: borrowing BorrowedFrames) throws -> Bool {
        var wanted = 0
        frames.forEach { wanted += passes($0.times) ? 1 : 0 }
        guard wanted <= waiting.room else {
            throw PluginError("more key frames at once than there is room for", code: SLUICE_E_LIMIT)
        }
        guard waiting.canTake(wanted) else { return false }
        try frames.forEach { frame in
            guard passes(frame.times) else { return }
            guard let buffer = frame.retain(host) else { throw PluginError("this host lends no buffers") }
            // The buffer keeps the bytes where they are.
            frame.withUnsafeBytes { waiting.put(KeptFrame(times: frame.times, bytes: $0, buffer: buffer)) }
        }
        return true
    }

    func receive(_ receiver: borrowing TransformReceiver) throws -> Received {
        guard let frame = waiting.get() else { return flushed ? .end : .nothing }
        receiver.frame(0, frame.times, frame.bytes, buffer: frame.buffer)
        host.release(buffer: frame.buffer)
        return .more
    }

    func flush() throws { flushed = true }

    func close(reason: String) {
        while let frame = waiting.get() { host.release(buffer: frame.buffer) }
    }

    private func passes(_ times: FrameTimes) -> Bool { video.contains(times.track) && times.flags & SLUICE_FRAME_KEY != 0 }
}

/// A frame that outlives the call that it came with, by a reference to its buffer.
struct KeptFrame {
    var times: FrameTimes
    var bytes: UnsafeRawBufferPointer
    var buffer: UnsafeMutableRawPointer
}

/// What waits to be received, in order, in a room of fixed size.
struct Waiting<Element> {
    let room: Int
    private var elements: [Element] = []
    private var first = 0

    init(room: Int) { self.room = room }

    func canTake(_ count: Int) -> Bool { elements.count - first + count <= room }

    mutating func put(_ element: Element) { elements.append(element) }

    mutating func get() -> Element? {
        guard first < elements.count else { return nil }
        defer {
            first += 1
            if first >= room {
                elements.removeFirst(first)
                first = 0
            }
        }
        return elements[first]
    }
}

@c(sluice_module_v1)
public func entry(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(KeysPlugin.self, hello, error)
}
