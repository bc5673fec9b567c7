import HostFetch
import Synchronization

/// A plugin's request under way; it is over when its handle is gone.
final class PluginFetch: Sendable {
    let generation: PluginGeneration
    let operation = Mutex<FetchOperation?>(nil)

    init(generation: PluginGeneration) { self.generation = generation }
}
