import Testing

/// Suites whose tests block on sockets: one test at a time, or two blocked ones starve all others of threads.
@Suite(.serialized) enum SocketSuites {}
