import Synchronization

/// Host objects by handle: slot and generation in one word, so that a late use finds nothing instead of somebody else's object.
/// Safe from any thread; one short lock per look-up. The top byte tells the kind: a stream's handle is never taken for a timer's.
final class HandleTable<Value: AnyObject & Sendable>: Sendable {
    private struct Slot: Sendable {
        var generation: UInt32 = 1
        var value: Value?
    }

    private struct State: Sendable {
        var slots: [Slot] = []
        var free: [Int] = []
        var count = 0
    }

    private let kind: UInt64
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - kind: 1…255, unique per table of a server.
    ///   - limit: how many objects may be alive at once.
    init(kind: UInt8, limit: Int = 1 << 20) {
        self.kind = UInt64(kind) << 56
        self.limit = limit
    }

    /// Adds an object. 0: the table is full.
    func insert(_ value: Value) -> UInt64 {
        state.withLock { state in
            guard state.count < limit else { return 0 }
            let index: Int
            if let free = state.free.popLast() {
                index = free
            } else {
                index = state.slots.count
                state.slots.append(Slot())
            }
            state.slots[index].value = value
            state.count += 1
            return kind | UInt64(state.slots[index].generation & 0xFF_FFFF) << 32 | UInt64(index + 1)
        }
    }

    /// The object, or nil when the handle is stale, foreign or 0.
    subscript(handle: UInt64) -> Value? {
        guard handle & 0xFF << 56 == kind, let index = Self.index(handle) else { return nil }
        return state.withLock { state in
            guard index < state.slots.count, matches(state.slots[index], handle) else { return nil }
            return state.slots[index].value
        }
    }

    /// Takes the object out; the handle is stale from now on.
    @discardableResult
    func remove(_ handle: UInt64) -> Value? {
        guard handle & 0xFF << 56 == kind, let index = Self.index(handle) else { return nil }
        return state.withLock { state in
            guard index < state.slots.count, matches(state.slots[index], handle), let value = state.slots[index].value else {
                return nil
            }
            state.slots[index].value = nil
            state.slots[index].generation =
                state.slots[index].generation & 0xFF_FFFF == 0xFF_FFFF ? 1 : state.slots[index].generation &+ 1
            state.free.append(index)
            state.count -= 1
            return value
        }
    }

    /// Takes out all objects that `isOver` says so of.
    func removeAll(where isOver: (Value) -> Bool) {
        for handle in handles(where: isOver) { remove(handle) }
    }

    /// The handles of all objects that `isMeant` says so of.
    func handles(where isMeant: (Value) -> Bool) -> [UInt64] {
        state.withLock { state in
            state.slots.indices.compactMap { index -> UInt64? in
                guard let value = state.slots[index].value, isMeant(value) else { return nil }
                return kind | UInt64(state.slots[index].generation & 0xFF_FFFF) << 32 | UInt64(index + 1)
            }
        }
    }

    var count: Int { state.withLock { $0.count } }
    var values: [Value] { state.withLock { state in state.slots.compactMap(\.value) } }

    private static func index(_ handle: UInt64) -> Int? {
        let slot = Int(handle & 0xFFFF_FFFF)
        return slot > 0 ? slot - 1 : nil
    }

    private func matches(_ slot: Slot, _ handle: UInt64) -> Bool {
        UInt64(slot.generation & 0xFF_FFFF) == handle >> 32 & 0xFF_FFFF
    }
}
