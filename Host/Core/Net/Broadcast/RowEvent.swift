/// What a walk found out about a row; done after the walk.
enum RowEvent {
    /// The channel is closed with this reason.
    case cut(String)
    /// The player reached a boundary, or the end of its log, and leaves the table.
    case detached
    /// The player has everything of a replaced log.
    case moved(JoinState.Successor, waiting: Bool)
}
