import Testing

@testable import HostCore

/// Late and foreign handles find nothing.
@Suite struct HandleTableTests {
    private final class Thing: Sendable {}

    @Test func findsWhatWasInserted() {
        let table = HandleTable<Thing>(kind: 3)
        let (a, b) = (Thing(), Thing())
        let (first, second) = (table.insert(a), table.insert(b))
        #expect(first != 0 && first != second)
        #expect(table[first] === a && table[second] === b && table.count == 2)
    }

    @Test func aRemovedHandleIsStaleAlsoWhenItsSlotIsUsedAgain() {
        let table = HandleTable<Thing>(kind: 3)
        let old = table.insert(Thing())
        #expect(table.remove(old) != nil)
        #expect(table.remove(old) == nil && table[old] == nil && table.count == 0)
        let new = table.insert(Thing())
        #expect(new != old && new & 0xFFFF_FFFF == old & 0xFFFF_FFFF, "the slot is used again")
        #expect(table[old] == nil && table[new] != nil)
        #expect(table.remove(old) == nil && table[new] != nil)
    }

    @Test func kindsAreNotMixed() {
        let (streams, timers) = (HandleTable<Thing>(kind: 3), HandleTable<Thing>(kind: 4))
        let handle = streams.insert(Thing())
        _ = timers.insert(Thing())
        #expect(timers[handle] == nil && timers.remove(handle) == nil && timers.count == 1)
    }

    @Test(arguments: [0, 1, .max, 3 << 56, 3 << 56 | 1, 3 << 56 | 0xFFFF_FFFF, 3 << 56 | 1 << 32 | 2] as [UInt64])
    func inventedHandlesFindNothing(_ handle: UInt64) {
        let table = HandleTable<Thing>(kind: 3)
        _ = table.insert(Thing())
        #expect(table[handle] == nil && table.remove(handle) == nil && table.count == 1)
    }

    @Test func aFullTableSaysSo() {
        let table = HandleTable<Thing>(kind: 3, limit: 2)
        let first = table.insert(Thing())
        _ = table.insert(Thing())
        #expect(table.insert(Thing()) == 0)
        table.remove(first)
        #expect(table.insert(Thing()) != 0)
    }

    @Test func generationsGoRoundWithoutZero() {
        let table = HandleTable<Thing>(kind: 3)
        var seen: Set<UInt64> = []
        for _ in 0..<1000 {
            let handle = table.insert(Thing())
            #expect(handle != 0 && seen.insert(handle).inserted)
            table.remove(handle)
        }
        #expect(table.values.isEmpty)
    }

    @Test func removesAllThatAreOver() {
        let table = HandleTable<Thing>(kind: 3)
        let kept = Thing()
        for _ in 0..<5 { _ = table.insert(Thing()) }
        let handle = table.insert(kept)
        table.removeAll { $0 !== kept }
        #expect(table.count == 1 && table[handle] === kept && table.handles { _ in true } == [handle])
    }
}
