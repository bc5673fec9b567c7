/// Life of a log.
enum LogState: UInt8 {
    case open
    /// Ended; players stay, waiting for `replace` or their own end.
    case held
    /// Ended; players are closed once they have everything.
    case closed
    /// Ended; players go on in the successor once they have everything.
    case replaced
}
