import Glibc

/// One line on standard error.
func complain(_ text: String) {
    let line = Array("sluice-load: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// One line on standard output, at once.
func say(_ text: String) {
    puts(text)
    fflush(nil)
}
