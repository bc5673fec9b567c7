/// A BSON document: names and values in their order, which commands depend on.
public struct BSONDocument: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var members: [Member] = []

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: BSONValue
    }

    public init() {}

    public init(_ members: some Sequence<(String, BSONValue)>) {
        self.members = members.map { Member(name: $0.0, value: $0.1) }
    }

    public init(dictionaryLiteral elements: (String, BSONValue)...) { self.init(elements) }

    /// The first value of that name. Setting replaces it or appends; nil removes it.
    public subscript(name: String) -> BSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            guard let place = members.firstIndex(where: { $0.name == name }) else {
                if let newValue { members.append(Member(name: name, value: newValue)) }
                return
            }
            if let newValue { members[place].value = newValue } else { members.remove(at: place) }
        }
    }
}
