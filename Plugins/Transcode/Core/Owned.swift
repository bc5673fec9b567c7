/// What libav allocated for one owner and frees with it: also where the owner's own init fails half way.
final class Owned<Pointee> {
    let pointer: UnsafeMutablePointer<Pointee>
    private let free: (UnsafeMutablePointer<Pointee>) -> Void

    init(_ pointer: UnsafeMutablePointer<Pointee>, _ free: @escaping (UnsafeMutablePointer<Pointee>) -> Void) {
        self.pointer = pointer
        self.free = free
    }

    deinit { free(pointer) }
}
