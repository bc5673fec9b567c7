import CHostNet
import Synchronization

/// Debug builds can compare the socket behind a descriptor with the one that joined, before every send.
///
/// NIO closes a descriptor before it tells; the table relies on no walk fitting in between. This is the proof, kept in the tests.
enum SocketCheck {
    static let isOn = Atomic<Bool>(false)
    static let checks = Atomic<Int>(0)
    static let mismatches = Atomic<Int>(0)

    static func check(_ row: PlayerRow) {
        guard isOn.load(ordering: .relaxed) else { return }
        checks.wrappingAdd(1, ordering: .relaxed)
        let expected = row.owner._withUnsafeGuaranteedRef { $0.inode }
        if hostnet_inode(row.fd) != expected { mismatches.wrappingAdd(1, ordering: .relaxed) }
    }
}
