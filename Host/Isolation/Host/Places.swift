import CHostIsolation
import CSluice
import Synchronization

/// Which module stands behind each of the 256 `create` functions.
final class Places: Sendable {
    static let shared = Places()

    private struct Slot: @unchecked Sendable {
        var isTaken = false
        weak var module: ProcessModule?
    }

    private let slots = Mutex([Slot](repeating: Slot(), count: Int(HOSTISO_PLACES)))

    private init() {
        hostiso_set_creator { place, host, instance, error in
            guard let module = Places.shared[place] else { return refuse(error, SLUICE_E_STALE, "the process has ended") }
            return module.create(host, instance, error)
        }
    }

    func take() -> UInt32? {
        slots.withLock { slots in
            guard let free = slots.firstIndex(where: { !$0.isTaken }) else { return nil }
            slots[free].isTaken = true
            return UInt32(free)
        }
    }

    func put(_ module: ProcessModule, at place: UInt32) { slots.withLock { $0[Int(place)].module = module } }
    func give(_ place: UInt32) { slots.withLock { $0[Int(place)] = Slot() } }
    subscript(_ place: UInt32) -> ProcessModule? {
        slots.withLock { $0.indices.contains(Int(place)) ? $0[Int(place)].module : nil }
    }
}
