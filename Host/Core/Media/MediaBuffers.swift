import CHostMedia

/// Figures of the media buffers of this process.
public enum MediaBuffers {
    /// Buffers that somebody still holds.
    public static var alive: UInt64 { hostmedia_buffers_alive() }
}
