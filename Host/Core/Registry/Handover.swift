import CSluice
import HostIsolation
import NIOCore

/// What came of the attempt to give a session or a sink to another generation.
enum HandoverOutcome: Sendable, Equatable {
    case moved
    /// The process of the other generation is asked; its answer is told later.
    case asked
    /// A question of it is open: again in a later turn.
    case notNow
    /// It stays with its generation; why.
    case refused(String)
    /// It is over, or moved already.
    case gone
}

/// A move that the process of the new generation has not decided yet. The old one has the session, or the sink, and is told nothing of it
/// meanwhile; nobody waits but what is held for whoever gets it. Confined to the lane.
final class PendingMove: @unchecked Sendable {
    let next: PluginGeneration
    /// The new generation's side.
    let moving: MovingObject
    let pointer: UnsafeMutableRawPointer
    var deadline: Scheduled<Void>?
    /// Decides it: nil takes it over, a reason leaves it where it is. The first one counts.
    var decide: (String?) -> Void = { _ in }
    /// Leaves it where it is, to be asked again.
    var takeBack: () -> Void = {}
    /// Decided: what is held is delivered in a later turn.
    var isOver = false

    init(next: PluginGeneration, moving: MovingObject, pointer: UnsafeMutableRawPointer) {
        self.next = next
        self.moving = moving
        self.pointer = pointer
    }

    /// What the operator reads of a process that does not answer.
    static func late(_ milliseconds: Int) -> String { "its importer did not answer within \(milliseconds) ms" }
}

/// The bytes that a session or sink describes itself with.
enum HandoverBlob {
    /// Largest blob that is taken over.
    static let limit = 64 << 20

    struct Failure: Error { let outcome: HandoverOutcome }

    private final class Taken {
        var bytes: [UInt8]?
        var isTooLarge = false
    }

    /// Runs an export and takes a copy of what it hands out.
    static func take(
        _ export: (sluice_blob_receiver?, UnsafeMutableRawPointer?, UnsafeMutablePointer<sluice_error>) -> Int32
    ) -> Result<[UInt8], Failure> {
        let taken = Taken()
        var error = sluice_error.make()
        let status = export(
            { context, blob in
                guard let context else { return }
                let taken = Unmanaged<Taken>.fromOpaque(context).takeUnretainedValue()
                taken.isTooLarge = blob.size > UInt64(HandoverBlob.limit)
                taken.bytes = taken.isTooLarge ? nil : [UInt8](blob.unsafeBytes)
            }, Unmanaged.passUnretained(taken).toOpaque(), &error)
        if status == SLUICE_AGAIN { return .failure(Failure(outcome: .notNow)) }
        guard status == SLUICE_OK else {
            return .failure(Failure(outcome: .refused(error.reason(or: "export failed with status \(status)"))))
        }
        if taken.isTooLarge { return .failure(Failure(outcome: .refused("its state is larger than \(limit >> 20) MiB"))) }
        guard let bytes = taken.bytes else { return .failure(Failure(outcome: .refused("it said nothing"))) }
        return .success(bytes)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The same as C sees it, for the length of a call.
    var borrowed: sluice_bytes { sluice_bytes(data: baseAddress, size: UInt64(count)) }
}
