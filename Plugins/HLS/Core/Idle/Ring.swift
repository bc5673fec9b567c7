/// A double-ended queue whose elements need not be copyable; appending and taking from the front cost the same however many there
/// are. Owns its elements and gives memory back when it is mostly empty.
struct Ring<Element: ~Copyable>: ~Copyable {
    private var slots: UnsafeMutablePointer<Element>?
    /// A power of two, or 0.
    private var capacity = 0
    private var head = 0
    private(set) var count = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: consuming Element) {
        if count == capacity { resize(to: max(16, capacity * 2)) }
        guard let slots else { return }
        (slots + ((head + count) & (capacity - 1))).initialize(to: element)
        count += 1
    }

    mutating func popFirst() -> Element? {
        guard let slots, count > 0 else { return nil }
        let element = (slots + head).move()
        head = (head + 1) & (capacity - 1)
        count -= 1
        if capacity > 64, count < capacity / 4 { resize(to: capacity / 2) }
        return element
    }

    /// Calls `body` with the element at `index`, counted from the front; nil if there is none.
    func withElement<R>(at index: Int, _ body: (borrowing Element) -> R) -> R? {
        guard let slots, index >= 0, index < count else { return nil }
        return body(slots[(head + index) & (capacity - 1)])
    }

    /// Empties it and gives all memory back.
    mutating func removeAll() {
        while let element = popFirst() { _ = consume element }
        slots?.deallocate()
        (slots, capacity, head) = (nil, 0, 0)
    }

    private mutating func resize(to size: Int) {
        let next = UnsafeMutablePointer<Element>.allocate(capacity: size)
        if let slots {
            let first = min(count, capacity - head)
            next.moveInitialize(from: slots + head, count: first)
            (next + first).moveInitialize(from: slots, count: count - first)
            slots.deallocate()
        }
        (slots, capacity, head) = (next, size, 0)
    }

    deinit {
        guard let slots else { return }
        for index in 0..<count { (slots + ((head + index) & (capacity - 1))).deinitialize(count: 1) }
        slots.deallocate()
    }
}

extension Ring {
    /// The element at the front.
    var first: Element? { withElement(at: 0) { $0 } }

    /// The element at the end.
    var last: Element? { withElement(at: count - 1) { $0 } }

    /// Changes the element at the end.
    mutating func updateLast(_ body: (inout Element) -> Void) {
        guard let slots, count > 0 else { return }
        body(&slots[(head + count - 1) & (capacity - 1)])
    }
}
