/// The members of a JSON object, in the order in which they were set.
///
/// Small objects are searched in line; past eight members a hash index is kept. Equality ignores the order, as JSON does.
public struct JSONObject: Sendable {
    static let indexedFrom = 9

    /// The keys in order; `keys[i]` belongs to `values[i]`.
    public private(set) var keys: [String] = []
    /// The values in order.
    public private(set) var values: [JSONValue] = []
    private var index: [String: Int] = [:]

    /// An object without members.
    public init() {}

    /// The pairs in order; of a repeated key the last value wins, at the first one's place.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        for (key, value) in pairs { self[key] = value }
    }

    /// The number of members.
    public var count: Int { keys.count }

    /// True without members.
    public var isEmpty: Bool { keys.isEmpty }

    /// The member's value; setting appends or replaces in place, setting nil removes.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { values[$0] } }
        set {
            guard let position = position(of: key) else {
                if let newValue { append(newValue, for: key) }
                return
            }
            if let newValue { values[position] = newValue } else { remove(at: position) }
        }
    }

    private func position(of key: String) -> Int? {
        keys.count < Self.indexedFrom ? keys.firstIndex(of: key) : index[key]
    }

    private mutating func append(_ value: JSONValue, for key: String) {
        keys.append(key)
        values.append(value)
        if keys.count == Self.indexedFrom { rebuildIndex() } else if keys.count > Self.indexedFrom { index[key] = keys.count - 1 }
    }

    private mutating func remove(at position: Int) {
        keys.remove(at: position)
        values.remove(at: position)
        if keys.count >= Self.indexedFrom { rebuildIndex() } else { index = [:] }
    }

    private mutating func rebuildIndex() {
        index = [:]
        for (position, key) in keys.enumerated() { index[key] = position }
    }
}

extension JSONObject: Equatable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: Sequence {
    /// Walks the members in order.
    public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
        var pairs = zip(keys, values).makeIterator()
        return AnyIterator { pairs.next().map { (key: $0.0, value: $0.1) } }
    }

    public var underestimatedCount: Int { count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
