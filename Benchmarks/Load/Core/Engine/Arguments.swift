/// Command line words, one after the other.
struct Arguments {
    private var words: ArraySlice<String>

    init(_ words: [String]) { self.words = words[...] }

    mutating func next() -> String? { words.popFirst() }

    mutating func value(of option: String) throws(UsageError) -> String {
        guard let value = next() else { throw UsageError("\(option) needs a value") }
        return value
    }

    mutating func whole(of option: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        let text = try value(of: option)
        guard let value = Int(text), range.contains(value) else {
            throw UsageError("\(option) \(text): must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func real(of option: String, _ range: ClosedRange<Double>) throws(UsageError) -> Double {
        let text = try value(of: option)
        guard let value = Double(text), range.contains(value) else {
            throw UsageError("\(option) \(text): must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
