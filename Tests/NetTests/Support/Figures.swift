import Testing

/// Says what a test measured in a process of its own, one line each.
func figure(_ text: String) { print("figure: " + text) }

extension ExitTest.Result {
    /// Passes the figures on to whoever reads the test's output.
    func showFigures() {
        for line in String(decoding: standardOutputContent, as: UTF8.self).split(separator: "\n") where line.contains("figure: ")
        {
            print(line)
        }
    }
}
