import Testing

/// Buffers are counted per process: what asserts their number runs one after the other.
@Suite(.serialized) struct BufferCountingTests {}
