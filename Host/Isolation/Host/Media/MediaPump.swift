// MediaPump: the thread that reads what a plugin's process writes into its ring, for one life of it. It copies, looks, and posts to lanes;
// when the lanes have too much of it already it reads nothing, and the process waits.

import Synchronization

final class MediaPump: @unchecked Sendable {
    /// What was posted to lanes and is not handled yet.
    static let bytesLimit = 16 << 20
    static let recordsLimit = 8192
    /// Of one post.
    static let batchBytes = 1 << 20
    static let batchRecords = 64

    private let border: MediaBorder
    private let rings: MediaRings
    private let life: UInt64
    private let posted = Monitor((bytes: 0, records: 0))
    private let isStopped = Atomic<Bool>(false)
    private var thread: OwnThread?

    init?(_ border: MediaBorder, _ rings: MediaRings, life: UInt64) {
        self.border = border
        self.rings = rings
        self.life = life
        thread = OwnThread("plugin media") { [self] in run() }
        if thread == nil { return nil }
    }

    /// [supervisor] The process has ended: reads what it left, and ends.
    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        rings.wakeReader()
        posted.withLock(wake: true) { _ in }
        thread?.join()
        thread = nil
    }

    private var isOver: Bool { isStopped.load(ordering: .sequentiallyConsistent) }

    private func run() {
        do {
            while true {
                let owes = border.settleOwed()
                let hasMore = try rings.consumer.wait(milliseconds: owes ? 5 : 10_000) { [self] in
                    isOver || !owes && border.owes
                }
                if hasMore { try readAll() } else if isOver { return }
            }
        } catch {
            border.fail("it wrote into its ring what it must not: \(error); it was ended", life: life)
        }
    }

    private func readAll() throws {
        var batch: [MediaRecord] = []
        var bytes = 0
        func post() {
            guard let first = batch.first else { return }
            deliver(batch, of: first.object, bytes)
            batch = []
            bytes = 0
        }
        // What was read goes out even when what follows is of no use.
        defer { post() }
        while let read = try rings.consumer.read({ MediaRecord.take($0, $1, fromPlugin: true) }) {
            guard let record = read else { throw WireError.unknownKind(.max) }
            if let first = batch.first,
                first.object != record.object || batch.count == Self.batchRecords || bytes > Self.batchBytes
            {
                post()
            }
            batch.append(record)
            bytes += record.bytes.count
        }
    }

    private func deliver(_ records: [MediaRecord], of object: UInt64, _ bytes: Int) {
        _ = posted.wait(until: { _ in nil }) { [self] posted -> Bool? in
            let isTooMuch = posted.bytes > Self.bytesLimit || posted.records > Self.recordsLimit
            guard !isTooMuch || isOver else { return nil }
            posted.bytes += bytes
            posted.records += records.count
            return true
        }
        let count = records.count
        border.deliver(records, of: object, life: life) { [posted] in
            posted.withLock(wake: true) {
                $0.bytes -= bytes
                $0.records -= count
            }
        }
    }
}
