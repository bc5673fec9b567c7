/// The rows of one table that are flushed together: those of pace `.low`, or one phase of `.dense`.
struct PlayerGroup {
    var rows = ContiguousArray<PlayerRow>()
    /// No row of the group reads below.
    var floor = UInt64.max
    /// End of the log at the group's last flush.
    var flushedHead: UInt64 = 0
}
