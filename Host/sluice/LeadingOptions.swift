/// The command line split at its first word, so that the common options may stand before and behind it.
struct LeadingOptions: Equatable {
    /// The first argument that is neither an option nor an option's value.
    private(set) var word: String?
    /// The common options with their values, as they stood before the word.
    private(set) var common: [String] = []
    /// Other options before the word (`--help`, `--version`).
    private(set) var other: [String] = []
    /// What stands behind the word.
    private(set) var behindWord: [String] = []

    static let names = ["--config", "--data", "--port-base"]

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if Self.names.contains(argument) {
                common.append(argument)
                if let value = rest.popFirst() { common.append(value) }
            } else if Self.names.contains(where: { argument.hasPrefix($0 + "=") }) {
                common.append(argument)
            } else if argument.hasPrefix("-") {
                other.append(argument)
            } else {
                word = argument
                behindWord = Array(rest)
                return
            }
        }
    }

    /// What the argument parser gets: the common options moved behind the words.
    var forParser: [String] {
        guard let word else { return other.isEmpty ? common : other }
        let end = behindWord.firstIndex(of: "--") ?? behindWord.endIndex
        return other + [word] + behindWord[..<end] + common + behindWord[end...]
    }
}
