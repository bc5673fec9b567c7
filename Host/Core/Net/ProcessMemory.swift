import CHostNet

/// How this process deals with the system's memory.
public enum ProcessMemory {
    /// Large blocks go back to the system when they are freed, always; call it before threads are started.
    public static func returnLargeBlocks() { hostnet_return_memory() }
}
