import CHostNet
import NIOCore
import NIOPosix

/// The handler by which any TCP channel can become a player of a log, and an ordinary channel again.
///
/// It stands first in the pipeline (behind TLS, if there is TLS), so that it hears of the end before anybody else. While attached, a
/// plain channel is sent to past NIO; NIO still accepts, reads, and closes. Confined to the channel's loop. Adds nothing to bytes.
public final class PlayerChannelHandler: ChannelDuplexHandler {
    public typealias InboundIn = Any
    public typealias InboundOut = Any
    public typealias OutboundIn = Any
    public typealias OutboundOut = Any

    /// Whether later handlers of the pipeline (TLS) transform bytes: then nothing is sent past them.
    public let isTransformed: Bool
    /// Called once, on the loop, when the channel has ended, with the reason.
    public var onClosed: ((String) -> Void)?
    /// The channel's place under the limits; given back when it has ended.
    var lease: ConnectionLease?
    /// Why the channel is ending; the first one counts.
    public private(set) var closeReason: String?

    private(set) var context: ChannelHandlerContext?
    /// False until the channel first was active: an attachment made while it is accepted waits for that.
    private var wasActive = false
    private var hasEnded = false

    // The table's: where the row is.
    var table: PlayerTable?
    var group = 0
    var slot = -1
    var inode: UInt64 = 0
    var outbox = Outbox()
    /// What is still to be sent of the record that the player stalled in; see `PlayerTable+Rests`.
    var rest: HeldRest?
    /// What NIO held for a transformed channel when a send was last refused.
    private var lastHeld = 0

    // The attachment.
    var log: BroadcastLog?
    var pace = BroadcastPace.low
    var fd: Int32 = -1
    var acceptsControl = false
    var isJoining = false
    var detached: ((Bool) -> Void)?

    init(isTransformed: Bool) {
        self.isTransformed = isTransformed
    }

    /// Whether the channel belongs to a log, from `attach` to the end of `detach`.
    public var isAttached: Bool { log != nil }
    /// The log that the channel follows now.
    public var attachedLog: BroadcastLog? { log }
    /// False in the window in which NIO closes, too: the descriptor may be another's by then.
    var mayAttach: Bool { !hasEnded && context.map { $0.channel.isActive || !wasActive } ?? false }
    var isDetaching: Bool { detached != nil }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Whether NIO holds less than at the last call: an unwritable channel whose peer does read.
    func hasDrained() -> Bool {
        let held = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        defer { lastHeld = held }
        return held < lastHeld
    }

    /// Notes why the channel is about to close, unless a reason is noted already.
    public func noteReason(_ reason: String) {
        if closeReason == nil { closeReason = reason }
    }

    /// Closes the channel at once.
    public func close(reason: String) {
        noteReason(reason)
        leave()
        context?.close(promise: nil)
    }

    // MARK: Channel events

    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wasActive = context.channel.isActive
    }

    public func channelActive(context: ChannelHandlerContext) {
        wasActive = true
        joinWhenDrained()
        context.fireChannelActive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    public func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    public func channelUnregistered(context: ChannelHandlerContext) {
        ended()
        context.fireChannelUnregistered()
    }

    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        leave()
        context.close(mode: mode, promise: promise)
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isAttached {
            close(reason: reasonText(error))
        } else {
            context.fireErrorCaught(error)
        }
    }

    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isTransformed, context.channel.isWritable { table?.flag(self, []) }
        context.fireChannelWritabilityChanged()
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isAttached else { return context.write(data, promise: promise) }
        guard acceptsControl, let buffer = Self.buffer(unwrapOutboundIn(data)) else {
            promise?.fail(NetError.attached)
            return
        }
        do throws(NetError) {
            try sendControl(buffer)
            promise?.succeed()
        } catch { promise?.fail(error) }
    }

    private static func buffer(_ data: Any) -> ByteBuffer? {
        if let buffer = data as? ByteBuffer { return buffer }
        if case .byteBuffer(let buffer)? = data as? IOData { return buffer }
        return nil
    }

    private func ended() {
        guard !hasEnded else { return }
        hasEnded = true
        leave()
        lease?.close()
        lease = nil
        let closed = onClosed
        onClosed = nil
        closed?(closeReason ?? "closed by peer")
    }

    /// Ends the attachment in every state; does nothing without one.
    func leave() {
        table?.remove(self)
        guard log != nil else { return }
        log = nil
        isJoining = false
        outbox = Outbox()
        if let detached {
            self.detached = nil
            detached(false)
        }
    }
}
