import Glibc

/// The exit codes of `sluice`, for scripts.
enum Exit {
    static let good: Int32 = 0
    /// The order failed or was refused.
    static let failed: Int32 = 1
    /// Nothing of that name.
    static let notFound: Int32 = 2
    /// No server runs on the data folder.
    static let noServer: Int32 = 3
    /// The server does not take our token.
    static let notAllowed: Int32 = 4
    /// Wrong usage (EX_USAGE, the argument parser's).
    static let usage: Int32 = 64
    /// An error in a configuration file (EX_CONFIG).
    static let configuration: Int32 = 78

    static let help = """
        Exit codes: 0 good, 1 failed, 2 nothing of that name, 3 no server runs on the data folder, 4 token not taken, \
        64 wrong usage, 78 error in a configuration file. A plugin's command has its own.
        """
}

/// What ends a command: a text for the operator and an exit code.
struct Failure: Error {
    var code: Int32
    var text: String

    init(_ code: Int32, _ text: String) {
        self.code = code
        self.text = text
    }

    /// Prints the text on standard error.
    func report() -> Int32 {
        Output.error("sluice: \(text)")
        return code
    }
}
